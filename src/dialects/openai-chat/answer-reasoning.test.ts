import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import { done, ended, eventsOf, foldOf, said } from './heard.ts';

describe('reasoning of compatible servers', () => {
  const thoughts = (...deltas: JsonObject[]): unknown =>
    foldOf(eventsOf(deltas.map((delta) => said(delta)).join('') + ended('stop') + done)).content;
  const thought = [
    { type: 'thinking', text: 'Hmm.' },
    { type: 'text', text: 'Yes.' },
  ];

  test('each field is understood', () => {
    const text = { content: 'Yes.' };
    assert.deepEqual(thoughts({ reasoning_content: 'Hm' }, { reasoning_content: 'm.' }, text), thought);
    assert.deepEqual(thoughts({ reasoning: 'Hmm.', content: '' }, text), thought);
    assert.deepEqual(thoughts({ reasoning_content: 'Hmm.', ...text }), thought);
    assert.deepEqual(
      thoughts({ reasoning: 'Hmm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hmm.' }] }, text),
      thought,
    );
    assert.deepEqual(thoughts({ reasoning_details: [{ type: 'reasoning.summary', summary: 'Hmm.' }] }, text), [
      { type: 'thinking', text: 'Hmm.', ext: { 'openai-chat': { type: 'reasoning.summary' } } },
      thought[1],
    ]);
    assert.deepEqual(
      thoughts(
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hmm.' }] }] },
        { content: [{ type: 'text', text: 'Yes.' }] },
      ),
      thought,
    );
    assert.deepEqual(
      thoughts({ content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm.' }] }] }, text),
      thought,
    );
  });

  test('a proof belongs to the thinking before it, and what follows is a new thought', () => {
    const sign = (signature: string): JsonObject => ({
      thinking_blocks: [{ type: 'thinking', thinking: '', signature }],
    });
    assert.deepEqual(thoughts({ reasoning_content: 'a' }, sign('s1'), { reasoning_content: 'b' }, sign('s2')), [
      { type: 'thinking', text: 'a', signature: 's1' },
      { type: 'thinking', text: 'b', signature: 's2' },
    ]);
    assert.deepEqual(thoughts(sign('s1'), { content: 'x' }), [
      { type: 'thinking', text: '', signature: 's1' },
      { type: 'text', text: 'x' },
    ]);
  });

  test('entries of a list stay apart, and keep what cannot be known otherwise', () => {
    const entry = (fields: JsonObject): JsonObject => ({ reasoning_details: [fields] });
    const format = 'openai-responses-v1';
    assert.deepEqual(
      thoughts(
        entry({ type: 'reasoning.summary', summary: 'Let ', format, index: 0, id: null }),
        entry({ type: 'reasoning.summary', summary: 'me see.', format, index: 0 }),
        entry({ type: 'reasoning.encrypted', data: 'xyz', format, id: 'rs_1', index: 0 }),
        entry({ type: 'reasoning.text', text: 'a', index: 2, id: 't' }),
        entry({ type: 'reasoning.text', text: 'b', index: 3 }),
        entry({ type: 'reasoning.text', signature: 's', index: 3 }),
        entry({ type: 'reasoning.text', signature: 't', index: 4 }),
        entry({ type: 'reasoning.encrypted', data: 'abc', format: 'anthropic-claude-v1', index: 5 }),
      ),
      [
        { type: 'thinking', text: 'Let me see.', ext: { 'openai-chat': { type: 'reasoning.summary', format } } },
        {
          type: 'thinking',
          text: '',
          redacted: 'xyz',
          ext: { 'openai-chat': { id: 'rs_1', format, index: 0, before: { type: 'reasoning.summary', format } } },
        },
        { type: 'thinking', text: 'a', ext: { 'openai-chat': { id: 't' } } },
        { type: 'thinking', text: 'b', signature: 's' },
        { type: 'thinking', text: '', signature: 't' },
        { type: 'thinking', text: '', redacted: 'abc', ext: { 'openai-chat': { format: 'anthropic-claude-v1' } } },
      ],
    );
    const bare = (signature: string): JsonObject => entry({ type: 'reasoning.text', signature });
    assert.deepEqual(thoughts(bare('s'), bare('t')), [
      { type: 'thinking', text: '', signature: 's' },
      { type: 'thinking', text: '', signature: 't' },
    ]);
  });

  test("Google's proofs stand before their calls, and behind the text", () => {
    const proven = (signature: string): JsonObject => ({ extra_content: { google: { thought_signature: signature } } });
    const call = (index: number, more: JsonObject): JsonObject => ({
      index,
      id: `c${index}`,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      ...more,
    });
    assert.deepEqual(
      thoughts(
        { reasoning_content: 'Hmm.' },
        { tool_calls: [call(0, proven('s1'))] },
        { tool_calls: [call(1, { extra_content: { google: { thought_signature: 's2', more: 1 } } })] },
      ),
      [
        { type: 'thinking', text: 'Hmm.' },
        { type: 'thinking', text: '', signature: 's1' },
        { type: 'tool_call', id: 'c0', name: 'f', json: '{}' },
        { type: 'thinking', text: '', signature: 's2' },
        {
          type: 'tool_call',
          id: 'c1',
          name: 'f',
          json: '{}',
          ext: { 'openai-chat': { extra_content: { google: { more: 1 } } } },
        },
      ],
    );
    assert.deepEqual(thoughts({ content: 'Yes.' }, { content: '', ...proven('s') }), [
      { type: 'text', text: 'Yes.' },
      { type: 'thinking', text: '', signature: 's' },
    ]);
    const twice = { reasoning_details: [{ type: 'reasoning.text', signature: 's1', index: 0, id: 'c0' }] };
    assert.deepEqual(thoughts({ ...twice, tool_calls: [call(0, proven('s1'))] }), [
      { type: 'thinking', text: '', signature: 's1' },
      { type: 'tool_call', id: 'c0', name: 'f', json: '{}' },
    ]);
  });

  test('Mistral thinks in parts, and cites by number', () => {
    const reference = { type: 'reference', reference_ids: [1, 'b'] };
    const source = { type: 'tool_reference', tool: 'web_search', title: 'T' };
    const chunk = (content: JsonObject[]): JsonObject => ({ content });
    const frames = [
      chunk([{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }, source] }]),
      chunk([{ type: 'thinking', thinking: [{ type: 'text', text: 'm.' }], signature: 's', closed: true }]),
      chunk([{ type: 'text', text: 'Yes.' }, reference]),
    ].map((delta) => said(delta));
    const { content, natives } = foldOf(eventsOf(frames.join('') + ended('model_length') + done));
    assert.deepEqual(content, [
      { type: 'thinking', text: 'Hmm.', signature: 's' },
      {
        type: 'text',
        text: 'Yes.',
        citations: [{ kind: 'unknown', native: { dialect: 'openai-chat', value: reference } }],
      },
    ]);
    assert.deepEqual(natives[0]?.value, {
      choices: [{ index: 0, delta: { content: [{ type: 'thinking', thinking: [source] }] } }],
    });
  });

  test('encrypted reasoning comes whole, and text goes on in a new block after a call', () => {
    assert.deepEqual(thoughts({ thinking_blocks: [{ type: 'redacted_thinking', data: 'xyz' }] }, { content: 'x' }), [
      { type: 'thinking', text: '', redacted: 'xyz' },
      { type: 'text', text: 'x' },
    ]);
    const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] };
    assert.deepEqual(
      (thoughts({ content: 'x' }, call, { content: 'y' }, { reasoning: 'z' }) as { type: string }[]).map(
        ({ type }) => type,
      ),
      ['text', 'tool_call', 'text', 'thinking'],
    );
  });
});
