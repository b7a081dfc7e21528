import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../canon/json.ts';
import type { OutputFormat } from '../canon/request.ts';
import { checkAnswer } from './json-answer.ts';

const anyJson: OutputFormat = { type: 'json' };

function schemaOf(schema: JsonObject): OutputFormat {
  return { type: 'json_schema', schema };
}

const person = schemaOf({
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2 },
    age: { type: 'integer' },
    tags: { type: 'array', items: { enum: ['a', 'b'] } },
  },
  required: ['name'],
  additionalProperties: false,
});

function problem(text: string, format: OutputFormat): string {
  const answer = checkAnswer(text, format);
  assert.ok(!answer.ok, JSON.stringify(answer));
  return answer.problem;
}

test('JSON is found as it is written, in fences and among prose', () => {
  const json = '{ "a": 1.0, "b": "} ``` \\" {" }';
  const texts = [
    json,
    `\ufeff\n${json}\n`,
    `\`\`\`json\n${json}\n\`\`\``,
    `Here you are:\n\n\`\`\`\n${json}\n\`\`\`\nAnything else?`,
    `Sure! ${json} Have a nice day.`,
    `Sure! ${json}`,
    `The set {x, y} became: ${json}`,
    `It costs 5" [see below]: ${json}`,
  ];
  for (const text of texts) assert.deepEqual(checkAnswer(text, anyJson), { ok: true, json }, text);
  assert.deepEqual(checkAnswer('Sure: {"a":"b"}', anyJson), { ok: true, json: '{"a":"b"}' });
  const two = '```json\n{"a":1}\n```\nor rather\n```json\n{"a":2}\n```';
  assert.deepEqual(checkAnswer(two, anyJson), { ok: true, json: '{"a":1}' });
});

test('what has no JSON, or none that ends, is told', () => {
  assert.equal(problem('', anyJson), 'The answer is empty.');
  assert.equal(problem('I would rather not.', anyJson), 'There is no JSON in the answer.');
  assert.match(problem('{"a": [1, 2', anyJson), /^The JSON is not valid: /);
  assert.match(problem("Here: {'a': 1}", anyJson), /^The JSON is not valid: /);
  // Parts of what is broken are not the answer.
  assert.match(problem('{"a": {"b": 1}, "c": ', anyJson), /^The JSON is not valid: /);
  assert.match(problem('Here: {\'a\': {"b": 1}}', anyJson), /^The JSON is not valid: /);
  assert.equal(problem('{"a":1} and {"b":2}', anyJson), 'There are 2 JSON values; answer with one only.');
  for (const text of ['"text"', '42', 'null', '[1]'])
    assert.equal(problem(text, anyJson), 'The answer is not a JSON object.');
});

test('an answer is held against the schema', () => {
  assert.deepEqual(checkAnswer('{"name":"Ann","age":3,"tags":["a"]}', person), {
    ok: true,
    json: '{"name":"Ann","age":3,"tags":["a"]}',
  });
  assert.equal(
    problem('{"name":"A","age":1.5,"tags":["a","c"],"more":1}', person),
    [
      '/name: String is too short (1 < 2).',
      '/age: Instance type "number" is invalid. Expected "integer".',
      '/tags/1: Instance does not match any of ["a","b"].',
      'Property "more" does not match additional properties schema.',
    ].join('\n'),
  );
  assert.equal(problem('{}', person), 'Instance does not have required property "name".');
  assert.deepEqual(checkAnswer('[1]', schemaOf({ type: 'array' })), { ok: true, json: '[1]' });
  assert.deepEqual(checkAnswer('7', schemaOf({ type: 'integer' })), { ok: true, json: '7' });
});

test('references and alternatives are understood', () => {
  const tree = schemaOf({
    $ref: '#/$defs/node',
    $defs: { node: { type: 'object', properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } } } },
  });
  assert.equal(checkAnswer('{"next":{"next":null}}', tree).ok, true);
  const said = problem('{"next":{"next":5}}', tree);
  assert.match(said, /\/next\/next: Instance does not match any subschemas/);
  assert.match(said, /Expected "null"/);
});

test('problems are few and short', () => {
  const list = JSON.stringify(Array.from({ length: 100 }, (_, i) => `${i}${'x'.repeat(500)}`));
  const said = problem(list, schemaOf({ type: 'array', items: { enum: ['y'.repeat(1000)] } }));
  const lines = said.split('\n');
  assert.equal(lines.length, 9);
  assert.equal(lines.at(-1), 'and 92 more');
  assert.ok(lines.every((line) => line.length < 210));
});

test('the schema stays as it was', () => {
  const schema = { type: 'object', properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { type: 'string' } } };
  const before = JSON.stringify(schema);
  checkAnswer('{"a":"x"}', schemaOf(schema));
  assert.equal(JSON.stringify(schema), before);
  assert.deepEqual(Object.getOwnPropertyNames(schema.properties.a), ['$ref']);
  assert.equal(checkAnswer('{"a":"x"}', schemaOf(Object.freeze(schema))).ok, true);
});

test("a schema that cannot be applied is not the model's fault, and takes no time", () => {
  const deep: JsonObject = { d30: { type: 'string' } };
  for (let i = 0; i < 30; i++) {
    deep[`d${i}`] = { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] };
  }
  const schemas: readonly (readonly [schema: JsonObject, text: string, why: RegExp])[] = [
    [{ $ref: '#/nowhere' }, '{}', /Unresolved/],
    [{ $ref: '#' }, '{}', /call stack/],
    [{ type: 'string', pattern: '(' }, '"a"', /regular expression/],
    [{ type: 'string', pattern: '^(a+)+$' }, `"${'a'.repeat(60)}!"`, /too long/],
    [{ $ref: '#/$defs/d0', $defs: deep }, '"a"', /too long/],
    [{ description: 'x'.repeat(600_000) }, '"a"', /too large/],
  ];
  for (const [schema, json, why] of schemas) {
    const answer = checkAnswer(json, schemaOf(schema));
    assert.ok(answer.ok && answer.json === json);
    assert.match(answer.unchecked ?? '', why);
  }
  // And the next one is checked again.
  assert.equal(checkAnswer('{"name":"Ann"}', person).ok, true);
  assert.equal(checkAnswer('{"name":5}', person).ok, false);
});

test('text made to be slow is not', () => {
  const brackets = '[{'.repeat(200_000);
  assert.match(problem(brackets, anyJson), /not valid/);
  assert.match(problem(`{"${'\\'.repeat(100_001)}`, anyJson), /not valid/);
});
