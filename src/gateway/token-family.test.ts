import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenFamilyOf } from './token-family.ts';

test("Claude's tokenizer is known by the version", () => {
  const old = [
    'claude-opus-4-6',
    'anthropic/claude-sonnet-4.5',
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
    'claude-opus-4-20250514',
    'claude-3-5-sonnet-20241022',
    'claude-3.7-sonnet',
    'p/databricks-claude-sonnet-4',
  ];
  const newer = ['claude-opus-4-7', 'claude-opus-4.8', 'claude-sonnet-5', 'claude-opus-5-5', 'claude-fable-latest'];
  for (const model of old) assert.equal(tokenFamilyOf(model).factor, 1.13, model);
  for (const model of newer) assert.equal(tokenFamilyOf(model).factor, 1.47, model);
});

test('other makers are known by the name of the model', () => {
  const factor = (model: string): number => tokenFamilyOf(model).factor;
  assert.deepEqual(
    [
      'azure/gpt-5.4',
      'openai/o3-mini',
      'router/google/gemini-3-pro',
      'groq/llama-3.3-70b',
      'mistral/devstral',
      'x/y',
    ].map(factor),
    [1, 1, 1.05, 1.01, 1.03, 1.05],
  );
  // Not everything with an o and a digit is one of OpenAI's.
  assert.equal(factor('host/foo2-7b'), 1.05);
});

test('an image costs by its maker and size', () => {
  const tokens = (model: string, width: number, height: number): number =>
    tokenFamilyOf(model).image({ width, height });
  assert.equal(tokens('claude-opus-4-6', 1000, 750), 1000);
  assert.equal(tokens('claude-opus-4-6', 8000, 6000), 1600);
  assert.equal(tokens('claude-opus-4-6', 3136, 100), 105);
  assert.equal(tokens('gpt-5', 1024, 1024), 765);
  assert.equal(tokens('gpt-5', 512, 512), 255);
  assert.equal(tokens('gpt-5', 2048, 4096), 1105);
  assert.equal(tokens('gemini-3', 300, 300), 258);
  assert.equal(tokens('gemini-3', 384, 384), 258);
  assert.equal(tokens('gemini-3', 1600, 100), 774);
  assert.equal(tokens('gemini-3', 1000, 700), 516);
});
