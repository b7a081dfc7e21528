import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { answered, assertSucceeded, runSession, toolResults } from '../claude-code/session.ts';
import { objectIn } from '../json.ts';
import { png } from '../media.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth, holding } from '../traffic.ts';

/** Work that is handed on: subagents, deferred tools, MCP servers, structured output. */
export const agents: readonly Scenario[] = [
  { name: 'subagent', client: 'claude-code', play: subagent },
  { name: 'ToolSearch', client: 'claude-code', play: toolSearch },
  { name: 'MCP server', client: 'claude-code', play: mcpServer },
  { name: '--json-schema', client: 'claude-code', play: jsonSchema },
];

async function subagent(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const job = { description: 'A small job', prompt: 'SUBTASK: note it down', subagent_type: 'general-purpose' };
  const world = await stage.world({
    steps: [
      {
        when: { user: 'SUBTASK' },
        parts: [{ tool: 'Bash', input: { command: 'echo noted > sub.txt', description: 'Notes' } }],
      },
      { when: { user: 'SUBTASK' }, parts: ['The subagent has noted it: 42.'] },
      { when: { user: 'MAINTASK' }, parts: ['I hand it on.', { tool: 'Agent', input: job }] },
      { parts: ['I wait for it.'] },
      { parts: ['It is noted.'] },
    ],
  });
  const allow = ['Bash', 'Agent', 'Task'];
  const session = await runSession(stage, { ...world, folder, prompt: 'MAINTASK: delegate', allow });
  assertSucceeded(session, 'It is noted.');
  assert.equal(readFileSync(path.join(folder, 'sub.txt'), 'utf8'), 'noted\n');
  assert.equal(world.calls().length, 5);
  const own = world.calls().filter(({ opening }) => opening.includes('SUBTASK'));
  assert.equal(own.length, 2, 'the subagent has a conversation of its own');
  assert.equal(
    holding(world.calls(), 'The subagent has noted it: 42.').length,
    1,
    'its report reached the main conversation',
  );
  checkGrowth(own);
}

async function toolSearch(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'ToolSearch', input: { query: 'select:CronList,NotebookEdit', max_results: 5 } }] },
      { parts: [{ tool: 'CronList', input: {} }] },
      { parts: ['No jobs.'] },
    ],
  });
  const session = await runSession(stage, { ...world, folder, prompt: 'Which jobs?', allow: ['CronList'] });
  assertSucceeded(session, 'No jobs.');
  assert.equal(toolResults(session)[1]?.text, 'No scheduled jobs.');
  const [first, second] = world.calls();
  for (const name of ['CronList', 'NotebookEdit']) {
    assert.ok(!first?.tools.includes(name), `${name} is offered before it was looked for`);
    assert.ok(second?.tools.includes(name), `${name} is not offered after it was found`);
  }
  assert.match(second?.said ?? '', /CronList.*NotebookEdit/s);
}

async function mcpServer(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const server = fileURLToPath(new URL('../mcp-server.ts', import.meta.url));
  const config = { mcpServers: { tiny: { command: process.execPath, args: [server] } } };
  const world = await stage.world({
    steps: [
      { parts: [{ tool: 'ToolSearch', input: { query: 'select:mcp__tiny__add,mcp__tiny__picture', max_results: 5 } }] },
      {
        parts: [
          { tool: 'mcp__tiny__add', input: { a: 40, b: 2 } },
          { tool: 'mcp__tiny__picture', input: {} },
        ],
      },
      { parts: ['It is 42.'] },
    ],
  });
  const args = ['--mcp-config', JSON.stringify(config), '--strict-mcp-config'];
  const allow = ['mcp__tiny__add', 'mcp__tiny__picture'];
  const session = await runSession(stage, { ...world, folder, prompt: 'How much is 40 + 2?', allow, args });
  assertSucceeded(session, 'It is 42.');
  const [, sum] = toolResults(session);
  assert.match(sum?.text ?? '', /The sum is 42\./);
  const last = world.calls().at(-1);
  assert.ok(last?.tools.includes('mcp__tiny__add'));
  assert.ok(last?.said.includes('The sum is 42.'));
  assert.ok(last?.carries(png(8)), 'the picture of the MCP tool did not reach the upstream');
}

async function jsonSchema(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const schema = {
    type: 'object',
    properties: { answer: { type: 'integer' }, words: { type: 'array', items: { type: 'string' } } },
    required: ['answer', 'words'],
  };
  const wanted = { answer: 42, words: ['forty', 'two', 'ü"\\'] };
  const world = await stage.world({
    steps: [{ parts: [{ tool: 'StructuredOutput', input: wanted }], chunk: 2 }, 'Done.'],
  });
  const args = ['--json-schema', JSON.stringify(schema)];
  const session = await runSession(stage, { ...world, folder, prompt: 'The answer?', args });
  assertSucceeded(session);
  assert.deepEqual(session.result['structured_output'], wanted);
  assert.deepEqual(objectIn(answered(session, 'tool_use')[0])['input'], wanted);
  assert.ok(world.calls()[0]?.tools.includes('StructuredOutput'));
}
