import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, suggest } from './suggestion.ts';

test('finds what was meant', () => {
  const known = ['openrouter', 'openai', 'anthropic', 'groq', 'openai-chat'];
  assert.equal(nearest('openruoter', known), 'openrouter');
  assert.equal(nearest('Antropic', known), 'anthropic');
  assert.equal(nearest('grok', known), 'groq');
  assert.equal(nearest('openai', known), 'openai');
  assert.equal(nearest('chat', known), undefined);
  assert.equal(nearest('', known), undefined);
});

test('the beginning of a name is enough', () => {
  assert.equal(nearest('openai', ['anthropic', 'openai-chat']), 'openai-chat');
});

test('does not guess at random, nor tell a list without end', () => {
  const known = Array.from({ length: 100 }, (_, i) => `name-${i}`);
  assert.match(suggest('zzzzzz', known), /^ Known: name-0, .*, 81 more\.$/);
  assert.equal(suggest('x', []), ' Known: none.');
});

test('long names cost little', () => {
  assert.equal(nearest('x'.repeat(1_000_000), ['y'.repeat(1_000_000)]), undefined);
});
