import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFold, type Folded } from '../../canon/fold.ts';
import { readResponse, writeResponse } from './response.ts';
import { request } from './streamed.ts';

describe('a whole answer', () => {
  function read(body: unknown): Folded {
    const folded = createFold();
    readResponse(body, folded.sink);
    return folded.result();
  }

  test('what is not an answer is an error', () => {
    assert.equal(read({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }).error?.kind, 'overloaded');
    for (const body of [null, [], 'text', {}, { choices: [] }]) assert.equal(read(body).error?.kind, 'bad_upstream');
  });

  test('what other languages have is said as far as it can be', () => {
    const answer: Folded = {
      id: '',
      model: 'm',
      content: [
        { type: 'refusal', text: 'no' },
        { type: 'tool_call', id: 'a', name: 'f', json: '{"a":' },
        { type: 'native', dialect: 'gemini', value: {} },
        { type: 'thinking', text: 'hm' },
      ],
      finish: { reason: 'tool_calls' },
      usage: { input: 1, output: 2 },
      natives: [],
    };
    const { id, ...body } = writeResponse(answer, request);
    assert.match(String(id), /^msg_/);
    assert.deepEqual(body, {
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'text', text: 'no' },
        { type: 'tool_use', id: 'a', name: 'f', input: { _raw: '{"a":' } },
        { type: 'thinking', thinking: 'hm', signature: '' },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 2 },
    });
  });
});
