import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonObject, otherFields } from './json.ts';

const known = new Set(['model']);

test('fields that are not known are told, but for nulls', () => {
  assert.deepEqual(otherFields({ model: 'm', a: 1, b: null, c: undefined, d: false, e: [] }, known), {
    ...{ a: 1, d: false, e: [] },
  });
  assert.equal(otherFields({ model: 'm', b: null }, known), undefined);
});

test('a field whose name means something in JavaScript is one like any other', () => {
  const body = JSON.parse('{"model":"m","__proto__":{"model":"other"},"constructor":1,"a":2}') as JsonObject;
  const others = otherFields(body, known);
  assert.deepEqual(Object.keys(others ?? {}), ['__proto__', 'constructor', 'a']);
  assert.equal(JSON.stringify({ ...others }), '{"__proto__":{"model":"other"},"constructor":1,"a":2}');
  assert.equal(Object.getPrototypeOf(others), Object.prototype);
  assert.equal(others?.['model'], undefined);
});
