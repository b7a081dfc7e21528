import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { answered, assertSucceeded, runSession, type Session } from '../claude-code/session.ts';
import { objectIn, objectsIn } from '../json.ts';
import { clientSide, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth, holding } from '../traffic.ts';

/** Sessions that go on: resumed, many at once; with thinking; and how a session begins. */
export const sessions: readonly Scenario[] = [
  { name: '--resume and --continue', client: 'claude-code', over: clientSide, play: resume },
  { name: 'thinking', client: 'claude-code', play: thinking },
  { name: 'eight sessions at once', client: 'claude-code', over: clientSide, limit: 120_000, play: eightAtOnce },
  { name: 'model discovery', client: 'claude-code', play: discovery },
  { name: 'dragoman code', client: 'claude-code', over: clientSide, play: codeCommand },
];

async function resume(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const home = stage.makeFolder('home');
  const world = await stage.world({
    steps: [
      {
        when: { user: 'FIRST' },
        parts: ['Noted.', { tool: 'Bash', input: { command: 'echo first', description: 'Says it' } }],
      },
      { when: { user: 'FIRST' }, parts: ['The first answer.'] },
      { when: { user: 'SECOND' }, parts: ['The second answer.'] },
      { when: { user: 'THIRD' }, parts: ['The third answer.'] },
    ],
  });
  const with_ = (prompt: string, args: readonly string[]): Promise<Session> =>
    runSession(stage, { ...world, folder, home, prompt, args, allow: ['Bash'] });
  const first = await with_('FIRST question', []);
  assertSucceeded(first, 'The first answer.');
  const second = await with_('SECOND question', ['--resume', first.id]);
  assertSucceeded(second, 'The second answer.');
  const third = await with_('THIRD question', ['--continue']);
  assertSucceeded(third, 'The third answer.');
  const last = world.calls().at(-1);
  for (const text of [
    'FIRST question',
    'The first answer.',
    'SECOND question',
    'The second answer.',
    'THIRD question',
  ]) {
    assert.ok(last?.said.includes(text), `${text} is missing in the resumed conversation`);
  }
}

async function thinking(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const thought = 'First the number, then “the rest” of it. ☂';
  const world = await stage.world(
    {
      flavor: 'compatible',
      manner: { chunk: 7 },
      steps: [
        {
          parts: [
            { think: thought },
            'Let me count.',
            { tool: 'Bash', input: { command: 'echo 1', description: 'One' } },
          ],
        },
        { parts: [{ think: 'Again.' }, { tool: 'Bash', input: { command: 'echo 2', description: 'Two' } }] },
        { parts: ['Counted.'] },
      ],
    },
    { provider: stage.grammar.remembers },
  );
  const session = await runSession(stage, { ...world, folder, prompt: 'Count.', allow: ['Bash'] });
  assertSucceeded(session, 'Counted.');
  const told = answered(session, 'thinking');
  assert.deepEqual(thoughtsAmong(told.map((block) => block['thinking'])), [thought, 'Again.']);
  const thoughts = world.calls().at(-1)?.thoughts ?? [];
  if (stage.grammar.thoughtsReturn === 'told')
    assert.deepEqual(thoughtsAmong(thoughts), [thought, 'Again.'], 'thinking came back changed');
  // Whether a proof is the one that was given, the upstream checks.
  else assert.equal(thoughts.length, 2, 'proofs of thinking are lost');
  assert.ok(told.every(({ signature }) => typeof signature === 'string' && signature.length > 20));
  checkGrowth(world.calls());
}

/** Without blocks that hold nothing but a proof, and without what was said before a call, which is a plan to some. */
function thoughtsAmong(texts: readonly unknown[]): readonly unknown[] {
  return texts.filter((text) => text !== '' && text !== 'Let me count.');
}

async function eightAtOnce(stage: Stage): Promise<void> {
  const world = await stage.world({
    per: 'session',
    manner: { pace: 2, chunk: 4 },
    steps: [
      {
        when: { hasToolResult: false },
        parts: [
          'I am one of eight.',
          { tool: 'Bash', input: { command: 'basename "$PWD" | tee name.txt', description: 'Says who' } },
        ],
      },
      {
        when: { hasToolResult: true },
        parts: [{ tool: 'Bash', input: { command: 'cat name.txt name.txt > twice.txt', description: 'Doubles it' } }],
      },
      { parts: ['One of eight is done.'] },
    ],
  });
  const names = Array.from({ length: 8 }, (_, number) => `session-${number}`);
  const ended = await Promise.all(
    names.map((name) =>
      runSession(stage, { ...world, folder: stage.makeFolder(name), prompt: `I am ${name}.`, allow: ['Bash'] }),
    ),
  );
  for (const [index, name] of names.entries()) {
    assertSucceeded(ended[index] as Session, 'One of eight is done.');
    assert.equal(readFileSync(path.join(stage.folder, name, 'twice.txt'), 'utf8'), `${name}\n${name}\n`);
    const own = holding(world.calls(), `I am ${name}.`);
    assert.equal(own.length, 3, `${name} took ${own.length} calls`);
    for (const other of names.filter((each) => each !== name)) assert.equal(holding(own, `I am ${other}.`).length, 0);
  }
}

async function discovery(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const home = stage.makeFolder('home');
  const ids = ['claude-opus-5-5', 'anthropic/claude-sonnet-5-5', 'gpt-5.5', 'my-llama'];
  const world = await stage.world({ models: ids, steps: ['Hello.'] }, { models: { '*': { to: 'up/*' } } });
  const env = { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' };
  const session = await runSession(stage, { ...world, folder, home, prompt: 'Hi.', env });
  assertSucceeded(session, 'Hello.');
  const cache = path.join(home, '.claude', 'cache', 'gateway-models.json');
  assert.ok(existsSync(cache), `no models were found; there is ${readdirSync(path.join(home, '.claude')).join(', ')}`);
  const { models } = JSON.parse(readFileSync(cache, 'utf8')) as { models?: unknown };
  assert.deepEqual(
    objectsIn(models)
      .map(({ id }) => String(id))
      .sort(),
    ids.slice(0, 2).sort(),
  );
}

async function codeCommand(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'Write', input: { file_path: path.join(folder, 'wired.txt'), content: 'yes' } }] },
      { parts: ['Wired.'] },
    ],
  });
  // The configuration asks for any free port, so that a gateway of its own is started.
  const options = { ...world, folder, prompt: 'Go.', throughConfig: world.gateway.configFile };
  const session = await runSession(stage, options);
  assertSucceeded(session, 'Wired.');
  assert.equal(readFileSync(path.join(folder, 'wired.txt'), 'utf8'), 'yes');
  assert.equal(world.calls().length, 2);
  const failing = await runSession(stage, { ...options, args: ['--no-such-option'] });
  assert.notEqual(failing.exitCode, 0, 'the exit code of Claude Code was lost');
  assert.equal(objectIn(failing.result)['type'], undefined);
}
