import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../canon/json.ts';
import { promptOf } from './prompt-blocks.ts';
import { type PromptChange, promptChange } from './prompt-change.ts';

const cold = { read: 0, all: 10_000 };
const cache = { cache_control: { type: 'ephemeral' } };

function change(before: JsonObject, now: JsonObject, counts = cold): Omit<PromptChange, 'repeated'> | undefined {
  const found = promptChange(promptOf(before, true), promptOf(now, true), counts);
  if (found === undefined) return undefined;
  const { repeated, ...rest } = found;
  assert.ok(repeated >= 0 && repeated <= 1, `${repeated}`);
  return rest;
}

const text = (words: string): JsonObject => ({ type: 'text', text: words });
const long = 'x'.repeat(1000);

test('what providers do not see is no change', () => {
  const before = {
    system: 'be good',
    tools: [{ name: 'a' }, { name: 'late', defer_loading: true }],
    messages: [
      { role: 'user', content: [{ ...text('hello'), ...cache }] },
      { role: 'system', content: [text('today')] },
    ],
    metadata: { user_id: '1' },
  };
  const now = {
    metadata: { user_id: '2' },
    messages: [
      { role: 'user', content: 'hello' },
      { content: 'today', role: 'system' },
      { role: 'user', content: [{ type: 'tool_result', content: [{ ...text('more'), ...cache }] }] },
    ],
    tools: [{ name: 'a' }],
    system: [{ ...text('be good'), ...cache }],
  };
  assert.equal(change(before, now), undefined);
});

test('the same words in another role are another message', () => {
  const found = change(
    { messages: [{ role: 'user', content: 'hello' }] },
    {
      messages: [
        { role: 'assistant', content: 'hello' },
        { role: 'user', content: 'x' },
      ],
    },
  );
  assert.deepEqual(found, { at: 'messages[0].content', how: 'changed' });
});

test('every language has its names for places', () => {
  const cases: [string, JsonObject, JsonObject][] = [
    ['instructions', { instructions: 'a' }, { instructions: 'b' }],
    ['input', { input: 'a' }, { input: 'b' }],
    [
      'systemInstruction.parts[0]',
      { systemInstruction: { parts: [{ text: 'a' }] } },
      { systemInstruction: { parts: [{ text: 'b' }] } },
    ],
    [
      'contents[0].parts[0]',
      { contents: [{ role: 'user', parts: [{ text: 'a' }] }] },
      { contents: [{ role: 'user', parts: [{ text: 'b' }] }] },
    ],
    [
      'tools[0].functionDeclarations[1]',
      { tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'b' }] }] },
      { tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'c' }] }] },
    ],
    [
      'toolConfig.tools[0]',
      { toolConfig: { tools: [{ toolSpec: { name: 'a' } }] } },
      { toolConfig: { tools: [{ toolSpec: { name: 'b' } }] } },
    ],
    [
      'messages[0].tool_calls',
      { messages: [{ role: 'assistant', content: 'x', tool_calls: [1] }] },
      { messages: [{ role: 'assistant', content: 'x', tool_calls: [2] }] },
    ],
    ['input[0]', { input: [{ type: 'function_call', name: 'a' }] }, { input: [{ type: 'function_call', name: 'b' }] }],
    ['thinking', { thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }],
    ['prompt_cache_key', { prompt_cache_key: 'a' }, { prompt_cache_key: 'b' }],
  ];
  for (const [at, before, now] of cases) {
    assert.deepEqual(change(before, now), { at, how: 'changed' }, at);
  }
});

test('a change that lies in what was read did no harm', () => {
  const body = (line: string, end: string): JsonObject => ({
    system: [text(line), text(long)],
    messages: [
      { role: 'user', content: [text(long), text(end)] },
      { role: 'user', content: long },
    ],
  });
  const counts = { read: 5000, all: 10_000 };
  assert.deepEqual(change(body('one', 'a'), body('two', 'b'), counts), {
    at: 'messages[0].content[1]',
    how: 'changed',
  });
  assert.deepEqual(change(body('one', 'a'), body('two', 'b')), { at: 'system[0]', how: 'changed' });
});

test('a change at the end does not explain that everything was lost', () => {
  const body = (end: string): JsonObject => ({
    system: [{ ...text(long), ...cache }],
    messages: [
      { role: 'user', content: [{ ...text(end), ...cache }] },
      { role: 'user', content: [{ ...text(long), ...cache }] },
    ],
  });
  assert.equal(change(body('a'), body('b'), { read: 0, all: 20_000 }), undefined);
  assert.deepEqual(change(body('a'), body('b'), { read: 10_000, all: 20_000 }), {
    at: 'messages[0].content[0]',
    how: 'changed',
  });
});

test('only what was there before is paid for again', () => {
  const body = (...texts: string[]): JsonObject => ({ messages: texts.map((content) => ({ role: 'user', content })) });
  const repeated = (before: JsonObject, now: JsonObject, read: number): number | undefined =>
    promptChange(promptOf(before, true), promptOf(now, true), { read, all: 100 })?.repeated;
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100)) as [string, string, string, string];
  assert.equal(repeated(body(a, b, c), body(a, 'new', d.repeat(5)), 15), 3 / 603, 'gone back to the first');
  assert.equal(repeated(body(a, b, c), body(a, `${b}!`), 50), 0, 'the last turn said in other words');
  assert.equal(repeated(body(a, b, c), body(a, 'x', b, c), 33), 200 / 301);
  assert.equal(repeated(body(a, b), body('x', a, b, d), 0), 200 / 301);
});

test('marks of caching that stand by themselves belong to what stands before', () => {
  const body = (...content: JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
  const point = { cachePoint: { type: 'default' } };
  assert.deepEqual(
    promptOf(body({ text: 'a' }, point, { text: 'b' }), true).turns.map(({ path, marked }) => [path, marked]),
    [
      ['messages[0].content[0]', true],
      ['messages[0].content[2]', false],
    ],
  );
  assert.deepEqual(change(body({ text: 'a' }, point), body({ text: 'a' }, { text: 'b' })), {
    at: 'cache_control',
    how: 'removed',
  });
});

test('a picture weighs what it costs', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(500_000) };
  const { turns } = promptOf({ messages: [{ role: 'user', content: [{ type: 'image', source }] }] }, true);
  assert.equal(turns[0]?.weight, 6000);
});
