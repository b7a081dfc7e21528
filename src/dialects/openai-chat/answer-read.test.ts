import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import type { Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { base, done, ended, eventsOf, foldOf, frame, said } from './heard.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';

describe('the rest of a stream', () => {
  test('usage is found wherever it stands, and comes before the finish', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
    const places = [
      ended('stop') + frame({ ...base, choices: [], usage }),
      ended('stop', { usage }),
      frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }),
      frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { id: 'r', usage } }),
    ];
    for (const end of places) {
      const events = eventsOf(said({ content: 'x' }) + end + done);
      assert.deepEqual(foldOf(events).usage, { input: 5, output: 2 });
      assert.equal(events.at(-1)?.type, 'finish');
    }
  });

  test('without [DONE] a reason is enough, without a reason nothing is', () => {
    assert.equal(eventsOf(said({ content: 'x' }) + ended('stop')).at(-1)?.type, 'finish');
    assert.equal(foldOf(eventsOf(said({ content: 'x' }))).error?.kind, 'bad_upstream');
    assert.equal(foldOf(eventsOf('')).error?.kind, 'bad_upstream');
    assert.equal(foldOf(eventsOf(done)).error?.kind, 'bad_upstream');
  });

  test('errors inside a stream keep their kind', () => {
    const kindOf = (text: string): unknown => foldOf(eventsOf(said({ content: 'x' }) + text)).error?.kind;
    assert.equal(
      kindOf('data: {"error":{"message":"Overloaded","type":"server_error","code":"overloaded"}}\n\n'),
      'overloaded',
    );
    assert.equal(
      kindOf('event: error\ndata: {"message":"Rate limited","code":"rate_limit_exceeded"}\n\n'),
      'rate_limit',
    );
    assert.equal(kindOf('event: error\ndata: it broke\n\n'), 'bad_upstream');
    assert.equal(
      kindOf(frame({ object: 'error', message: 'bad', type: 'BadRequestError', code: 400 })),
      'invalid_request',
    );
    assert.equal(
      kindOf(said({ content: '' }, { finish_reason: 'error', error: { code: 502, message: 'Provider disconnected' } })),
      'bad_upstream',
    );
    assert.equal(kindOf(ended('error')), 'bad_upstream');
    assert.equal(kindOf(ended('insufficient_system_resource')), 'overloaded');
    assert.equal(kindOf('data: <html>502</html>\n\n'), 'bad_upstream');
    assert.equal(kindOf('data: {"choices":[{"del\n\n'), 'bad_upstream');
  });

  test('nothing follows an error', () => {
    const events = eventsOf(
      `${said({ content: 'x' })}data: {"error":"no"}\n\n${said({ content: 'y' })}${ended('stop')}${done}`,
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['start', 'open', 'text', 'error'],
    );
  });

  test('other choices, probabilities and unknown fields go on as natives', () => {
    const logprobs = { content: [{ token: 'x', logprob: -0.1, top_logprobs: [] }] };
    const { natives, content } = foldOf(
      eventsOf(
        said({ content: 'x', odd: 1 }, { logprobs }) +
          frame({ ...base, choices: [{ index: 1, delta: { content: 'z' } }] }) +
          ended('stop') +
          done,
      ),
    );
    assert.deepEqual(content, [{ type: 'text', text: 'x' }]);
    assert.deepEqual(
      natives.map(({ value }) => value),
      [
        { choices: [{ index: 0, delta: { odd: 1 } }] },
        { choices: [{ index: 0, logprobs }] },
        { choices: [{ index: 1, delta: { content: 'z' } }] },
      ],
    );
  });

  test('what is said before the answer begins, and after, rides with it', () => {
    const { ext, id, natives } = foldOf(
      eventsOf(
        frame({ id: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }) +
          said({ content: 'x' }) +
          frame({ ...base, choices: [], moderation: { input: {} } }) +
          ended('stop') +
          done,
      ),
    );
    assert.equal(id, 'chatcmpl-1');
    assert.deepEqual(ext, {
      'openai-chat': { prompt_filter_results: [{ prompt_index: 0 }], created: 1, moderation: { input: {} } },
    });
    assert.deepEqual(natives, []);
  });

  test('a filter verdict is passed on when it changes', () => {
    const verdict = { hate: { filtered: false } };
    const { natives } = foldOf(
      eventsOf(
        said({ content: 'x' }, { content_filter_results: verdict }) +
          said({ content: 'y' }, { content_filter_results: verdict }) +
          ended('stop', { content_filter_results: {} }) +
          done,
      ),
    );
    assert.equal(natives.length, 1);
  });

  test('sources listed beside the answer are cited once', () => {
    const sources = {
      citations: ['https://a.example', 'https://b.example'],
      search_results: [{ url: 'https://b.example', title: 'B' }],
    };
    const chunk = (delta: JsonObject, reason: unknown): string =>
      frame({ ...base, ...sources, choices: [{ index: 0, delta, finish_reason: reason }] });
    const { content } = foldOf(eventsOf(chunk({ content: 'a' }, null) + chunk({ content: 'b' }, 'stop')));
    assert.deepEqual(content, [
      {
        type: 'text',
        text: 'ab',
        citations: [
          { kind: 'url', url: 'https://a.example' },
          { kind: 'url', url: 'https://b.example', title: 'B' },
        ],
      },
    ]);
  });

  test('words of other origins for the end are understood', () => {
    const finishOf = (reason: string, more: JsonObject = {}): unknown =>
      foldOf(eventsOf(said({ content: 'x' }) + ended(reason, more) + done)).finish;
    assert.deepEqual(finishOf('model_length'), { reason: 'length' });
    assert.deepEqual(finishOf('eos'), { reason: 'end' });
    assert.deepEqual(finishOf('SAFETY'), { reason: 'refusal' });
    assert.deepEqual(finishOf('stop', { stop_reason: 'END' }), { reason: 'stop_sequence', stopSequence: 'END' });
    assert.deepEqual(finishOf('stop', { stop_reason: 128009 }), { reason: 'end' });
    assert.deepEqual(finishOf('stop', { stop_reason: 'end_turn' }), { reason: 'end' });
    assert.deepEqual(finishOf('stop', { native_finish_reason: 'pause_turn' }), { reason: 'pause' });
    assert.deepEqual(finishOf('something new'), { reason: 'end' });
  });

  test('a frame beyond the limit is an error, not an exception', () => {
    const events: Event[] = [];
    const reader = readStream((event) => events.push(event));
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 66; i++) reader.feed(megabyte);
    reader.end();
    assert.deepEqual(
      events.map(({ type }) => type),
      ['error'],
    );
  });
});

describe('whole answers', () => {
  const read = (body: unknown): Folded => {
    const events: Event[] = [];
    readResponse(body, (event) => events.push(event));
    return foldOf(events);
  };

  test('what is no answer is an error', () => {
    for (const body of [null, 'text', [], {}, { choices: [] }, { choices: 'x' }])
      assert.equal(read(body).error?.kind, 'bad_upstream');
    assert.equal(read({ error: { message: 'No key', code: 'invalid_api_key' } }).error?.kind, 'authentication');
    assert.equal(
      read({ id: 'x', choices: [{ error: { code: 429, message: 'slow down' } }] }).error?.kind,
      'rate_limit',
    );
    assert.equal(read({ error_code: 'BAD_REQUEST', message: 'no' }).error?.kind, 'invalid_request');
  });

  test('the order is thoughts, words, calls, whatever the order of the fields', () => {
    const message = {
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }],
      content: 'Yes.',
      reasoning_content: 'Hmm.',
    };
    const { content } = read({ id: 'x', model: 'm', choices: [{ message, finish_reason: 'tool_calls' }] });
    assert.deepEqual(
      content.map(({ type }) => type),
      ['thinking', 'text', 'tool_call'],
    );
    assert.equal((content[1] as { citations?: unknown[] }).citations?.length, 1);
  });

  test('pictures and further choices are kept', () => {
    const images = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }];
    const other = { index: 1, message: { content: 'two' }, finish_reason: 'stop' };
    const { content, natives } = read({
      id: 'x',
      choices: [{ index: 0, message: { content: 'one', images }, finish_reason: 'stop' }, other],
    });
    assert.deepEqual(content[1], { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } });
    assert.deepEqual(
      natives.map(({ value }) => value),
      [{ choices: [other] }],
    );
  });
});
