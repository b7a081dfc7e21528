import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pass } from './pass.ts';
import { readUsage, writeUsage } from './usage.ts';

test('cached and written tokens are taken out of the prompt, wherever they are counted', () => {
  const read = { input: 20, cacheRead: 80, output: 5 };
  assert.deepEqual(
    readUsage({ prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 80 } }),
    read,
  );
  assert.deepEqual(
    readUsage({ prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 80, prompt_cache_miss_tokens: 20 }),
    read,
  );
  assert.deepEqual(readUsage({ prompt_tokens: 100, completion_tokens: 5, cached_tokens: 80 }), read);
  assert.deepEqual(readUsage({ prompt_tokens: 100, completion_tokens: 5, num_cached_tokens: 80 }), read);
  assert.deepEqual(
    readUsage({
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    }),
    {
      input: 10,
      cacheRead: 60,
      cacheWrite: 30,
      output: 5,
    },
  );
  assert.deepEqual(
    readUsage({
      prompt_tokens: 100,
      completion_tokens: 5,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
    }),
    {
      input: 10,
      cacheRead: 60,
      cacheWrite: 30,
      output: 5,
    },
  );
});

test('counts beside the prompt are told by their size or by the total', () => {
  assert.equal(readUsage({ prompt_tokens: 10, completion_tokens: 5, cache_read_input_tokens: 60 }).input, 10);
  assert.equal(
    readUsage({ prompt_tokens: 100, completion_tokens: 5, total_tokens: 165, cache_read_input_tokens: 60 }).input,
    100,
  );
});

test('reasoning beside the completion is told by the total', () => {
  const wire = { prompt_tokens: 12, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 340 } };
  assert.equal(readUsage({ ...wire, total_tokens: 354 }).output, 342);
  assert.equal(readUsage({ ...wire, completion_tokens: 342, total_tokens: 354 }).output, 342);
});

test('cost in dollars, ticks, or parts', () => {
  assert.equal(readUsage({ cost: 0.25 }).cost, 0.25);
  assert.equal(readUsage({ cost_in_usd_ticks: 1721250 }).cost, 0.000172125);
  assert.equal(readUsage({ cost: { total_cost: 0.5, request_cost: 0.1 } }).cost, 0.5);
});

test('odd counts are put right, unknown ones kept', () => {
  assert.deepEqual(readUsage({ prompt_tokens: -3, completion_tokens: 2.4, total_tokens: null, queue_time: 0.5 }), {
    input: 0,
    output: 2,
    ext: { 'openai-chat': { queue_time: 0.5 } },
  });
  assert.deepEqual(readUsage({ prompt_tokens: '7', prompt_tokens_details: null }), { input: 7 });
});

test('what is written adds up as OpenAI adds', () => {
  assert.deepEqual(writeUsage({ input: 10, cacheRead: 60, cacheWrite: 30, output: 5, reasoning: 3, cost: 0.1 }), {
    prompt_tokens: 100,
    completion_tokens: 5,
    total_tokens: 105,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    completion_tokens_details: { reasoning_tokens: 3 },
    cost: 0.1,
  });
});

test('usage is found in the bytes of a whole answer, wherever it stands', () => {
  const usage = {
    prompt_tokens: 7,
    completion_tokens: 2,
    total_tokens: 9,
    prompt_tokens_details: { cached_tokens: 3 },
  };
  const choices = [{ message: { content: 'he said "usage": {"prompt_tokens": 99}' } }];
  const meant = { input: 4, cacheRead: 3, output: 2 };
  for (const body of [
    { choices, usage },
    { usage, choices },
    { choices, x_groq: { usage } },
    { choices, usage, tail: 'x' },
  ]) {
    assert.deepEqual(pass.usageOf(Buffer.from(JSON.stringify(body))), meant);
    assert.deepEqual(pass.usageOf(Buffer.from(JSON.stringify(body, null, 2))), meant);
  }
  assert.deepEqual(pass.usageOf(Buffer.from('{"choices":[{"message":{"content":"usage"}}]}')), {});
  assert.deepEqual(pass.usageOf(Buffer.from('<html>')), {});
});
