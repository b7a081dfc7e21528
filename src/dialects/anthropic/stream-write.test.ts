import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import { ping } from './stream-write.ts';
import { begin, close, delta, emptyText, input, text, write } from './streamed.ts';

describe('a stream is written', () => {
  const start: Event = { type: 'start', id: 'chatcmpl-1/x', model: '' };
  const finish: Event = { type: 'finish', reason: 'end' };

  test('its start is a whole message, with the counts that are known', () => {
    assert.deepEqual(write(start), [
      {
        type: 'message_start',
        message: {
          id: 'msg_chatcmpl-1_x',
          type: 'message',
          role: 'assistant',
          model: 'asked',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: 0,
            cache_creation_input_tokens: null,
            cache_read_input_tokens: null,
            output_tokens: 0,
          },
        },
      },
    ]);
    const [known] = write({ ...start, id: '', usage: { input: 3, cacheRead: 4, output: 1 } });
    const message = known?.message as JsonObject;
    assert.match(String(message.id), /^msg_[0-9a-f]{32}$/);
    assert.deepEqual(message.usage, {
      input_tokens: 3,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: 4,
      output_tokens: 1,
    });
  });

  test('its end has all counts, a number of output tokens among them', () => {
    const [last] = write({ type: 'usage', usage: { input: 7, cacheWrite: 5, cacheWrite1h: 2, reasoning: 1 } }, finish);
    assert.deepEqual(last?.usage, {
      input_tokens: 7,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 2 },
      output_tokens_details: { thinking_tokens: 1 },
      output_tokens: 0,
    });
  });

  test('starts are empty, a signature comes last, deltas hold everything', () => {
    const frames = write(
      { type: 'open', index: 0, block: { type: 'thinking' } },
      { type: 'signature', index: 0, signature: 'early' },
      { type: 'text', index: 0, text: 'hm\u2028"' },
      { type: 'signature', index: 0, signature: 's' },
      { type: 'close', index: 0 },
      { type: 'open', index: 1, block: { type: 'redacted', data: 'r' } },
      { type: 'close', index: 1 },
      {
        type: 'open',
        index: 2,
        block: { type: 'tool_call', id: 'call:1|x', name: 'f', ext: { anthropic: { caller: { type: 'direct' } } } },
      },
      { type: 'json', index: 2, json: '{"a":1}' },
      { type: 'close', index: 2 },
    );
    assert.deepEqual(frames, [
      begin(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm\u2028"' }),
      delta(0, { type: 'signature_delta', signature: 's' }),
      close(0),
      begin(1, { type: 'redacted_thinking', data: 'r' }),
      close(1),
      begin(2, { type: 'tool_use', id: 'call:1|x', name: 'f', input: {}, caller: { type: 'direct' } }),
      input(2, '{"a":1}'),
      close(2),
    ]);
  });

  test('what other languages have: a refusal, a picture, free text for a tool, citations, and what has no words here', () => {
    const frames = write(
      { type: 'open', index: 0, block: { type: 'native', dialect: 'gemini', value: { x: 1 } } },
      { type: 'json', index: 0, json: '{}' },
      { type: 'close', index: 0 },
      { type: 'open', index: 1, block: { type: 'refusal' } },
      { type: 'text', index: 1, text: 'no' },
      { type: 'close', index: 1 },
      { type: 'open', index: 2, block: { type: 'image', source: { type: 'url', url: 'https://x/y.png' } } },
      { type: 'close', index: 2 },
      { type: 'open', index: 3, block: { type: 'tool_call', id: 'a', name: 'p', kind: 'custom' } },
      { type: 'json', index: 3, json: 'free ' },
      { type: 'json', index: 3, json: '"text"' },
      { type: 'close', index: 3 },
      { type: 'open', index: 4, block: { type: 'text' } },
      { type: 'citation', index: 4, citation: { kind: 'url', url: 'https://x', title: 'X' } },
      { type: 'citation', index: 4, citation: { kind: 'file' } },
      { type: 'citation', index: 4, citation: { kind: 'file', title: 'a.pdf', citedText: 'Ice.' } },
      { type: 'native', dialect: 'gemini', index: 4, value: { y: 1 } },
      { type: 'native', dialect: 'anthropic', value: { type: 'bad\nname' } },
      { type: 'close', index: 4 },
    );
    assert.deepEqual(frames, [
      begin(0, emptyText),
      text(0, 'no'),
      close(0),
      begin(1, emptyText),
      text(1, '![image](https://x/y.png)'),
      close(1),
      begin(2, { type: 'tool_use', id: 'a', name: 'p', input: {} }),
      input(2, '{"input":"free \\"text\\""}'),
      close(2),
      begin(3, emptyText),
      delta(3, {
        type: 'citations_delta',
        citation: {
          type: 'web_search_result_location',
          url: 'https://x',
          title: 'X',
          cited_text: '',
          encrypted_index: 'dragomanSEAL',
        },
      }),
      delta(3, {
        type: 'citations_delta',
        citation: {
          type: 'char_location',
          cited_text: 'Ice.',
          document_index: 0,
          document_title: 'a.pdf',
          start_char_index: 0,
          end_char_index: 4,
          file_id: 'dragomanSEAL',
        },
      }),
      close(3),
    ]);
  });

  test('a failure is an error event, and nothing that looks like success', () => {
    assert.deepEqual(write({ type: 'error', error: new GatewayError('unavailable', 'down') }), [
      { type: 'error', error: { type: 'overloaded_error', message: 'down' } },
    ]);
  });

  test('a ping is a whole frame', () => {
    assert.equal(ping, 'event: ping\ndata: {"type":"ping"}\n\n');
  });
});
