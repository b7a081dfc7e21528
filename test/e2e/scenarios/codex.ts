import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part, Step } from '../../../src/simulator/index.ts';
import { assertEnded, itemsOf, runCodex } from '../codex/session.ts';
import { textIn } from '../json.ts';
import { languages } from '../language.ts';
import { png } from '../media.ts';
import { startRelay } from '../relay.ts';
import { type Choice, type Scenario, unreached } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth, checkUntouched } from '../traffic.ts';

const client = 'codex' as const;

const translated: Choice = {
  languages: languages.filter((language) => language !== 'openai-responses'),
  because: 'in the same language a search for tools passes as it is',
};

/** OpenAI's agent, whose tools are not all functions. */
export const codexSessions: readonly Scenario[] = [
  { name: 'exec_command', client, play: commands },
  { name: 'apply_patch', client, play: patches },
  { name: 'reasoning, resumed', client, play: reasoning },
  { name: 'MCP server', client, over: translated, play: mcpServer },
  { name: 'picture', client, play: picture },
  { name: 'stream cut in a call', client, play: cutInCall },
  { name: 'overloaded twice', client, play: overloaded },
  { name: 'context overflow', client, play: overflow },
  { name: 'wrong key for the gateway', client, over: unreached, play: wrongKey },
];

function command(cmd: string): Part {
  return { tool: 'exec_command', input: { cmd } };
}

async function commands(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world({
    steps: [
      { parts: ['I count.', command('echo “one” > count.txt; cat count.txt')], chunk: 5 },
      { parts: [command('echo two >> count.txt; exit 3'), command('echo beside')], chunk: 5 },
      { parts: [command('wc -l < count.txt')] },
      { parts: ['Two ', 'lines.'] },
    ],
  });
  const relay = await startRelay(stage, world.gateway.url);
  const session = await runCodex(stage, { gateway: relay, key: world.key, folder, prompt: 'Count.' });
  assertEnded(session, 'Two lines.');
  const ran = itemsOf(session.items, 'command_execution');
  // Those that run at once may end in any order.
  const ended = ran.map((item) => `${item['exit_code']} ${textIn(item['aggregated_output']).trim()}`);
  assert.deepEqual(ended.sort(), ['0 2', '0 beside', '0 “one”', '3 ']);
  const calls = world.calls();
  assert.equal(calls.length, 4);
  for (const call of calls) {
    assert.equal(call.model, stage.grammar.model);
    for (const tool of ['exec_command', 'apply_patch']) assert.ok(call.tools.includes(tool), `${tool} is not offered`);
  }
  assert.ok(calls.at(-1)?.said.includes('“one”'), 'a result did not reach the upstream');
  checkGrowth(calls);
  if (stage.language === 'openai-responses') checkUntouched(relay.bodies, calls);
}

/** The patch is free text in the client's language, and whatever the upstream has for it in that one. */
async function patches(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'verse.txt'), 'snow and rain\n');
  const patch = [
    '*** Begin Patch',
    '*** Update File: verse.txt',
    '@@',
    '-snow and rain',
    '+snow “and” \\sun\\ ☀',
    '*** Add File: new.txt',
    '+"quoted"\tand tabbed',
    '*** End Patch',
    '',
  ].join('\n');
  const world = await stage.world({
    steps: [
      { parts: ['I edit.', { tool: 'apply_patch', input: { input: patch } }], chunk: 7 },
      { parts: [{ tool: 'apply_patch', input: { input: '*** Begin Patch\nnonsense\n*** End Patch\n' } }] },
      { parts: [command('cat verse.txt')] },
      { parts: ['Edited.'] },
    ],
  });
  const session = await runCodex(stage, { ...world, folder, prompt: 'Edit.' });
  assertEnded(session, 'Edited.');
  assert.equal(readFileSync(path.join(folder, 'verse.txt'), 'utf8'), 'snow “and” \\sun\\ ☀\n');
  assert.equal(readFileSync(path.join(folder, 'new.txt'), 'utf8'), '"quoted"\tand tabbed\n');
  const calls = world.calls();
  assert.equal(calls.length, 4);
  const said = calls.at(-1)?.said ?? '';
  assert.match(said, /Success\. Updated the following files/);
  assert.ok(
    /invalid patch|failed to parse|apply_patch verification failed/i.test(said),
    'the failure of the second patch is lost',
  );
  checkGrowth(calls);
}

/** What was thought goes back within a turn, and in the next session too. */
async function reasoning(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const home = stage.makeFolder('home');
  const thoughts = ['First the number, then “the rest”. ☂', 'Once more.', 'At last.'];
  const steps: readonly Step[] = [
    { parts: [{ think: thoughts[0] ?? '' }, command('echo 1')] },
    { parts: [{ think: thoughts[1] ?? '' }, command('echo 2')] },
    { parts: [{ think: thoughts[2] ?? '' }, 'Counted.'] },
    { parts: [command('echo 3')] },
    { parts: ['Counted on.'] },
  ];
  const world = await stage.world(
    { flavor: 'compatible', manner: { chunk: 7 }, steps },
    { provider: stage.grammar.remembers },
  );
  const config = ['model_reasoning_summary = "auto"'];
  const first = await runCodex(stage, { ...world, folder, home, config, prompt: 'FIRST: count.' });
  assertEnded(first, 'Counted.');
  assert.deepEqual(
    itemsOf(first.items, 'reasoning').map((item) => item['text']),
    thoughts,
  );
  const second = await runCodex(stage, { ...world, folder, home, config, prompt: 'SECOND: go on.', resume: true });
  assertEnded(second, 'Counted on.');
  const calls = world.calls();
  assert.equal(calls.length, 5);
  const last = calls.at(-1);
  assert.ok(last?.said.includes('FIRST: count.'), 'the first session is lost');
  const returned = last?.thoughts ?? [];
  if (stage.grammar.thoughtsReturn === 'told') assert.deepEqual(returned, thoughts);
  // Whether a proof is the one that was given, the upstream checks.
  else assert.ok(returned.length >= 3, `${returned.length} proofs of thinking came back`);
  checkGrowth(calls);
}

/** Tools of servers are looked for before they are there, by a call that is none of a function. */
async function mcpServer(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const server = fileURLToPath(new URL('../mcp-server.ts', import.meta.url));
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'tool_search', input: { query: 'adds two numbers', limit: 3 } }] },
      { parts: [{ tool: 'mcp__tiny__add', input: { a: 40, b: 2 } }] },
      { parts: ['It is 42.'] },
    ],
  });
  const sections = [`[mcp_servers.tiny]\ncommand = "${process.execPath}"\nargs = ["${server}"]`];
  const session = await runCodex(stage, { ...world, folder, sections, prompt: 'How much is 40 + 2?' });
  assertEnded(session, 'It is 42.');
  const [call] = itemsOf(session.items, 'mcp_tool_call');
  assert.deepEqual([call?.['tool'], call?.['status']], ['add', 'completed']);
  const [first, second, third] = world.calls();
  assert.ok(!first?.tools.includes('mcp__tiny__add'), 'it is offered before it was looked for');
  assert.ok(second?.tools.includes('mcp__tiny__add'), 'it is not offered after it was found');
  assert.match(third?.said ?? '', /The sum is 42\./);
}

async function picture(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'picture.png'), png(20));
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'view_image', input: { path: path.join(folder, 'picture.png') } }] },
      { parts: ['It is blue.'] },
    ],
  });
  assertEnded(await runCodex(stage, { ...world, folder, prompt: 'Look.' }), 'It is blue.');
  assert.match(JSON.stringify(world.calls().at(-1)?.body), /iVBORw0KGgo/, 'the picture did not reach the upstream');
  checkGrowth(world.calls());
}

/** The call that broke is not run; that which comes whole is run once. Codex keeps what was thought before the break. */
async function cutInCall(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const call: Step = {
    parts: [{ think: 'I leave a trace.' }, command('echo ran >> ran.txt; echo and-more >> ran.txt')],
    chunk: 4,
    gemini: { partialArgs: true },
  };
  const steps: readonly Step[] = [
    { ...call, faults: [{ kind: 'cut', at: { event: 12 } }] },
    call,
    { parts: ['It ran.'] },
  ];
  // OpenAI itself refuses reasoning that nothing follows; the gateway leaves it out then.
  const refusals = stage.language === 'openai-responses' ? [400] : [];
  const world = await stage.world({ steps }, { refusals });
  const session = await runCodex(stage, { ...world, folder, prompt: 'Go.' });
  assert.equal(session.exitCode, 0, session.stderr);
  assert.equal(itemsOf(session.items, 'agent_message').at(-1)?.['text'], 'It ran.');
  assert.equal(readFileSync(path.join(folder, 'ran.txt'), 'utf8'), 'ran\nand-more\n');
}

async function overflow(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world(
    { steps: [{ times: 'always', faults: [stage.grammar.tooLong] }] },
    { refusals: [400] },
  );
  const session = await runCodex(stage, { ...world, folder, prompt: 'Go.' });
  assert.notEqual(session.exitCode, 0);
  assert.match(JSON.stringify(session.events), /ran out of room/);
}

async function overloaded(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const { busy } = stage.grammar;
  const world = await stage.world({ steps: [{ times: 2, faults: [busy] }, 'Here I am.'] }, { refusals: [busy.status] });
  const session = await runCodex(stage, { ...world, folder, prompt: 'Go.' });
  assert.equal(session.exitCode, 0, session.stderr);
  assert.equal(itemsOf(session.items, 'agent_message').at(-1)?.['text'], 'Here I am.');
  assert.equal(world.calls().length, 3);
}

async function wrongKey(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world({ steps: ['Never said.'] });
  const session = await runCodex(stage, { ...world, key: 'sk-not-this-one', folder, prompt: 'Go.' });
  assert.notEqual(session.exitCode, 0);
  assert.match(JSON.stringify(session.events), /401/);
  assert.equal(world.calls().length, 0);
}
