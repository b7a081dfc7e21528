import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { answered, assertSucceeded, runSession, type Session } from './claude-code/session.ts';
import { objectIn } from './json.ts';
import type { Language } from './language.ts';
import { grammars } from './languages/index.ts';
import { type Receipts, receiptsOf } from './receipts.ts';
import type { Choice } from './scenario.ts';
import { played, type Role, type Saying, type Script, transcript, transcriptOf } from './script.ts';
import type { Stage, World, WorldOptions } from './stage.ts';

/** The languages in which the scripted providers understand what they are asked. */
export const understood: Choice = {
  languages: ['anthropic', 'openai-chat', 'openai-responses', 'gemini', 'bedrock-converse'],
  because: 'scripted providers read requests as a client dialect does',
};

/** A session of Claude Code whose providers fail, and what is to be seen of it. */
export interface Story {
  readonly script: Script;
  /** How the two providers play it; the second one is missing where it is `none`. */
  readonly first?: Partial<Role>;
  readonly second?: Partial<Role> | 'none';
  /** What the second one speaks, where that is something else. */
  readonly spare?: Language;
  readonly world?: WorldOptions;
  /** Places where one provider goes on with what another has said, as `from>to`. */
  readonly seams?: readonly string[] | 'any';
  /** Kinds of the errors that the client is told of, and gets over by itself; `any`: how many there are is its own affair. */
  readonly errors?: readonly string[] | 'any';
  /** What happens while the session goes on. */
  readonly meanwhile?: (world: World, folder: string) => Promise<void>;
}

/** What came of it. */
export interface Told {
  readonly session: Session;
  readonly world: World;
  readonly receipts: Receipts;
}

/** A call of the shell that leaves a trace. */
export function bash(word: string, before = ''): NonNullable<Saying['calls']>[number] {
  return {
    tool: 'Bash',
    input: { command: `${before}echo ${word} >> ran.txt`, description: `Leaves a trace: ${word}` },
  };
}

/** Tokens of each answer, as the two providers count them. */
const usage = { first: { input: 1000, output: 40 }, second: { input: 2000, output: 50 } };

/** The words that the calls of a script leave in a file. */
const traces = ['one', 'three', 'two'];

/** An answer with words and a call, one with two calls, and a last word. */
export function scriptWith(first: Saying, last = 'It is all written down: “one”, “two” and “three”.'): Script {
  return [
    { text: 'I write down the first thing, and then the others.', calls: [bash('one')], ...first },
    { calls: [bash('two'), bash('three')] },
    { text: last },
  ];
}

/** The two providers of a story, and a gateway before them. */
export function startWorld(stage: Stage, story: Story): Promise<World> {
  const { script, spare = stage.language, second = {} } = story;
  const part = { flavor: 'compatible' } as const;
  const first: Role = { script, language: stage.language, usage: usage.first, ...story.first };
  const other: Role = { script, language: spare, usage: usage.second, ...(second !== 'none' && second) };
  const next = { script: { ...part, ...played(other) }, language: spare, provider: grammars[spare].remembers };
  return stage.world(
    { ...part, ...played(first) },
    { provider: stage.grammar.remembers, ...(second !== 'none' && { spare: next }), ...story.world },
  );
}

/** Checks what does not depend on the client: what it makes of the answers, and what the receipts say of them. */
export async function checkTold(world: World, story: Story, calls: number): Promise<Receipts> {
  const { script, errors = [], seams = [] } = story;
  const all = [...world.calls(), ...world.spareCalls()];
  const last = all.reduce((one, next) => (next.request.startedAt > one.request.startedAt ? next : one));
  const known = transcriptOf(script, script.length - 1);
  assert.deepEqual(
    heardBy(story, transcript(last)).slice(0, known.length),
    known,
    'what the model is told that it has said',
  );
  const receipts = await receiptsOf(world, calls);
  if (errors !== 'any') assert.deepEqual(receipts.errors, errors);
  const found = receipts.seams.map(({ from, to }) => `${providerIn(from)}>${providerIn(to)}`);
  if (seams !== 'any') assert.deepEqual(found, seams, JSON.stringify(receipts.seams));
  // A provider that broke off has charged for what it has said, whether or not it said how much.
  for (const record of receipts.records) {
    const least = record['provider'] === 'up' ? usage.first.output : usage.second.output;
    if (record['seams'] === undefined || record['error'] !== undefined) continue;
    assert.ok(Number(objectIn(record['usage'])['output']) > least, 'what was said before the seam is not counted');
  }
  return receipts;
}

/** Each tool has run exactly once. */
export function checkTraces(folder: string): void {
  const ran = readFileSync(path.join(folder, 'ran.txt'), 'utf8').trim().split('\n').sort();
  assert.deepEqual(ran, traces, 'not every tool has run exactly once');
}

/**
 * Plays the story with Claude Code, and checks what must hold however providers fail: the session ends well, each tool has
 * run once, what the client tells of the answers is what the model was to say, and client and receipts count the same.
 */
export async function tell(stage: Stage, story: Story): Promise<Told> {
  const { script } = story;
  const folder = stage.makeFolder('work');
  const world = await startWorld(stage, story);
  const [session] = await Promise.all([
    runSession(stage, { ...world, folder, prompt: 'Write it down.', allow: ['Bash'] }),
    story.meanwhile?.(world, folder),
  ]);
  assertSucceeded(session, script.at(-1)?.text);
  const told = answered(session, 'text').map(({ text }) => text);
  assert.deepEqual(heardBy(story, told), textsOf(script), 'what the user has read');
  checkTraces(folder);
  const receipts = await checkTold(world, story, script.length);
  if (story.errors === undefined) checkUsage(session, receipts);
  return { session, world, receipts };
}

/** A client that is told of an error and asks anew keeps the texts of both answers. */
function heardBy({ errors }: Story, told: readonly unknown[]): readonly unknown[] {
  return errors === undefined ? told : told.filter((part, at) => part !== told[at - 1]);
}

/** The texts of a script. */
export function textsOf(script: Script): readonly string[] {
  return script.flatMap(({ text }) => text ?? []);
}

function providerIn(target: unknown): string {
  return String(target).split('/', 1)[0] ?? '';
}

function checkUsage({ result }: Session, receipts: Receipts): void {
  const counted = objectIn(result['usage']);
  for (const sort of ['input', 'output'] as const) {
    assert.equal(counted[`${sort}_tokens`], receipts.tokens(sort), `${sort} tokens as the client counts them`);
  }
}
