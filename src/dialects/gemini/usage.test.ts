import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readUsage, writeUsage } from './usage.ts';

describe('usage', () => {
  test('cached tokens are part of the prompt, those of tools stand beside it, thoughts beside the answer', () => {
    const usage = readUsage({
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 157,
    });
    const { ext, ...counts } = usage;
    assert.deepEqual(counts, { input: 47, cacheRead: 60, output: 50, reasoning: 30 });
    assert.deepEqual(ext, { gemini: { toolUsePromptTokenCount: 7 } });
    assert.deepEqual(writeUsage(usage), {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 157,
      toolUsePromptTokenCount: 7,
    });
  });

  test('thoughts that the total leaves out are part of the answer', () => {
    const { output, reasoning } = readUsage({
      promptTokenCount: 10,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 30,
      totalTokenCount: 60,
    });
    assert.deepEqual([output, reasoning], [50, 30]);
  });

  test('counts may be written as text', () => {
    const { input, output } = readUsage({ promptTokenCount: '9', candidatesTokenCount: '12', totalTokenCount: '21' });
    assert.deepEqual([input, output], [9, 12]);
    assert.equal(readUsage({ promptTokenCount: 'many' }).input, undefined);
  });

  test('before the answer there are thoughts alone', () => {
    const { output, reasoning } = readUsage({ promptTokenCount: 9, thoughtsTokenCount: 12, totalTokenCount: 21 });
    assert.deepEqual([output, reasoning], [12, 12]);
  });

  test('a chunk may tell nothing but the kind of traffic', () => {
    assert.deepEqual(readUsage({ trafficType: 'ON_DEMAND' }), { ext: { gemini: { trafficType: 'ON_DEMAND' } } });
  });

  test('what was written to a cache is told, and counted in the prompt', () => {
    const usage = { input: 1, cacheRead: 2, cacheWrite: 4, output: 8 };
    const written = writeUsage(usage);
    assert.equal(written.promptTokenCount, 7);
    assert.deepEqual(readUsage(written), usage);
  });
});
