import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Fault, Step } from '../../../src/simulator/index.ts';
import { assertSucceeded, retries, runSession, type Session } from '../claude-code/session.ts';
import { startRelay } from '../relay.ts';
import { type Scenario, unreached } from '../scenario.ts';
import type { Stage, World } from '../stage.ts';

/** What goes wrong at the upstream, and that Claude Code gets over it, or gives up in time. */
export const recovery: readonly Scenario[] = [
  { name: 'overloaded twice', client: 'claude-code', play: overloaded },
  { name: '429 with retry-after', client: 'claude-code', play: rateLimited },
  { name: 'stream cut in text', client: 'claude-code', play: cutInText },
  { name: 'stream cut in arguments', client: 'claude-code', play: cutInArguments },
  { name: 'error event in text', client: 'claude-code', play: errorEvent },
  { name: 'error event in arguments', client: 'claude-code', play: errorEventInArguments },
  { name: 'always truncated', client: 'claude-code', play: alwaysTruncated },
  { name: 'context overflow', client: 'claude-code', play: overflow },
  { name: 'overflow, compacted', client: 'claude-code', play: compaction },
  { name: '401 of the upstream', client: 'claude-code', play: unauthorized },
  { name: 'wrong key for the gateway', client: 'claude-code', over: unreached, play: wrongKey },
];

/** Fewer tries than usual, so that what cannot succeed is over soon. */
const impatient = { CLAUDE_CODE_MAX_RETRIES: '2' };

function session(stage: Stage, world: World, env: Readonly<Record<string, string>> = {}): Promise<Session> {
  return runSession(stage, { ...world, folder: stage.makeFolder('work'), prompt: 'Go.', allow: ['Bash'], env });
}

async function overloaded(stage: Stage): Promise<void> {
  const fault = stage.grammar.busy;
  const world = await stage.world({ steps: [{ times: 2, faults: [fault] }, 'Here I am.'] }, { refusals: [529, 503] });
  const ended = await session(stage, world);
  assertSucceeded(ended, 'Here I am.');
  assert.deepEqual(retries(ended), [529, 529]);
  assert.equal(world.calls().length, 3);
}

async function rateLimited(stage: Stage): Promise<void> {
  const seconds = 3;
  const headers = { 'retry-after': String(seconds) };
  const fault: Fault = { kind: 'status', status: 429, message: 'Slow down, please.', headers };
  const world = await stage.world({ steps: [{ faults: [fault] }, 'Now.'] }, { refusals: [429] });
  const ended = await session(stage, world);
  assertSucceeded(ended, 'Now.');
  assert.deepEqual(retries(ended), [429]);
  const [first, second] = world.calls();
  const waited = (second?.request.startedAt ?? 0) - (first?.request.startedAt ?? 0);
  assert.ok(waited >= seconds * 1000, `it waited ${Math.round(waited)} ms where ${seconds} s were asked for`);
}

async function cutInText(stage: Stage): Promise<void> {
  const cut: Fault = { kind: 'cut', at: { event: 6 } };
  const said = 'These words break off in the middle.';
  const world = await stage.world({ steps: [{ parts: [said], chunk: 4, faults: [cut] }, 'Whole words.'] });
  const ended = await session(stage, world);
  assertSucceeded(ended, 'Whole words.');
  assert.ok(!JSON.stringify(ended.events).includes('These words'), 'a part of a broken answer was kept');
  assert.equal(world.calls().length, 2);
}

async function cutInArguments(stage: Stage): Promise<void> {
  await brokenCall(stage, { kind: 'cut', at: { event: 9 } });
}

async function errorEventInArguments(stage: Stage): Promise<void> {
  await brokenCall(stage, { kind: 'error', at: { event: 9 }, type: 'overloaded_error', message: 'Overloaded' });
}

/** The call that broke is not run; that which comes whole is run once. */
async function brokenCall(stage: Stage, fault: Fault): Promise<void> {
  const input = { command: 'echo ran >> ran.txt; echo and-more >> ran.txt', description: 'Leaves a trace' };
  const call: Step = { parts: [{ tool: 'Bash', input }], chunk: 4, gemini: { partialArgs: true } };
  const world = await stage.world({ steps: [{ ...call, faults: [fault] }, call, 'It ran.'] });
  const ended = await session(stage, world);
  assertSucceeded(ended, 'It ran.');
  const trace = path.join(stage.folder, 'work', 'ran.txt');
  assert.equal(readFileSync(trace, 'utf8'), 'ran\nand-more\n', 'the tool was not run once and whole');
}

async function errorEvent(stage: Stage): Promise<void> {
  const fault: Fault = { kind: 'error', at: { event: 5 }, type: 'overloaded_error', message: 'Overloaded' };
  const world = await stage.world({
    steps: [{ parts: ['Half an answer only.'], chunk: 4, faults: [fault] }, 'A whole answer.'],
  });
  const ended = await session(stage, world);
  assertSucceeded(ended, 'A whole answer.');
  assert.equal(world.calls().length, 2);
  assert.ok(!JSON.stringify(ended.events).includes('Half an'), 'a part of a broken answer was kept');
}

/** However an answer is truncated, and however often: it is never taken for a whole one. */
async function alwaysTruncated(stage: Stage): Promise<void> {
  let number = 0;
  const world = await stage.world({
    answer: ({ stream }) => {
      number += 1;
      const how = number % 2 === 0 ? 'end' : 'close';
      const parts = ['These words never come to their end.'];
      return { parts, chunk: 4, faults: [{ kind: 'cut', at: stream ? { event: 6 } : { byte: 150 }, how }] };
    },
  });
  const ended = await session(stage, world, impatient);
  assert.equal(ended.exitCode, 1, 'a truncated answer was taken for a whole one');
  assert.equal(ended.result['is_error'], true);
  assert.ok(world.calls().length > 2);
}

async function overflow(stage: Stage): Promise<void> {
  const world = await stage.world(
    { steps: [{ times: 'always', faults: [stage.grammar.tooLong] }] },
    { refusals: [400] },
  );
  const relay = await startRelay(stage, world.gateway.url);
  const folder = stage.makeFolder('work');
  const ended = await runSession(stage, { gateway: relay, key: world.key, folder, prompt: 'Go.' });
  assert.equal(ended.exitCode, 1);
  assert.equal(ended.result['terminal_reason'], 'prompt_too_long');
  const [answer] = relay.answers;
  assert.equal(answer?.status, 400);
  const { error } = JSON.parse(answer?.body ?? '{}') as { error?: { type?: unknown; message?: unknown } };
  assert.equal(error?.type, 'invalid_request_error');
  const numbers = stage.grammar.tellsLength
    ? /^prompt is too long: 9000 tokens > 8192 maximum$/
    : /^prompt is too long/;
  assert.match(String(error?.message), numbers);
  assert.equal(world.calls().length, 1);
}

async function compaction(stage: Stage): Promise<void> {
  const call = (word: string): Step => ({
    parts: ['Hm.', { tool: 'Bash', input: { command: `echo ${word}`, description: word } }],
  });
  const world = await stage.world(
    {
      steps: [
        call('one'),
        call('two'),
        { faults: [stage.grammar.tooLong] },
        { parts: ['<summary>They counted to two.</summary>'] },
        { parts: ['I go on.'] },
      ],
    },
    { refusals: [400] },
  );
  const ended = await session(stage, world);
  assertSucceeded(ended, 'I go on.');
  assert.equal(world.calls().length, 5);
  assert.ok(world.calls().at(-1)?.said.includes('They counted to two.'), 'the summary was not used');
}

async function unauthorized(stage: Stage): Promise<void> {
  const fault: Fault = { kind: 'status', status: 401, message: 'Incorrect API key provided.' };
  const world = await stage.world({ steps: [{ times: 'always', faults: [fault] }] }, { refusals: [401] });
  const ended = await session(stage, world);
  assert.equal(ended.exitCode, 1);
  assert.deepEqual(retries(ended), [], 'Claude Code tried again with a key that is wrong');
  assert.equal(world.calls().length, 1);
}

async function wrongKey(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Never said.'] });
  const ended = await session(stage, { ...world, key: 'sk-not-this-one' });
  assert.equal(ended.exitCode, 1);
  assert.deepEqual(retries(ended), []);
  assert.equal(world.calls().length, 0);
  assert.ok(!existsSync(path.join(stage.folder, 'work', 'ran.txt')));
}
