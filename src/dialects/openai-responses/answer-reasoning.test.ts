import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { added, completed, created, done, head, read, readWhole } from './heard.ts';

describe('reasoning', () => {
  const item = (more: JsonObject): JsonObject => ({ type: 'reasoning', id: 'rs_1', summary: [], ...more });
  const summary = (text: string, index: number): JsonObject => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index: index,
    delta: text,
  });
  const ext = { 'openai-responses': { id: 'rs_1' } };

  test('the parts of a summary are one thought, the proof of the complete item counts', () => {
    const whole = item({
      summary: [
        { type: 'summary_text', text: 'One' },
        { type: 'summary_text', text: 'Two' },
      ],
      encrypted_content: 'late',
    });
    const expected = [{ type: 'thinking', text: 'One\n\nTwo', signature: 'late', ext }];
    assert.deepEqual(
      read(
        created,
        added(0, item({ encrypted_content: 'early' })),
        summary('O', 0),
        summary('ne', 0),
        summary('Two', 1),
        done(0, whole),
        completed([item({ encrypted_content: 'later' })]),
      ).content,
      expected,
    );
    assert.deepEqual(readWhole({ ...head, status: 'completed', output: [whole] }).content, expected);
  });

  test('encrypted alone it is a thought without words', () => {
    assert.deepEqual(read(created, done(0, item({ encrypted_content: 'x' })), completed()).content, [
      { type: 'thinking', text: '', signature: 'x', ext },
    ]);
  });

  test('without words and proof it means something to its server alone', () => {
    assert.deepEqual(read(created, added(0, item({})), done(0, item({})), completed()).content, [
      { type: 'native', dialect: 'openai-responses', value: item({}) },
    ]);
  });

  test("a model's own thoughts and their summary are two blocks, the last with the proof", () => {
    const own = { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'Raw.' };
    const whole = item({
      content: [{ type: 'reasoning_text', text: 'Raw.' }],
      summary: [{ type: 'summary_text', text: 'Sum.' }],
      encrypted_content: 'x',
    });
    const expected = [
      { type: 'thinking', text: 'Raw.', ext: { 'openai-responses': { id: 'rs_1', shown: 'content' } } },
      { type: 'thinking', text: 'Sum.', signature: 'x', ext },
    ];
    assert.deepEqual(
      read(created, added(0, item({})), own, summary('Sum.', 0), done(0, whole), completed()).content,
      expected,
    );
    assert.deepEqual(readWhole({ ...head, status: 'completed', output: [whole] }).content, expected);
  });
});
