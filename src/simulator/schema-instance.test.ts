import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './json.ts';
import { instanceOf } from './schema-instance.ts';

const CASES: readonly (readonly [name: string, schema: Json, instance: Json])[] = [
  [
    'required members only',
    { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
    { a: 'simulated' },
  ],
  ['nothing known', {}, 'simulated'],
  ['const', { const: 5 }, 5],
  ['enum', { type: 'string', enum: ['x', 'y'] }, 'x'],
  ['default', { type: 'integer', default: 9 }, 9],
  ['bounds of an integer', { type: 'integer', minimum: 3, multipleOf: 2 }, 4],
  ['exclusive bound', { type: 'integer', exclusiveMinimum: 0 }, 1],
  ['negative maximum', { type: 'integer', maximum: -2 }, -2],
  ['boolean', { type: 'boolean' }, true],
  ['null', { type: 'null' }, null],
  ['nullable', { type: ['null', 'string'] }, 'simulated'],
  ['items as many as needed', { type: 'array', items: { type: 'integer' }, minItems: 2 }, [0, 0]],
  ['no items needed', { type: 'array', items: { type: 'integer' } }, []],
  ['shortest length', { type: 'string', minLength: 12 }, 'simulatedxxx'],
  ['longest length', { type: 'string', maxLength: 3 }, 'sim'],
  ['format', { type: 'string', format: 'uri' }, 'https://example.com/'],
  ['pattern', { type: 'string', pattern: '^[A-Z][0-9]$' }, 'A1'],
  ['pattern with needless escapes', { type: 'string', pattern: '^\\a\\-b$' }, 'a-b'],
  [
    'reference',
    { $defs: { n: { type: 'integer' } }, type: 'object', properties: { a: { $ref: '#/$defs/n' } }, required: ['a'] },
    { a: 0 },
  ],
  ['anyOf takes the first', { anyOf: [{ type: 'integer' }, { type: 'string' }] }, 0],
  [
    'allOf takes all',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
        { properties: { b: { type: 'boolean' } }, required: ['b'] },
      ],
    },
    { a: 0, b: true },
  ],
];

for (const [name, schema, instance] of CASES) {
  test(`an instance of a schema: ${name}`, () => assert.deepEqual(instanceOf(schema), instance));
}

test('a schema that contains itself ends', () => {
  const schema = {
    $ref: '#/$defs/node',
    $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['next'] } },
  };
  assert.equal(typeof instanceOf(schema), 'object');
});
