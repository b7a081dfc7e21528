import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptableSchema, jsonSchemaOf } from './schema.ts';

test("Google's schemas become JSON Schema, at every depth", () => {
  assert.deepEqual(
    jsonSchemaOf({
      type: 'OBJECT',
      property_ordering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', nullable: true, format: 'enum', enum: ['x', 'y'], example: 'x' },
        b: { type: 'ARRAY', min_items: '1', maxItems: 3, items: { type: 'INTEGER', format: 'int32' } },
        any_of: { anyOf: [{ type: 'NUMBER' }, { type: 'BOOLEAN' }], nullable: true },
        type: { type: 'STRING' },
      },
      required: ['a'],
    }),
    {
      type: 'object',
      properties: {
        a: { type: ['string', 'null'], enum: ['x', 'y', null], examples: ['x'] },
        b: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'integer', format: 'int32' } },
        any_of: { anyOf: [{ type: 'number' }, { type: 'boolean' }, { type: 'null' }] },
        type: { type: 'string' },
      },
      required: ['a'],
    },
  );
});

test('what is JSON Schema already stays so', () => {
  const schema = {
    type: ['string', 'null'],
    $ref: '#/$defs/a',
    $defs: { a: { const: 1 } },
    additionalProperties: false,
  };
  assert.deepEqual(jsonSchemaOf(schema), schema);
});

test('the one keyword that is refused is taken out, and said to be', () => {
  const said: string[] = [];
  const schema = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' };
  assert.deepEqual(
    acceptableSchema(schema, (keyword) => said.push(keyword)),
    { type: 'object' },
  );
  const fine = { type: 'object', exclusiveMinimum: 1 };
  assert.equal(
    acceptableSchema(fine, (keyword) => said.push(keyword)),
    fine,
  );
  assert.deepEqual(said, ['$schema']);
});
