import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { createTextDeltas, type TextDeltas } from './text-delta.ts';

const chunk = (delta: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: 'x',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});

function taught(...chunks: JsonObject[]): TextDeltas {
  const deltas = createTextDeltas();
  for (const one of chunks) deltas.learn(JSON.stringify(one), one);
  return deltas;
}
const match = (deltas: TextDeltas, one: JsonObject): string | undefined => deltas.match(JSON.stringify(one));

describe('chunks that differ by their text alone', () => {
  test('are recognized, whatever the text', () => {
    const deltas = taught(chunk({ content: 'first "words"' }));
    for (const content of ['', 'a', '"', '\\', '\\"', '{"content":"x"}', '\u2028\ud83d\ude80', '\n\t\u0001', 'a"}]}']) {
      assert.equal(match(deltas, chunk({ content })), content);
    }
    assert.equal(deltas.kind(), 'text');
    const thoughts = taught(chunk({ content: null, reasoning_content: 'x' }));
    assert.equal(match(thoughts, chunk({ content: null, reasoning_content: 'y' })), 'y');
    assert.equal(thoughts.kind(), 'thinking');
  });

  test('are recognized behind the noise that hides their length', () => {
    const deltas = taught(chunk({ content: 'a' }, { obfuscation: 'Xy9' }));
    assert.equal(match(deltas, chunk({ content: 'b' }, { obfuscation: 'q' })), 'b');
    assert.equal(match(deltas, chunk({ content: 'b' }, { obfuscation: 'q"' })), undefined);
  });

  test('others are not', () => {
    const deltas = taught(chunk({ content: 'a' }));
    for (const other of [
      chunk({ content: 'a', refusal: 'b' }),
      chunk({ content: null }),
      chunk({ reasoning_content: 'a' }),
      chunk({ content: 'a' }, { usage: {} }),
      { id: 'y', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] },
      { id: 'x', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] },
      { id: 'x', choices: [{ index: 1, delta: { content: 'a' }, finish_reason: null }] },
    ]) {
      assert.equal(match(deltas, other), undefined);
    }
    const smuggled = JSON.stringify(chunk({ content: 'a' })).replace('"a"', '"a","content":"b"');
    assert.equal(deltas.match(smuggled), undefined);
    assert.equal(deltas.match(JSON.stringify(chunk({ content: 'a' })).replace('"a"', '"a\u0001"')), undefined);
  });

  test('nothing is learned from chunks that say more', () => {
    for (const said of [
      chunk({ content: 'a', tool_calls: [{}] }),
      chunk({ content: 'a' }, { usage: { prompt_tokens: 1 } }),
      { id: 'x', choices: [{ index: 1, delta: { content: 'a' } }] },
      { id: 'x', choices: [{ index: 0, delta: { content: 'a' }, logprobs: {} }] },
      { id: 'x', choices: [] },
      chunk({ content: [{ type: 'text', text: 'a' }] }),
    ]) {
      assert.equal(match(taught(said), said), undefined);
    }
  });

  test('learning ends where it never pays', () => {
    const deltas = createTextDeltas();
    for (let i = 0; i < 100; i++)
      deltas.learn(JSON.stringify(chunk({ content: 'a' }, { created: i })), chunk({ content: 'a' }, { created: i }));
    assert.equal(deltas.learns(), false);
  });
});
