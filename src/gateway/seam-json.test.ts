import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameJson, missingJson } from './seam-json.ts';

test('what was sent and what is missing are the whole, however the whole is spelt', () => {
  const spelt = (value: unknown): string[] => [
    JSON.stringify(value),
    JSON.stringify(value, null, 2),
    JSON.stringify(value).replaceAll(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  ];
  fc.assert(
    fc.property(fc.object({ maxDepth: 2 }), fc.nat(), (raw, cut) => {
      const value = JSON.parse(JSON.stringify(raw)) as object;
      const first = JSON.stringify(value);
      const sent = first.slice(0, cut % first.length);
      for (const second of spelt(value)) {
        const missing = missingJson(sent, second);
        // In the middle of an escape only the same spelling goes on.
        if (missing === undefined) assert.match(sent, /\\u?[0-9a-f]{0,3}$/);
        else assert.deepEqual(JSON.parse(sent + missing), value);
      }
    }),
    { numRuns: 500 },
  );
});

test('another saying is not joined', () => {
  for (const [sent, whole] of [
    ['{"path":"/tmp/a', '{"path":"/tmp/b"}'],
    ['{"a":1,"b', '{"b":1}'],
    ['{"n":12', '{"n":13}'],
    ['{"n":"x ', '{"n":"xy"}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":"\\', '{"a":"b"}'],
  ] as const) {
    assert.equal(missingJson(sent, whole), undefined, `${sent} and ${whole}`);
  }
});

test('blanks within a string count, others do not', () => {
  assert.equal(missingJson('{"a": "x', '{"a":"x y"}'), ' y"}');
  assert.equal(missingJson('{"a":"x', '{ "a" : "x" }'), '" }');
  assert.ok(isSameJson('{"a":[1,2]}', '{ "a" : [ 1, 2 ] }'));
  assert.ok(!isSameJson('{"a":"1 2"}', '{"a":"12"}'));
});
