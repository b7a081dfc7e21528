import assert from 'node:assert/strict';
import type { Fault } from '../../../src/simulator/index.ts';
import { assertEnded, itemsOf, runCodex } from '../codex/session.ts';
import type { Language } from '../language.ts';
import type { Choice, Scenario } from '../scenario.ts';
import { mark, markPiece, type Saying, type Script } from '../script.ts';
import type { Stage } from '../stage.ts';
import {
  bash,
  checkTold,
  checkTraces,
  type Story,
  scriptWith,
  startWorld,
  tell,
  textsOf,
  understood,
} from '../survival.ts';

const plain = scriptWith({});
const inText = scriptWith({
  text: `First I look around, and see ${mark} nothing. Then, with “care”, I write it down ☃.`,
});
const inArguments = scriptWith({ calls: [bash('one', `echo "${mark}" > /dev/null; `)] });
const inThought = scriptWith({ think: `What is there to do? ${mark} To write down three things.` });
/** So long that its last piece is its last word. */
const lastWord = scriptWith({}, 'All that was there to write is written: Done');

const cut = (after: string, how: 'close' | 'reset' | 'end' = 'close'): readonly Fault[] => [
  { kind: 'cut', at: { after }, how },
];

const oneSeam = { seams: ['up>spare'] } as const;

/** Nobody listens there. */
const nowhere = 'http://127.0.0.1:9';

const otherThan: Readonly<Partial<Record<Language, Language>>> = {
  anthropic: 'openai-chat',
  'openai-chat': 'anthropic',
};

const stories: Readonly<Record<string, (stage: Stage) => Story>> = {
  'refuses every call': ({ grammar }) => ({
    script: plain,
    first: { trouble: () => [grammar.busy] },
    world: { refusals: [grammar.busy.status] },
  }),
  'is not there': ({ grammar }) => ({
    script: plain,
    world: { provider: { ...grammar.remembers, base_url: `${nowhere}${grammar.base}` } },
  }),
  'hangs up before it answers': () => ({ script: plain, first: { trouble: () => [{ kind: 'reset' }] } }),
  'never answers': ({ grammar }) => ({
    script: plain,
    first: { trouble: () => [{ kind: 'never' }] },
    world: { provider: { ...grammar.remembers, timeouts: { first_byte: '300ms' } } },
  }),
  'dies before the first word': () => ({
    script: plain,
    first: { faults: { 0: [{ kind: 'cut', at: { event: 0 } }] } },
  }),
  'dies at the first word': () => ({ script: plain, first: { faults: { 0: cut('I wr') } }, ...oneSeam }),
  'dies in a text': () => ({ script: inText, first: { faults: { 0: cut(markPiece) } }, ...oneSeam }),
  'ends in a text': () => ({ script: inText, first: { faults: { 0: cut(markPiece, 'end') } }, ...oneSeam }),
  'reports overload in a text': () => ({
    script: inText,
    first: {
      // An error that comes together with the beginning is told by status.
      pace: 2,
      faults: { 0: [{ kind: 'error', at: { after: markPiece }, type: 'overloaded_error', message: 'Overloaded' }] },
    },
    ...oneSeam,
  }),
  'falls silent in a text': ({ grammar }) => ({
    script: inText,
    first: { faults: { 0: [{ kind: 'stall', at: { after: markPiece } }] } },
    world: { provider: { ...grammar.remembers, timeouts: { idle: '400ms' } } },
    ...oneSeam,
  }),
  'dies in arguments': () => ({ script: inArguments, first: { faults: { 0: cut(markPiece) } }, ...oneSeam }),
  'dies between two calls': ({ language }) => ({
    script: plain,
    first: { faults: { 1: [{ kind: 'cut', at: { before: 'thre' } }] } },
    // What it says of arguments in pieces begins with the call alone: then it has been begun.
    ...(language === 'gemini' && oneSeam),
  }),
  'dies in a thought': () => ({ script: inThought, first: { faults: { 0: cut(markPiece) } }, ...oneSeam }),
  'dies after the last word': () => ({ script: lastWord, first: { faults: { 2: cut('Done') } }, ...oneSeam }),
  'dies in every answer': () => ({
    script: [
      ...inText.slice(0, 1),
      { calls: [bash('two', `echo "${mark}" > /dev/null; `), bash('three')] },
      { text: `All of it ${mark} is written down.` },
    ],
    first: { faults: { 0: cut(markPiece), 1: cut(markPiece), 2: cut(markPiece) } },
    seams: ['up>spare', 'up>spare', 'up>spare'],
  }),
  'dies, and so does the next one': () => ({
    script: inText,
    first: { faults: { 0: cut(markPiece) } },
    second: { faultsOfGoingOn: () => cut('noth') },
    // Who has added nothing has no part in the answer.
    seams: ['up>up'],
    world: { config: { retries: { base: '50ms' } } },
  }),
};

/** What another model would do in the same place: a call that begins in another way. */
const otherwise = scriptWith({ calls: [bash('other')] });

const toldInPieces: Choice = {
  languages: understood.languages.filter((language) => language !== 'gemini'),
  because: 'elsewhere nothing is told of arguments that are not whole, so that others may follow',
};

/** A call is completed only by the words with which it was begun. */
const apart: typeof stories = {
  'dies in arguments, the next one has others, the first one goes on': () => ({
    script: inArguments,
    first: { faults: { 0: cut(markPiece) } },
    second: { script: otherwise },
    // Who has added nothing has no part in the answer.
    seams: ['up>up'],
    world: { config: { retries: { base: '50ms' } } },
  }),
  'dies in arguments, the next one has others, the client asks anew': ({ grammar }) => ({
    script: inArguments,
    first: { times: 1, faults: { 0: cut(markPiece) }, faultsOfGoingOn: () => [grammar.busy] },
    second: { script: otherwise },
    errors: ['bad_upstream'],
    seams: 'any',
    world: { refusals: [grammar.busy.status], config: { retries: { base: '50ms' } } },
  }),
};

/** Where the two providers speak different languages. */
const across: typeof stories = {
  'dies in a text, and another language goes on': ({ language }) => ({
    ...spareFor(language),
    script: inText,
    first: { faults: { 0: cut(markPiece) } },
  }),
  'dies in arguments, and another language goes on': ({ language }) => ({
    ...spareFor(language),
    script: inArguments,
    first: { faults: { 0: cut(markPiece) } },
  }),
  'dies in a thought, and another language goes on': ({ language }) => ({
    ...spareFor(language),
    script: inThought,
    first: { faults: { 0: cut(markPiece) } },
  }),
};

function spareFor(language: Language): Pick<Story, 'seams' | 'spare'> {
  const spare = otherThan[language];
  assert.ok(spare !== undefined);
  return { ...oneSeam, spare };
}

/** The session of Codex in the same places, where it differs. */
const codexScript = (first: Saying): Script => [
  { text: 'I write down the first thing, and then the others.', calls: [shell('one')], ...first },
  { calls: [shell('two')] },
  { calls: [shell('three')] },
  { text: 'Written down.' },
];

function shell(word: string, before = ''): NonNullable<Saying['calls']>[number] {
  return { tool: 'exec_command', input: { cmd: `${before}echo ${word} >> ran.txt` } };
}

const codexStories: typeof stories = {
  'refuses every call': ({ grammar }) => ({
    script: codexScript({}),
    first: { trouble: () => [grammar.busy] },
    world: { refusals: [grammar.busy.status] },
  }),
  'dies in a text': () => ({
    script: codexScript({ text: `First I look, and see ${mark} nothing. Then I write.` }),
    first: { faults: { 0: cut(markPiece) } },
    ...oneSeam,
  }),
  'dies in arguments': () => ({
    script: codexScript({ calls: [shell('one', `echo "${mark}" > /dev/null; `)] }),
    first: { faults: { 0: cut(markPiece) } },
    ...oneSeam,
  }),
  'dies in a thought': () => ({
    script: codexScript({ think: `What is there to do? ${mark} To write down three things.` }),
    first: { faults: { 0: cut(markPiece) } },
    ...oneSeam,
  }),
};

async function tellCodex(stage: Stage, story: Story): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await startWorld(stage, story);
  // Without this nothing is told of a thought before it is over.
  const config = ['model_reasoning_summary = "auto"'];
  const session = await runCodex(stage, { ...world, folder, config, prompt: 'Write it down.' });
  assertEnded(session, story.script.at(-1)?.text ?? '');
  const told = itemsOf(session.items, 'agent_message').map(({ text }) => text);
  assert.deepEqual(told, textsOf(story.script), 'what the user has read');
  checkTraces(folder);
  await checkTold(world, story, story.script.length);
}

/** A provider fails in the middle of a session of Codex. */
export const codexSurvival: readonly Scenario[] = Object.entries(codexStories).map(([name, story]) => ({
  name,
  client: 'codex',
  over: understood,
  play: (stage) => tellCodex(stage, story(stage)),
}));

/** A provider fails in the middle of a session of Claude Code, and the session goes on as if nothing had been. */
export const survival: readonly Scenario[] = [
  ...Object.entries(stories).map(([name, story]) => ({ name, story, over: understood })),
  ...Object.entries(apart).map(([name, story]) => ({ name, story, over: toldInPieces })),
  ...Object.entries(across).map(([name, story]) => ({
    name,
    story,
    over: { languages: ['anthropic', 'openai-chat'] as const, because: 'each goes on for the other' },
  })),
].map(({ name, story, over }) => ({ name, client: 'claude-code', over, play: (stage) => tell(stage, story(stage)) }));
