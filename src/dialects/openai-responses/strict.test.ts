// Which schemas the service keeps to strictly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitsStrict } from './strict.ts';

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

test('every object closed, all of its properties required, wherever it stands', () => {
  assert.ok(fitsStrict(closed));
  assert.ok(fitsStrict({ type: 'object', properties: {}, required: [], additionalProperties: false }));
  const around = (inner: unknown): { [field: string]: unknown } => ({ ...closed, properties: { a: inner } });
  assert.ok(fitsStrict(around({ type: 'array', items: closed })));
  assert.ok(fitsStrict(around({ anyOf: [closed, { type: 'null' }] })));
  assert.ok(fitsStrict({ ...closed, $defs: { b: closed } }));
  const { additionalProperties: _, ...open } = closed;
  for (const wrong of [open, { ...closed, required: [] }, { ...closed, type: ['object', 'null'], required: [] }]) {
    assert.ok(!fitsStrict(wrong));
    assert.ok(!fitsStrict(around({ type: 'array', items: wrong })));
    assert.ok(!fitsStrict(around({ anyOf: [wrong] })));
    assert.ok(!fitsStrict({ ...closed, $defs: { b: wrong } }));
  }
});

test('words that a strict schema may not have', () => {
  for (const word of ['oneOf', 'allOf', 'not', 'patternProperties']) assert.ok(!fitsStrict({ ...closed, [word]: [] }));
  assert.ok(!fitsStrict({ ...closed, anyOf: [closed] }));
  assert.ok(!fitsStrict({ type: 'string' }));
  assert.ok(!fitsStrict({ ...closed, properties: { a: true } }));
});
