import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import {
  begin,
  call,
  close,
  delta,
  emptyText,
  ending,
  eventsOf,
  fold,
  input,
  started,
  stopped,
  text,
  write,
} from './streamed.ts';

describe('a stream is read', () => {
  test('text, thinking and input that stand in the start', () => {
    const { content } = fold(
      eventsOf(
        started,
        begin(0, { type: 'thinking', thinking: 'hm', signature: 's' }),
        close(0),
        begin(1, {
          type: 'text',
          text: 'a',
          citations: [{ type: 'page_location', document_title: 'D', cited_text: 'c' }],
        }),
        text(1, 'b'),
        close(1),
        begin(2, call('x', { q: 1 })),
        close(2),
        begin(3, call('y', { q: 1 })),
        input(3, '{"q":2}'),
        close(3),
        begin(4, call('z')),
        input(4, ''),
        close(4),
        ending('tool_use'),
        stopped,
      ),
    );
    assert.deepEqual(content, [
      { type: 'thinking', text: 'hm', signature: 's' },
      {
        type: 'text',
        text: 'ab',
        citations: [
          {
            kind: 'page',
            title: 'D',
            citedText: 'c',
            native: { dialect: 'anthropic', value: { type: 'page_location', document_title: 'D', cited_text: 'c' } },
          },
        ],
      },
      { type: 'tool_call', id: 'x', name: 'f', json: '{"q":1}' },
      { type: 'tool_call', id: 'y', name: 'f', json: '{"q":2}' },
      { type: 'tool_call', id: 'z', name: 'f', json: '{}' },
    ]);
  });

  test('blocks that interleave leave one behind the other, numbered without gaps', () => {
    const events = eventsOf(
      started,
      begin(1, emptyText),
      text(1, 'a'),
      begin(2, call('x')),
      begin(5, call('y')),
      input(5, '{"y":'),
      input(2, '{}'),
      text(1, 'b'),
      close(5),
      input(2, ' '),
      close(1),
      close(2),
      ending('tool_use'),
      stopped,
    );
    assert.deepEqual(
      events.flatMap((event) =>
        event.type === 'open' || event.type === 'close' ? [`${event.type} ${event.index}`] : [],
      ),
      ['open 0', 'close 0', 'open 1', 'close 1', 'open 2', 'close 2'],
    );
    assert.deepEqual(fold(events).content, [
      { type: 'text', text: 'ab' },
      { type: 'tool_call', id: 'x', name: 'f', json: '{} ' },
      { type: 'tool_call', id: 'y', name: 'f', json: '{"y":' },
    ]);
  });

  test('a held block that nobody closed is said at the end, and a call in it is not completed', () => {
    const whole = eventsOf(
      started,
      begin(0, emptyText),
      text(0, 'a'),
      begin(1, emptyText),
      text(1, 'b'),
      ending('end_turn'),
      stopped,
    );
    assert.deepEqual(fold(whole).content, [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    const cut = fold(
      eventsOf(started, begin(0, emptyText), begin(1, call('x')), input(1, '{"a'), ending('tool_use'), stopped),
    );
    assert.equal(cut.error?.kind, 'bad_upstream');
  });

  test('the last stop reason counts, whatever surrounds it', () => {
    const { finish, usage, ext } = fold(
      eventsOf(
        started,
        begin(0, emptyText),
        text(0, 'a'),
        close(0),
        ending('pause_turn'),
        ending('stop_sequence', { stop_sequence: 'END', container: { id: 'c' } }),
        {
          type: 'message_delta',
          delta: { stop_reason: null },
          usage: { output_tokens: 9 },
          context_management: { applied_edits: [] },
        },
        stopped,
        text(0, 'late'),
      ),
    );
    assert.deepEqual(finish, { reason: 'stop_sequence', stopSequence: 'END' });
    assert.deepEqual(usage, { output: 9 });
    assert.deepEqual(ext, { anthropic: { container: { id: 'c' }, context_management: { applied_edits: [] } } });
  });

  for (const [word, reason] of [
    ['end_turn', 'end'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop_sequence'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'context_overflow'],
    ['compaction', 'compaction'],
  ] as const) {
    test(`${word} is read and written`, () => {
      const [finish] = eventsOf(started, ending(word), stopped).filter(({ type }) => type === 'finish');
      assert.deepEqual(finish, { type: 'finish', reason });
      const [last] = write({ type: 'finish', reason }).filter(({ type }) => type === 'message_delta');
      assert.deepEqual(last?.delta, { stop_reason: word, stop_sequence: null });
    });
  }

  test('an unknown stop reason is an end, and goes home as it was', () => {
    const events = eventsOf(started, ending('tired'), stopped);
    assert.deepEqual(events.at(-1), { type: 'finish', reason: 'end', ext: { anthropic: { stop_reason: 'tired' } } });
    const ended = (...of: Event[]): unknown => write(...of).find(({ type }) => type === 'message_delta')?.delta;
    assert.deepEqual(ended(...events), { stop_reason: 'tired', stop_sequence: null });
    const mended: Event = { type: 'finish', reason: 'tool_calls', ext: { anthropic: { stop_reason: 'tired' } } };
    assert.deepEqual(ended(mended), { stop_reason: 'tool_use', stop_sequence: null });
  });

  test('complete without its last event, and without the one before that', () => {
    assert.equal(eventsOf(started, ending('end_turn')).at(-1)?.type, 'finish');
    assert.deepEqual(eventsOf(started, stopped).at(-1), { type: 'finish', reason: 'end' });
  });

  test('a message that is whole in its start', () => {
    const message = {
      ...started.message,
      content: [call('x', { q: 1 })],
      stop_reason: 'tool_use',
      container: { id: 'c' },
    };
    const { content, finish, ext } = fold(eventsOf({ type: 'message_start', message }, stopped));
    assert.deepEqual(content, [{ type: 'tool_call', id: 'x', name: 'f', json: '{"q":1}' }]);
    assert.deepEqual(finish, { reason: 'tool_calls' });
    assert.deepEqual(ext, { anthropic: { container: { id: 'c' } } });
  });

  test('events, blocks and deltas nobody knows are carried', () => {
    const events = eventsOf(
      started,
      { type: 'weather', sky: 'blue' },
      begin(0, { type: 'poem', form: 'haiku' }),
      delta(0, { type: 'verse_delta', verse: 'old pond' }),
      delta(0, { type: 'text_delta', text: 'frog' }),
      close(0),
      begin(1, { type: 'thinking', thinking: '' }),
      delta(1, { type: 'thinking_delta', thinking: 'hm', estimated_tokens: 7 }),
      close(1),
      begin(2, { type: 'text', text: '', mood: 'good' }),
      close(2),
      ending('end_turn'),
      stopped,
    );
    const back = write(...events);
    assert.deepEqual(
      back.filter(({ type }) => type === 'weather'),
      [{ type: 'weather', sky: 'blue' }],
    );
    assert.deepEqual(
      back.filter(({ index }) => index === 0).map((event) => event.content_block ?? event.delta ?? 'stop'),
      [
        { type: 'poem', form: 'haiku' },
        { type: 'verse_delta', verse: 'old pond' },
        { type: 'text_delta', text: 'frog' },
        'stop',
      ],
    );
    assert.deepEqual(
      back.filter(({ index }) => index === 1).map((event) => event.delta),
      [
        undefined,
        { type: 'thinking_delta', thinking: 'hm' },
        { type: 'thinking_delta', thinking: '', estimated_tokens: 7 },
        undefined,
      ],
    );
    assert.deepEqual(fold(events).content, [
      { type: 'native', dialect: 'anthropic', value: { type: 'poem', form: 'haiku', verse: 'old pond', text: 'frog' } },
      { type: 'thinking', text: 'hm' },
      { type: 'text', text: '', ext: { anthropic: { mood: 'good' } } },
    ]);
  });

  test('a call without an id gets one that no other answer has', () => {
    const { content } = fold(
      eventsOf(started, begin(3, { ...call(''), id: undefined }), close(3), ending('tool_use'), stopped),
    );
    assert.deepEqual(content, [{ type: 'tool_call', id: 'toolu_1_3', name: 'f', json: '{}' }]);
  });

  test('a start that is repeated begins one block', () => {
    const start = begin(0, call('x'));
    const { content } = fold(eventsOf(started, start, start, input(0, '{}'), close(0), ending('tool_use'), stopped));
    assert.deepEqual(content, [{ type: 'tool_call', id: 'x', name: 'f', json: '{}' }]);
  });

  test('reasoning whose start is missing does not pass for text', () => {
    const lost = [
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 's' }),
      close(0),
    ];
    const { content } = fold(eventsOf(started, ...lost, ending('end_turn'), stopped));
    assert.deepEqual(content, [{ type: 'thinking', text: 'hm', signature: 's' }]);
  });

  test('no field of the end takes the place of one of the message', () => {
    const { ext } = fold(
      eventsOf(started, ending('end_turn', { type: 'x', content: 5, usage: 6, mood: 'good' }), stopped),
    );
    assert.deepEqual(ext, { anthropic: { mood: 'good' } });
  });

  test('without event lines, with comments, pings and a foreign end mark', () => {
    const bare = [
      ': hello\n\n',
      `data: ${JSON.stringify(started)}\n\n`,
      'event: ping\ndata: {"type":"ping"}\n\n',
      'data: {"type":"message_stop"}\n\n',
      'data: [DONE]\n\n',
    ];
    assert.deepEqual(
      eventsOf(...bare).map(({ type }) => type),
      ['start', 'finish'],
    );
  });

  test('failures in mid-stream keep their kind', () => {
    const failure = (...events: (JsonObject | string)[]): GatewayError => {
      const last = eventsOf(started, begin(0, emptyText), text(0, 'a'), ...events).at(-1);
      return last?.type === 'error' ? last.error : assert.fail('no error');
    };
    assert.equal(
      failure({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }).kind,
      'overloaded',
    );
    assert.equal(
      failure('data: {"error":{"message":"prompt is too long: 9 tokens > 8 maximum"}}\n\n').details.limit,
      8,
    );
    assert.equal(failure('data: {"type":\n\n').kind, 'bad_upstream');
    assert.equal(failure().kind, 'bad_upstream');
    const nothing = eventsOf('').at(-1);
    assert.equal(nothing?.type === 'error' && nothing.error.kind, 'bad_upstream');
  });
});
