import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Part, Step } from '../../../src/simulator/index.ts';
import { assertSucceeded, type Mode, runSession, toolResults } from '../claude-code/session.ts';
import { pdf, png } from '../media.ts';
import { startRelay } from '../relay.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage, WorldOptions } from '../stage.ts';
import { checkGrowth, checkUntouched, type ModelCall } from '../traffic.ts';

/** Tools that Claude Code has in its own process, files on disk, and media that come back from them. */
export const tools: readonly Scenario[] = [
  { name: 'tool session', client: 'claude-code', short: true, play: (stage) => toolSession(stage) },
  { name: 'Write, Read, Edit, Bash', client: 'claude-code', play: fourTools },
  { name: 'parallel calls', client: 'claude-code', play: parallelCalls },
  { name: 'a tool that fails', client: 'claude-code', play: failingTool },
  { name: 'image and PDF', client: 'claude-code', play: imageAndPdf },
  { name: 'PDFs, many and again', client: 'claude-code', play: manyPdfs },
];

/** A file is written, appended to, and a picture is looked at. Gives the calls that reached the upstream. */
export async function toolSession(
  stage: Stage,
  how: { readonly world?: WorldOptions; readonly mode?: Mode } = {},
): Promise<readonly ModelCall[]> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'picture.png'), png(16));
  const steps: readonly Step[] = [
    {
      parts: ['I write it.', { tool: 'Write', input: { file_path: path.join(folder, 'note.txt'), content: 'one\n' } }],
    },
    { parts: [{ tool: 'Bash', input: { command: 'echo two >> note.txt', description: 'Appends a line' } }] },
    { parts: [{ tool: 'Read', input: { file_path: path.join(folder, 'picture.png') } }] },
    { parts: ['All is done.'] },
  ];
  // In its cloud modes it asks for a word of each model first, to see which are there.
  const when = { tools: ['Bash'] };
  const world = await stage.world({ steps: steps.map((step) => ({ when, ...step })) }, how.world);
  const { mode } = how;
  const session = await runSession(stage, {
    ...world,
    folder,
    prompt: 'Write, append, look.',
    allow: ['Bash'],
    ...(mode && { mode }),
  });
  assertSucceeded(session, 'All is done.');
  assert.equal(readFileSync(path.join(folder, 'note.txt'), 'utf8'), 'one\ntwo\n');
  const calls = world.calls().filter(({ tools: offered }) => offered.length > 0);
  assert.equal(calls.length, 4);
  assert.ok(calls.at(-1)?.carries(png(16)), 'the picture did not reach the upstream');
  checkGrowth(calls);
  return calls;
}

async function fourTools(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const file = path.join(folder, 'verse.txt');
  const world = await stage.world({
    steps: [
      { parts: ['Writing.', { tool: 'Write', input: { file_path: file, content: 'snow “and” ❄ rain\n' } }] },
      { parts: [{ tool: 'Read', input: { file_path: file } }] },
      { parts: [{ tool: 'Edit', input: { file_path: file, old_string: 'rain', new_string: 'sun ☀' } }] },
      { parts: [{ tool: 'Bash', input: { command: 'wc -l < verse.txt', description: 'Counts lines' } }] },
      { parts: ['Four tools ', 'have run.'], chunk: 3 },
    ],
  });
  const relay = await startRelay(stage, world.gateway.url);
  const session = await runSession(stage, { gateway: relay, key: world.key, folder, prompt: 'Go.', allow: ['Bash'] });
  assertSucceeded(session, stage.grammar.textsApart ? 'have run.' : 'Four tools have run.');
  assert.equal(readFileSync(file, 'utf8'), 'snow “and” ❄ sun ☀\n');
  const [, read, , counted] = toolResults(session);
  assert.match(read?.text ?? '', /snow “and” ❄ rain/);
  assert.equal(counted?.text.trim(), '1');
  const calls = world.calls();
  assert.equal(calls.length, 5);
  for (const call of calls) assert.equal(call.model, stage.grammar.model);
  assert.ok(!calls[0]?.tools.includes('CronList'), 'a deferred tool is offered before anybody asked for it');
  for (const body of relay.bodies) assert.ok(body.includes('"cache_control"'), 'the client sent nothing to cache');
  if (stage.language === 'anthropic') checkUntouched(relay.bodies, calls);
  checkGrowth(calls);
}

async function parallelCalls(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'a.txt'), 'alpha\n');
  const world = await stage.world({
    steps: [
      {
        parts: [
          'Three at once.',
          { tool: 'Read', input: { file_path: path.join(folder, 'a.txt') } },
          { tool: 'Bash', input: { command: 'echo beta', description: 'Says beta' } },
          { tool: 'Write', input: { file_path: path.join(folder, 'c.txt'), content: 'gamma' } },
        ],
        chunk: 5,
        chat: { calls: 'interleaved' },
      },
      { parts: ['Three results.'] },
    ],
  });
  const session = await runSession(stage, { ...world, folder, prompt: 'Go.', allow: ['Bash'] });
  assertSucceeded(session, 'Three results.');
  const texts = toolResults(session).map(({ text }) => text);
  assert.equal(texts.length, 3);
  for (const word of ['alpha', 'beta', 'c.txt'])
    assert.ok(
      texts.some((text) => text.includes(word)),
      word,
    );
  assert.equal(readFileSync(path.join(folder, 'c.txt'), 'utf8'), 'gamma');
  checkGrowth(world.calls());
}

async function failingTool(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const world = await stage.world({
    strict: true,
    steps: [
      { parts: [{ tool: 'Bash', input: { command: 'echo no >&2; exit 3', description: 'Fails' } }] },
      { parts: [{ tool: 'NoSuchTool', input: { a: 1 } }] },
      { parts: ['Nothing worked.'] },
    ],
  });
  const session = await runSession(stage, { ...world, folder, prompt: 'Go.', allow: ['Bash'] });
  assertSucceeded(session, 'Nothing worked.');
  const results = toolResults(session);
  assert.deepEqual(
    results.map(({ isError }) => isError),
    [true, true],
  );
  assert.match(world.calls().at(-1)?.said ?? '', /No such tool available/);
}

async function imageAndPdf(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  writeFileSync(path.join(folder, 'p.png'), png(40));
  writeFileSync(path.join(folder, 'd.pdf'), pdf('Ten thousand words'));
  const world = await stage.world({
    steps: [
      {
        parts: [
          { tool: 'Read', input: { file_path: path.join(folder, 'p.png') } },
          { tool: 'Read', input: { file_path: path.join(folder, 'd.pdf') } },
        ],
      },
      { parts: ['Both seen.'] },
    ],
  });
  const session = await runSession(stage, { ...world, folder, prompt: 'Look.' });
  assertSucceeded(session, 'Both seen.');
  const last = world.calls().at(-1);
  const { pictures, documents } = stage.grammar.takes;
  assert.equal(last?.carries(png(40)), pictures, 'the picture');
  assert.equal(last?.carries(pdf('Ten thousand words')), documents, 'the document');
  assert.ok(
    documents || last?.said.includes('Ten thousand words'),
    'the text of the document did not reach the upstream',
  );
  checkGrowth(world.calls());
}

/** Some services take few documents, and none twice by the same name. */
async function manyPdfs(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const names = Array.from({ length: 7 }, (_, number) => `document ${number}.pdf`);
  for (const name of names) writeFileSync(path.join(folder, name), pdf(`The text of ${name}`));
  const look = (name: string): Part => ({ tool: 'Read', input: { file_path: path.join(folder, name) } });
  const world = await stage.world({
    steps: [
      { parts: names.slice(0, 2).map(look) },
      { parts: [look(names[0] ?? '')] },
      { parts: names.slice(2).map(look) },
      { parts: ['All read.'] },
    ],
  });
  const session = await runSession(stage, { ...world, folder, prompt: 'Read them all.' });
  assertSucceeded(session, 'All read.');
  assert.equal(world.calls().length, 4);
  const last = world.calls().at(-1);
  for (const name of names) {
    const words = `The text of ${name}`;
    assert.ok(last?.carries(pdf(words)) || last?.said.includes(words), `${name} did not reach the upstream`);
  }
}
