import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from '../wire/pieces.ts';
import { scanBody } from '../wire/splice.ts';
import { KeptTools, openWith, toolsIn, toolsStandIn } from './kept-tools.ts';

function bodyWith(tools: string): Buffer {
  return Buffer.from(`{"model":"m","tools":${tools},"n":[1]}`);
}

function listOf(name: string, length = 300): string {
  return JSON.stringify([{ name, description: 'd'.repeat(length) }]);
}

function meet(kept: KeptTools, tools: string, times = 2): void {
  const body = bodyWith(tools);
  for (let i = 0; i < times; i++) kept.meet('anthropic', body, scanBody(Pieces.of(body)));
}

function isKept(kept: KeptTools, tools: string): boolean {
  const body = bodyWith(tools);
  const met = kept.find('anthropic', body, toolsIn(body));
  return met !== undefined && body.toString('utf8', met.start, met.end) === tools;
}

test('tools that come a second time are kept, for their own language', () => {
  const kept = new KeptTools();
  const tools = listOf('read');
  meet(kept, tools, 1);
  assert.equal(isKept(kept, tools), false);
  meet(kept, tools, 1);
  assert.equal(isKept(kept, tools), true);
  const body = bodyWith(tools);
  assert.deepEqual(kept.find('anthropic', body, toolsIn(body))?.list.value, JSON.parse(tools));
  assert.equal(kept.find('openai-chat', body, toolsIn(body)), undefined);
  assert.equal(isKept(kept, listOf('real')), false);
});

test('bytes behind tools that are kept do not hide them, and bytes in them do', () => {
  const kept = new KeptTools();
  const tools = listOf('read');
  meet(kept, tools);
  assert.equal(isKept(kept, tools.replace(/d"\}\]$/, 'e"}]')), false);
  const cut = Buffer.from(`{"tools":${tools.slice(0, -1)}`);
  assert.equal(kept.find('anthropic', cut, toolsIn(cut)), undefined);
});

test('neither short lists are kept nor huge ones, nor what is no list', () => {
  const kept = new KeptTools();
  for (const tools of ['[]', listOf('short', 10), listOf('huge', 600_000), `{"a":"${'x'.repeat(400)}"}`]) {
    meet(kept, tools);
    assert.equal(isKept(kept, tools), false);
  }
});

test('of many lists those are kept that were met last', () => {
  const kept = new KeptTools();
  for (let i = 0; i < 100; i++) {
    meet(kept, listOf(`tool${i}`));
    assert.equal(isKept(kept, listOf('tool0')), true);
  }
  const left = Array.from({ length: 100 }, (_, i) => i).filter((i) => isKept(kept, listOf(`tool${i}`)));
  assert.deepEqual(left, [0, ...Array.from({ length: 63 }, (_, i) => i + 37)]);
});

test('they take no more room than there is', () => {
  const kept = new KeptTools();
  for (let i = 0; i < 20; i++) meet(kept, listOf(`tool${i}`, 500_000));
  const left = Array.from({ length: 20 }, (_, i) => i).filter((i) => isKept(kept, listOf(`tool${i}`, 500_000)));
  assert.deepEqual(left, [12, 13, 14, 15, 16, 17, 18, 19]);
});

test('who always brings others is looked at now and then', () => {
  const kept = new KeptTools();
  const wanted = Array.from({ length: 640 }, () => kept.wants()).filter(Boolean).length;
  assert.ok(wanted < 80, String(wanted));
  meet(kept, listOf('read'));
  assert.equal(isKept(kept, listOf('read')), true);
  assert.equal(kept.wants(), true);
});

test('lists that are met once are not remembered without end', () => {
  const kept = new KeptTools();
  const tools = listOf('read');
  meet(kept, tools, 1);
  for (let i = 0; i < 1100; i++) meet(kept, listOf(`tool${i}`), 1);
  meet(kept, tools, 1);
  assert.equal(isKept(kept, tools), false);
});

test('the place of tools is seen in JSON of any style', () => {
  const place = (text: string): string => {
    const body = Buffer.from(text);
    const at = toolsIn(body);
    return at === -1 ? '' : body.toString('utf8', at);
  };
  assert.equal(place('{"tools":[1]}'), '[1]}');
  assert.equal(place('{"é":0,"tools"\t:\r\n [1]}'), '[1]}');
  for (const text of ['{}', '{"tools":null}', '{"tools"', '{"tools":', '{"a":"tools"}', '{"tools" [1]}'])
    assert.equal(place(text), '', text);
});

test('a stand-in is taken for tools where a reader would look for them, and nowhere else', () => {
  const met = { list: { bytes: Buffer.alloc(0), value: [1] }, start: 0, end: 0 };
  const stand = JSON.stringify(toolsStandIn);
  assert.deepEqual(openWith(met, `{"tools":${stand},"a":1}`), { tools: [1], a: 1 });
  for (const json of [`{"a":{"tools":${stand}}}`, `{"tools":${stand},"tools":[2]}`, `[${stand}]`, `{"tools":${stand}`])
    assert.equal(openWith(met, json), undefined, json);
});
