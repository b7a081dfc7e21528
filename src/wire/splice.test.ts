import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BodyScan, NotJson } from './body-scan.ts';
import { Pieces } from './pieces.ts';
import { scanBody, spliceModel } from './splice.ts';

const mark = 'dragoman';
const scan = (text: string): BodyScan => scanBody(Pieces.ofText(text), mark);

/** What a scan gives, or where and why it refuses. */
function outcome(body: Pieces): unknown {
  try {
    return scanBody(body, mark);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return [error.at, error.message];
  }
}

function cut(bytes: Buffer, ...at: readonly number[]): Pieces {
  const ends = [...at, bytes.length];
  return new Pieces(ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)));
}

test('model and stream are found wherever they stand at the top level, and nowhere else', () => {
  const found = scan(
    ' {"messages":[{"model":"inner","stream":true,"q":"\\"}\\\\"}], "stream" : true ,"model":\n"a/b\\u00e9"}  ',
  );
  assert.equal(found.model, 'a/bé');
  assert.equal(found.stream, true);
  assert.equal(scan('{"stream":false,"m":{"stream":true}}').stream, false);
  assert.equal(scan('{"model":7}').model, undefined);
  assert.equal(scan('{}').model, undefined);
  assert.equal(scan('{"mod\\u0065l":"hidden"}').model, 'hidden');
});

test('the splice changes the model and not one other byte', () => {
  const body = Pieces.ofText('{"a": 1.0, "model" : "old", "text":"\\u00e9 \\n", "n":1e999}');
  const spliced = spliceModel(body, scanBody(body), 'new "x"');
  assert.equal(spliced.whole().toString(), '{"a": 1.0, "model" : "new \\"x\\"", "text":"\\u00e9 \\n", "n":1e999}');
  assert.equal(spliceModel(body, scanBody(body), 'old'), body);
});

for (const broken of [
  '',
  '[]',
  'null',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,}',
  '{"a":"x}',
  '{"a":[}',
  '{"a":{]}',
  '{a:1}',
  '{"a":1}x',
  '{"a":1 "b":2}',
  '{"model":"a","model":"b"}',
  '{"model":"\\x"}',
  '\0\0',
  'hello',
]) {
  test(`refuses ${JSON.stringify(broken)}`, () => {
    assert.throws(() => scan(broken), NotJson);
  });
}

test('agrees with JSON.parse on any object', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('model', 'stream')), fc.jsonValue()),
      fc.nat(3),
      (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const found = scan(text);
        const model = (JSON.parse(text) as { model?: unknown }).model;
        assert.equal(found.model, typeof model === 'string' ? model : undefined);
        assert.equal(found.stream, (value as { stream?: unknown }).stream === true);
        if (typeof model === 'string') {
          const spliced = JSON.parse(spliceModel(Pieces.ofText(text), found, 'other').whole().toString()) as object;
          assert.deepEqual(spliced, { ...(JSON.parse(text) as object), model: 'other' });
        }
      },
    ),
  );
});

const tricky = [
  ' {"messages":[{"model":"in\\\\","q":"\\"}\\\\\\""}, "x\\u00e9é"], "stream" : true ,"mod\\u0065l":\n"a/b\\u00e9"}  ',
  '{"a":"\\\\","b":"\\\\\\"","n":-1.5e+9,"o":{"x":[[]],"y":"dragoman!"},"model":"m","stream":false}',
  '{"text":"a long one, \\"with\\" quotes","model":{"dragom":[1]},"dragoman":null}',
  '{"model":"dragoman","a":["drago","dragoma"]}',
  '\ufeff{"model":7,"s":"\u2028"}',
  '{"model":"a","b":[{]}',
  '{"model":"a","b":[1}}',
  '{"model":"a","b":"never ends',
  '{"model":"a"} {',
];

for (const text of tricky) {
  test(`however it is cut: ${text.slice(0, 40)}`, () => {
    const bytes = Buffer.from(text);
    const whole = outcome(Pieces.of(bytes));
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) assert.deepEqual(outcome(cut(bytes, i, j)), whole, `${i}, ${j}`);
    }
    assert.deepEqual(outcome(cut(bytes, ...bytes.keys())), whole);
  });
}

test('a mark is found at the beginning of any string, and only there', () => {
  const marked = (text: string): boolean => scan(text).marked;
  for (const text of [
    '{"a":"dragoman"}',
    '{"a":[{"b":["x","dragomanSEAL"]}]}',
    '{"dragoman":1}',
    '{"a":{"dragomans":1}}',
    '{"model":"dragoman"}',
  ]) {
    assert.ok(marked(text), text);
  }
  for (const text of [
    '{"a":"a dragoman"}',
    '{"a":["drago"],"m":"an"}',
    '{"a":{"b":"\\"dragoman"}}',
    '{"a":"Dragoman"}',
    '{}',
  ]) {
    assert.ok(!marked(text), text);
  }
});

test('a token without an end is not gathered for ever', () => {
  const piece = Buffer.alloc(40_000, '1');
  const body = new Pieces([Buffer.from('{"a":'), piece, piece, piece, piece]);
  assert.throws(() => scanBody(body), /too long/);
});

test('the first turns, whether there are tools, and the key of the cache are found on the way', () => {
  const turns = ['{"role":"user","content":[{"a":"]}"}]}', '{"b":[[1],{}]}', '{}', '{}', '{}'];
  const text = `{"model":"m","prompt_cache_key":"k\\u00e9","messages":[${turns.join(' , ')}],"tools":[{"x":{}}]}`;
  for (let size = 1; size < 40; size++) {
    const pieces: Buffer[] = [];
    for (let at = 0; at < text.length; at += size) pieces.push(Buffer.from(text.slice(at, at + size)));
    const body = new Pieces(pieces);
    const scan = scanBody(body);
    assert.equal(scan.turns, 5);
    assert.equal(scan.turnBounds[0], text.indexOf('[{"role'));
    assert.equal(body.latin1(scan.toolsStart, scan.toolsEnd), '[{"x":{}}]');
    assert.equal(scan.cacheKey, 'k\u00e9');
    assert.deepEqual(
      scan.turnBounds.slice(1).map((end, i) => body.latin1(end - (turns[i]?.length ?? 0), end)),
      turns,
    );
  }
  const {
    turns: none,
    turnBounds,
    toolsStart,
    cacheKey,
  } = scanBody(Pieces.ofText('{"messages":"x","prompt_cache_key":5,"tools":null}'));
  assert.deepEqual([none, turnBounds, toolsStart, cacheKey], [0, [], -1, undefined]);
});
