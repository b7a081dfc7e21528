import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isObject } from '../canon/json.ts';
import { configJsonSchema, configJsonSchemaText } from './json-schema.ts';

test('the committed schema is the current one (npm run schema)', () => {
  const committed = readFileSync(new URL('../../docs/dragoman.schema.json', import.meta.url), 'utf8');
  assert.equal(committed, configJsonSchemaText());
});

test('every setting says what it is', () => {
  const silent: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (!isObject(schema)) return;
    for (const [name, field] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      if (!isObject(field) || typeof field.description !== 'string') silent.push(`${path}.${name}`);
      visit(field, `${path}.${name}`);
    }
    visit(schema.additionalProperties, `${path}.*`);
    for (const form of Array.isArray(schema.anyOf) ? schema.anyOf : []) visit(form, path);
  };
  visit(configJsonSchema(), '');
  assert.deepEqual(silent, []);
});

test('editors accept variables and shorthands where checking does', () => {
  const text = JSON.stringify(configJsonSchema());
  assert.ok(text.includes('"pattern":"\\\\$\\\\{"'), 'numbers and flags may be variables');
});
