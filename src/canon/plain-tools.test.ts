import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arePlain } from './plain-tools.ts';
import { recurring } from './recurring.ts';
import type { Tool } from './request.ts';

const plain: Tool = { type: 'function', name: 'f', schema: {} };

test('tools are plain where they recur and nothing about them is meant for the target alone', () => {
  assert.equal(arePlain([plain], 'anthropic'), false);
  assert.equal(arePlain(recurring([plain]), 'anthropic'), true);
  assert.equal(arePlain(recurring([plain, { ...plain, cache: {} }]), 'anthropic'), false);
  assert.equal(arePlain(recurring([{ type: 'custom', name: 'c' }]), 'anthropic'), false);
  const own = recurring([{ ...plain, ext: { anthropic: { eager_input_streaming: true } } }]);
  assert.deepEqual([arePlain(own, 'anthropic'), arePlain(own, 'gemini')], [false, true]);
});
