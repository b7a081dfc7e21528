import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { assistant, messagesOf, pdf, text, user, write } from './written.ts';

describe('parameters', () => {
  const param = (more: Partial<ChatRequest>, quirks: Quirks = {}): { body: JsonObject; losses: string[] } => {
    const { body, losses } = write(more, quirks);
    const { model: _, messages: __, ...rest } = body;
    return { body: rest, losses };
  };

  test('the limit is named and clamped as the server wants', () => {
    assert.deepEqual(param({ maxTokens: 128000 }), { body: { max_tokens: 128000 }, losses: [] });
    assert.deepEqual(param({ maxTokens: 128000 }, { max_tokens: 'max_completion_tokens', max_output_tokens: 16384 }), {
      body: { max_completion_tokens: 16384 },
      losses: ['approximated max_tokens'],
    });
    assert.deepEqual(param({ maxTokens: 0 }).body, { max_tokens: 1 });
  });

  test('numbers that only some servers take', () => {
    const sampling = { temperature: 0.5, topK: 40, minP: 0.1, repetitionPenalty: 1.1 };
    assert.deepEqual(param({ sampling }), {
      body: { temperature: 0.5 },
      losses: ['dropped top_k', 'dropped min_p', 'dropped repetition_penalty'],
    });
    assert.deepEqual(param({ sampling }, { extra_sampling: true }).body, {
      temperature: 0.5,
      top_k: 40,
      min_p: 0.1,
      repetition_penalty: 1.1,
    });
    assert.deepEqual(param({ from: 'openai-chat', sampling }, { extra_sampling: false }).losses.length, 3);
  });

  test('stop sequences', () => {
    const stop = ['a', 'b', 'c', 'd', 'e'];
    assert.deepEqual(param({ stop }), { body: { stop: stop.slice(0, 4) }, losses: ['dropped stop'] });
    assert.deepEqual(param({ stop }, { stop_max: 16 }), { body: { stop }, losses: [] });
  });

  test('reasoning in each form', () => {
    const wish = (reasoning: ChatRequest['reasoning'], quirks: Quirks = {}): unknown =>
      param({ ...(reasoning && { reasoning }) }, quirks);
    assert.deepEqual(wish({ effort: 'medium', mode: 'adaptive' }), {
      body: { reasoning_effort: 'medium' },
      losses: [],
    });
    assert.deepEqual(wish({ effort: 'max' }), {
      body: { reasoning_effort: 'high' },
      losses: ['approximated reasoning.effort'],
    });
    assert.deepEqual(wish({ effort: 'xhigh' }, { efforts: ['low', 'xhigh'] }), {
      body: { reasoning_effort: 'xhigh' },
      losses: [],
    });
    assert.deepEqual(wish({ effort: 'minimal' }, { efforts: ['low', 'high'] }), {
      body: { reasoning_effort: 'low' },
      losses: ['approximated reasoning.effort'],
    });
    assert.deepEqual(wish({ mode: 'budget', budget: 4000 }), {
      body: { reasoning_effort: 'medium' },
      losses: ['approximated reasoning.budget'],
    });
    assert.deepEqual(wish({ mode: 'budget', budget: 2048 }), {
      body: { reasoning_effort: 'low' },
      losses: ['approximated reasoning.budget'],
    });
    assert.deepEqual(wish({ mode: 'budget', budget: 30000 }), {
      body: { reasoning_effort: 'high' },
      losses: ['approximated reasoning.budget'],
    });
    assert.deepEqual(wish({ mode: 'adaptive' }), { body: {}, losses: ['dropped reasoning'] });
    assert.deepEqual(wish({ mode: 'off' }), { body: { reasoning_effort: 'none' }, losses: [] });
    assert.deepEqual(wish({ mode: 'off' }, { efforts: ['minimal', 'high'] }), {
      body: { reasoning_effort: 'minimal' },
      losses: ['approximated reasoning.effort'],
    });
    const relay: Quirks = { reasoning_request: 'reasoning' };
    assert.deepEqual(wish({ effort: 'max' }, relay), {
      body: { reasoning: { effort: 'xhigh' } },
      losses: ['approximated reasoning.effort'],
    });
    assert.deepEqual(wish({ mode: 'budget', budget: 4000 }, relay), {
      body: { reasoning: { max_tokens: 4000 } },
      losses: [],
    });
    assert.deepEqual(wish({ mode: 'off' }, relay), { body: { reasoning: { enabled: false } }, losses: [] });
    assert.deepEqual(wish({ mode: 'adaptive' }, relay), { body: { reasoning: { enabled: true } }, losses: [] });
    const thinking: Quirks = { reasoning_request: 'thinking' };
    assert.deepEqual(wish({ mode: 'budget', budget: 4000 }, thinking), {
      body: { thinking: { type: 'enabled', budget_tokens: 4000 } },
      losses: [],
    });
    assert.deepEqual(wish({ mode: 'off' }, thinking), { body: { thinking: { type: 'disabled' } }, losses: [] });
    assert.deepEqual(wish({ effort: 'low' }, thinking), {
      body: { thinking: { type: 'enabled', budget_tokens: 2048 } },
      losses: ['approximated reasoning.effort'],
    });
    assert.deepEqual(wish({ effort: 'low' }, { reasoning_request: 'none' }), {
      body: {},
      losses: ['dropped reasoning'],
    });
  });

  test('a schema, or the nearest to it', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } } as const;
    assert.deepEqual(param({ format }).body, {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } },
    });
    const { body, losses } = write({ format }, { json_schema: false });
    assert.deepEqual(body.response_format, { type: 'json_object' });
    assert.match(String((body.messages as JsonObject[])[0]?.content), /JSON Schema:\n\{"type":"object"\}$/);
    assert.deepEqual(losses, ['approximated format']);
  });

  test('a long name of a user is told by its fingerprint, always the same', () => {
    const long = JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' });
    const first = param({ user: long }).body.user;
    assert.match(String(first), /^user_\w{32}$/);
    assert.equal(param({ user: long }).body.user, first);
    assert.notEqual(param({ user: `${long} ` }).body.user, first);
    assert.equal(param({ user: 'anna' }).body.user, 'anna');
  });

  test('tiers', () => {
    assert.deepEqual(param({ serviceTier: 'standard_only' }), {
      body: { service_tier: 'default' },
      losses: ['mapped service_tier'],
    });
    assert.deepEqual(param({ serviceTier: 'batch' }), { body: {}, losses: ['dropped service_tier'] });
    assert.deepEqual(param({ from: 'openai-chat', serviceTier: 'scale' }).body, { service_tier: 'scale' });
  });

  test('as Mistral names them', () => {
    const quirks: Quirks = {
      seed: 'random_seed',
      service_tiers: ['auto', 'standard_only'],
      file_part: 'document_url',
      assistant_prefix: true,
    };
    const far: Block = { type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } };
    const mine: Block = { type: 'document', source: { type: 'file', id: 'f1', owner: 'openai-chat' } };
    const { body, losses } = write(
      {
        sampling: { seed: 7 },
        serviceTier: 'default',
        turns: [user(pdf, far, mine), assistant(text('Well')), user(text('?')), assistant(text('So'))],
      },
      quirks,
    );
    assert.deepEqual(body, {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'document_url',
              document_url: 'data:application/pdf;base64,JVBERi0=',
              document_name: 'a.pdf',
            },
            { type: 'document_url', document_url: 'https://a.example/b.pdf' },
            { type: 'file', file_id: 'f1' },
          ],
        },
        { role: 'assistant', content: 'Well' },
        { role: 'user', content: '?' },
        { role: 'assistant', content: 'So', prefix: true },
      ],
      random_seed: 7,
      service_tier: 'standard_only',
    });
    assert.deepEqual(losses, ['mapped service_tier']);
    assert.deepEqual(write({ serviceTier: 'flex' }, quirks).losses, ['dropped service_tier']);
    assert.equal(write({ serviceTier: 'default' }).body.service_tier, 'default');
  });

  test('a stream brings its usage, where that can be asked', () => {
    assert.deepEqual(param({ stream: true }).body, { stream: true, stream_options: { include_usage: true } });
    const own = { 'openai-chat': { stream_options: { include_obfuscation: false } } };
    assert.deepEqual(param({ from: 'openai-chat', stream: true, ext: own }).body, {
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    });
    assert.deepEqual(param({ from: 'openai-chat', stream: true, ext: own }, { stream_options: false }).body, {
      stream: true,
    });
  });

  test('what the server refuses, and what it always wants', () => {
    const quirks: Quirks = { refuses: ['user', 'seed'], extra_body: { usage: { include: true } } };
    assert.deepEqual(param({ user: 'u' }, quirks), { body: { usage: { include: true } }, losses: ['dropped user'] });
  });

  test('the mark for the last block goes to the last block', () => {
    assert.deepEqual(messagesOf({ cache: {} }, { cache_control: true }), [
      { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] },
    ]);
    assert.deepEqual(param({ cache: {} }).losses, ['dropped cache']);
    assert.deepEqual(param({ from: 'openai-chat', cache: { ttl: '1h' } }).body, {
      cache_control: { type: 'ephemeral', ttl: '1h' },
    });
  });
});
