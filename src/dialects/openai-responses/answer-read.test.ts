// What servers send, in whatever order and form, and what is made of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { added, call, completed, created, done, eventsOf, head, message, read, readWhole, textOf } from './heard.ts';

describe('words', () => {
  const delta = (text: string, index = 0): JsonObject => ({
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: index,
    delta: text,
  });

  test('pieces and the whole are one text, whichever of them came', () => {
    const end = [done(0, message('Hello')), completed()];
    assert.equal(textOf(read(created, added(0, message('')), delta('Hel'), delta('lo'), ...end)), 'Hello');
    assert.equal(textOf(read(created, added(0, message('')), delta('Hel'), ...end)), 'Hello');
    assert.equal(textOf(read(created, added(0, message('')), ...end)), 'Hello');
    assert.equal(textOf(read(created, ...end)), 'Hello');
    assert.equal(textOf(read(created, added(0, message('')), completed([message('Hello')]))), 'Hello');
    assert.equal(textOf(read(created, completed([message('Hello')]))), 'Hello');
  });

  test('the pieces that were told count, where the whole is another text', () => {
    assert.equal(
      textOf(read(created, added(0, message('')), delta('Hi.'), done(0, message('Hello')), completed())),
      'Hi.',
    );
  });

  test('parts are blocks that remember their message', () => {
    const parts = {
      content: [
        { type: 'output_text', text: 'a', annotations: [] },
        { type: 'refusal', refusal: 'b' },
      ],
      phase: 'commentary',
    };
    const { content, finish } = read(
      created,
      added(0, message('', { content: [], phase: 'commentary' })),
      delta('a'),
      done(0, message('', parts)),
      completed(),
    );
    assert.deepEqual(content, [
      { type: 'text', text: 'a', ext: { 'openai-responses': { id: 'msg_1', phase: 'commentary' } } },
      { type: 'refusal', text: 'b' },
    ]);
    assert.equal(finish?.reason, 'refusal');
  });

  test('sources are cited once, whether they come one by one or with the whole', () => {
    const source = { type: 'url_citation', url: 'https://a.org', title: 'A', start_index: 0, end_index: 2 };
    const other = { ...source, url: 'https://b.org' };
    const whole = message('Hi', { content: [{ type: 'output_text', text: 'Hi', annotations: [source, other] }] });
    const note = {
      type: 'response.output_text.annotation.added',
      output_index: 0,
      content_index: 0,
      annotation_index: 0,
      annotation: source,
    };
    const [block] = read(created, added(0, message('')), delta('Hi'), note, done(0, whole), completed()).content;
    assert.ok(block?.type === 'text');
    assert.deepEqual(
      block.citations?.map(({ url }) => url),
      ['https://a.org', 'https://b.org'],
    );
    assert.deepEqual(block.citations?.[0], {
      kind: 'url',
      url: 'https://a.org',
      title: 'A',
      start: 0,
      end: 2,
      native: { dialect: 'openai-responses', value: source },
    });
  });

  test('many pieces of one form are read like the first', () => {
    const piece = (text: string, i: number): string =>
      `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":${i},"item_id":"msg_1","output_index":0,"content_index":0,"delta":${JSON.stringify(text)},"logprobs":[],"obfuscation":"${'x'.repeat(i % 7)}"}\n\n`;
    const pieces = ['Grüße ', 'a "quote" ', 'x', '\n', 'back\\slash', ' 👩‍🚀', ' end', '', '.'];
    const { content } = read(
      created,
      added(0, message('')),
      ...pieces.map(piece),
      done(0, message(pieces.join(''))),
      completed(),
    );
    assert.equal(content.length, 1);
    assert.equal(textOf({ content } as Folded), pieces.join(''));
  });
});

describe('ends', () => {
  const end = (response: JsonObject, type = 'response.completed'): Folded =>
    read(created, { type, response: { ...head, ...response } });

  test('limits and filters', () => {
    const incomplete = (reason: string): unknown =>
      end({ status: 'incomplete', incomplete_details: { reason } }, 'response.incomplete').finish?.reason;
    assert.equal(incomplete('max_output_tokens'), 'length');
    assert.equal(incomplete('content_filter'), 'refusal');
    assert.equal(incomplete('max_messages'), 'length');
    assert.equal(incomplete('steered'), 'pause');
  });

  test('failures keep their kind', () => {
    const failed = (error: JsonObject | null): unknown =>
      end({ status: 'failed', error }, 'response.failed').error?.kind;
    assert.equal(failed({ code: 'rate_limit_exceeded', message: 'Slow down.' }), 'rate_limit');
    assert.equal(failed({ code: 'context_length_exceeded', message: 'Too long.' }), 'context_overflow');
    assert.equal(failed({ code: 'server_error', message: 'Oh.' }), 'internal');
    assert.equal(
      failed({ code: 'invalid_prompt', message: 'Your prompt was flagged as potentially violating our usage policy.' }),
      'content_policy',
    );
    assert.equal(failed(null), 'bad_upstream');
    assert.equal(
      read({ type: 'error', code: 'insufficient_quota', message: 'Pay.', param: null }).error?.kind,
      'billing',
    );
    assert.equal(
      read({ type: 'error', error: { type: 'server_error', code: 'server_is_overloaded', message: 'Busy.' } }).error
        ?.kind,
      'overloaded',
    );
    assert.equal(read({ error: { message: 'No.', type: 'invalid_request_error' } }).error?.kind, 'invalid_request');
  });

  test('before an answer has begun, a failure is all that is said', () => {
    assert.deepEqual(
      eventsOf(created, { type: 'response.in_progress', response: head }, { type: 'error', message: 'No.' }).map(
        ({ type }) => type,
      ),
      ['error'],
    );
  });

  test('an answer that does not end, or that another begins in, is none', () => {
    assert.equal(read(created, done(0, message('Hi'))).error?.kind, 'bad_upstream');
    assert.equal(read(created, done(0, message('Hi')), created, completed()).error?.kind, 'bad_upstream');
    assert.equal(end({ status: 'cancelled' }).error?.kind, 'bad_upstream');
    assert.equal(readWhole({ ...head, status: 'queued' }).error?.kind, 'bad_upstream');
    assert.equal(readWhole({ error: { message: 'No.', code: 'rate_limit_exceeded' } }).error?.kind, 'rate_limit');
    assert.equal(readWhole('<html>').error?.kind, 'bad_upstream');
  });

  test('usage is told, cached input apart', () => {
    const usage = {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 1 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 8 },
      total_tokens: 120,
      cost_in_usd_ticks: 5e9,
      num_sources_used: 2,
    };
    assert.deepEqual(end({ status: 'completed', usage }).usage, {
      input: 30,
      cacheRead: 60,
      cacheWrite: 10,
      output: 20,
      reasoning: 8,
      cost: 0.5,
      ext: { 'openai-responses': { num_sources_used: 2, input_tokens_details: { audio_tokens: 1 } } },
    });
    const beside = {
      input_tokens: 10,
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 7 },
      total_tokens: 22,
    };
    assert.equal(end({ status: 'completed', usage: beside }).usage.output, 12);
  });

  test('fields of the answer that neither the request nor canon has are kept', () => {
    const { ext } = read(created, {
      ...completed([], { service_tier: 'flex', temperature: 1, tools: [] }),
      copilot_usage: { n: 1 },
    });
    assert.deepEqual(ext?.['openai-responses'], { created_at: 1, service_tier: 'flex', copilot_usage: { n: 1 } });
  });
});

describe('oddities', () => {
  test('events that nobody knows ride along, before the answer too', () => {
    const odd = { type: 'response.weather.changed', weather: 'rain' };
    const { natives } = read(odd, created, done(0, message('Hi')), odd, completed());
    assert.deepEqual(
      natives.map(({ value }) => value),
      [odd, odd],
    );
  });

  test('what cannot be read is found elsewhere, or the answer is none', () => {
    const torn = 'data: {"type":"response.output_item.done","output_index":0,"item":{"type":"mess\n\n';
    assert.equal(textOf(read(created, torn, completed([message('Hi')]))), 'Hi');
    assert.equal(
      textOf(
        read(
          created,
          torn,
          done(1, message('There', { id: 'msg_2' })),
          completed([message('Hi'), message('There', { id: 'msg_2' })]),
        ),
      ),
      'ThereHi',
    );
    assert.equal(
      read(created, torn, done(1, message('There', { id: 'msg_2' })), completed()).error?.kind,
      'bad_upstream',
    );
  });

  test('an event whose last brace is missing has said everything', () => {
    const line = JSON.stringify(completed([message('Hi')])).slice(0, -1);
    assert.equal(textOf(read(created, `data: ${line}\n\n`)), 'Hi');
  });

  test('marks of other languages, and what keeps a line open, are passed over', () => {
    assert.equal(
      textOf(
        read(
          ': ping\n\n',
          created,
          { type: 'keepalive' },
          'data: [DONE]\n\n',
          completed([message('Hi')]),
          'data: [DONE]\n\n',
        ),
      ),
      'Hi',
    );
  });

  test('an item that was completed otherwise than begun ends in an error', () => {
    assert.equal(
      read(created, added(0, message('')), done(0, call('a', '{}')), completed()).error?.kind,
      'bad_upstream',
    );
  });

  test('probabilities belong to the block that they are of', () => {
    const logprobs = [{ token: 'Hi', logprob: -0.1 }];
    const { natives } = read(
      created,
      done(0, message('Oh')),
      done(
        1,
        message('Hi', { id: 'msg_2', content: [{ type: 'output_text', text: 'Hi', annotations: [], logprobs }] }),
      ),
      completed(),
    );
    assert.deepEqual(
      natives.map(({ value }) => value),
      [{ type: 'output_text.logprobs', block: 1, logprobs }],
    );
  });
});
