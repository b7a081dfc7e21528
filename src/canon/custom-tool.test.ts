import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentsFor, functionFor, textIn } from './custom-tool.ts';

test('a tool of free text is a function of one string, its grammar told in words', () => {
  const tool = functionFor({
    type: 'custom',
    name: 'apply_patch',
    description: 'Edits files.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
  });
  assert.equal(tool.name, 'apply_patch');
  assert.equal(tool.description, 'Edits files.\n\nThe input follows this lark grammar:\nstart: x');
  assert.deepEqual(tool.schema['required'], ['input']);
});

test('text comes back as it went', () => {
  for (const text of ['', 'a "b"\n\u2028', '{"input":"x"}']) assert.equal(textIn(argumentsFor(text)), text);
});

test('what a model wrote without the object is the text', () => {
  assert.equal(textIn('"x"'), 'x');
  assert.equal(textIn('*** Begin Patch'), '*** Begin Patch');
  assert.equal(textIn('{"patch":"x"}'), '{"patch":"x"}');
});
