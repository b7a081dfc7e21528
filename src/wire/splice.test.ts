import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NotJson, scanBody, spliceModel } from './splice.ts';

const scan = (text: string) => scanBody(Buffer.from(text));

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
  const body = Buffer.from('{"a": 1.0, "model" : "old", "text":"\\u00e9 \\n", "n":1e999}');
  const spliced = spliceModel(body, scanBody(body), 'new "x"');
  assert.equal(spliced.toString(), '{"a": 1.0, "model" : "new \\"x\\"", "text":"\\u00e9 \\n", "n":1e999}');
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
          const spliced = JSON.parse(spliceModel(Buffer.from(text), found, 'other').toString()) as object;
          assert.deepEqual(spliced, { ...(JSON.parse(text) as object), model: 'other' });
        }
      },
    ),
  );
});
