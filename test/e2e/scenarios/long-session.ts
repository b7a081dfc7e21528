import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Part, Step } from '../../../src/simulator/index.ts';
import { assertSucceeded, runSession, toolResults } from '../claude-code/session.ts';
import { type Json, jsonIn, objectIn, objectsIn } from '../json.ts';
import { png } from '../media.ts';
import { type Relay, startRelay } from '../relay.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth, checkUntouched, type ModelCall } from '../traffic.ts';

/** What a long session costs depends on bytes that do not change. */
export const longSessions: readonly Scenario[] = [
  { name: 'long session', client: 'claude-code', limit: 120_000, play: longSession },
];

const turns = 14;
const pictureAt = 4;
const parallelAt = 8;

/** Many turns, with a picture, parallel calls and a subagent: what was sent once is sent again byte by byte. */
async function longSession(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'picture.png'), png(24));
  const job = { description: 'A small job', prompt: 'SUBTASK: count', subagent_type: 'general-purpose' };
  const world = await stage.world({
    steps: [
      { when: { user: 'SUBTASK' }, parts: [{ tool: 'Bash', input: { command: 'echo 1', description: 'One' } }] },
      { when: { user: 'SUBTASK' }, parts: [{ tool: 'Bash', input: { command: 'echo 2', description: 'Two' } }] },
      { when: { user: 'SUBTASK' }, parts: ['The subagent counted to 2.'] },
      ...Array.from({ length: turns }, (_, turn): Step => ({ parts: partsOf(turn, folder) })),
      { parts: ['I hand it on.', { tool: 'Agent', input: job }] },
      { parts: ['I wait for it.'] },
      { parts: ['It is over, once more.', line(turns)] },
      { parts: ['The end.'] },
    ],
  });
  const relay = await startRelay(stage, world.gateway.url);
  const prompt = 'MAINTASK: go on and on.';
  const allow = ['Bash', 'Agent', 'Task'];
  const session = await runSession(stage, { gateway: relay, key: world.key, folder, prompt, allow });
  assertSucceeded(session, 'The end.');
  const expected = Array.from({ length: turns + 1 }, (_, turn) => `line ${turn}`);
  assert.equal(readFileSync(path.join(folder, 'log.txt'), 'utf8'), `${expected.join('\n')}\n`);
  assert.ok(toolResults(session).every(({ isError }) => !isError));
  const calls = world.calls();
  const own = calls.filter(({ opening }) => opening.includes('SUBTASK'));
  const main = calls.filter(({ opening }) => opening.includes('MAINTASK'));
  assert.deepEqual([main.length, own.length], [turns + 4, 3]);
  assert.ok(main.at(-1)?.carries(png(24)), 'the picture did not reach the upstream');
  assert.ok(main.at(-1)?.said.includes('The subagent counted to 2.'), 'the report of the subagent is lost');
  checkGrowth(main);
  checkGrowth(own);
  if (stage.language === 'anthropic') checkUntouched(relay.bodies, calls);
  if (stage.language === 'bedrock-converse') checkMarks(relay, calls);
}

function line(turn: number): Part {
  const command = `echo line ${turn} >> log.txt; tail -1 log.txt`;
  return { tool: 'Bash', input: { command, description: `Line ${turn}` } };
}

function partsOf(turn: number, folder: string): readonly Part[] {
  const look: Part = { tool: 'Read', input: { file_path: path.join(folder, 'picture.png') } };
  const list: Part = { tool: 'Bash', input: { command: 'ls', description: 'Lists files' } };
  return [
    `Turn ${turn}.`,
    line(turn),
    ...(turn === pictureAt ? [look] : []),
    ...(turn === parallelAt ? [list, look] : []),
  ];
}

/** What the client wanted to be cached is what Amazon is told to cache. */
function checkMarks({ bodies }: Relay, calls: readonly ModelCall[]): void {
  assert.equal(bodies.length, calls.length);
  for (const [index, { body }] of calls.entries()) {
    const wanted = marked(objectIn(jsonIn(bodies[index]?.toString('utf8') ?? '')));
    assert.ok(wanted.length > 0, 'the client sent nothing to cache');
    assert.deepEqual(points(body), wanted, `the marks of request ${index}`);
  }
}

/** What Anthropic's marks stand on: the text, or the id of the call. */
function marked({ system, messages }: Json): readonly unknown[] {
  return [...objectsIn(system), ...objectsIn(messages).flatMap(({ content }) => objectsIn(content))]
    .filter((block) => block['cache_control'] !== undefined)
    .map(({ text, tool_use_id: result, id }) => text ?? result ?? id);
}

/** What Amazon's points stand behind, in the same terms. */
function points({ system, messages }: Json): readonly unknown[] {
  return [system, ...objectsIn(messages).map(({ content }) => content)].flatMap((content) => {
    const blocks = objectsIn(content);
    return blocks.flatMap((block, at) => {
      if (block['cachePoint'] === undefined) return [];
      const { text, toolResult, toolUse } = objectIn(blocks[at - 1]);
      return [text ?? objectIn(toolResult ?? toolUse)['toolUseId']];
    });
  });
}
