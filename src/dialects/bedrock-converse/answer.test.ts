import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError } from '../../canon/error.ts';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { createGuard, type Mend } from '../../canon/grammar.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { createEventStreamReader, createMessageWriter } from '../../wire/aws-eventstream.ts';
import { bedrockConverse } from './index.ts';

const { client, upstream } = bedrockConverse;

/** An event, or an exception where its name says so. */
function message(line: JsonObject): Buffer {
  const [[name, payload] = ['', {}]] = Object.entries(line);
  const kind = name.endsWith('Exception') ? 'exception' : 'event';
  return createMessageWriter({ [`:${kind}-type`]: name, ':message-type': kind })(JSON.stringify(payload));
}

interface Heard {
  readonly events: readonly Event[];
  readonly answer: Folded;
  readonly mends: readonly Mend[];
}

function hear(...messages: readonly (JsonObject | Buffer)[]): Heard {
  const events: Event[] = [];
  const mends: Mend[] = [];
  const fold = createFold();
  const guard = createGuard(fold.sink, { onMend: (mend) => mends.push(mend) });
  const reader = upstream.readStream((event) => {
    events.push(event);
    guard.sink(event);
  });
  for (const one of messages) reader.feed(Buffer.isBuffer(one) ? one : message(one));
  reader.end();
  guard.end();
  return { events, answer: fold.result(), mends };
}

function hearWhole(body: unknown): Folded {
  const fold = createFold();
  upstream.readResponse(body, fold.sink);
  return fold.result();
}

const begin = { messageStart: { role: 'assistant' } };
const delta = (contentBlockIndex: number, value: object): JsonObject => ({
  contentBlockDelta: { contentBlockIndex, delta: value },
});
const start = (contentBlockIndex: number, value: object): JsonObject => ({
  contentBlockStart: { contentBlockIndex, start: value },
});
const stop = (contentBlockIndex: number): JsonObject => ({ contentBlockStop: { contentBlockIndex } });
const end = (stopReason: string): JsonObject => ({ messageStop: { stopReason } });
const cost = { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 4 } } };
const call = (at: number, id: string): JsonObject => start(at, { toolUse: { toolUseId: id, name: 'look' } });
const json = (at: number, input: unknown): JsonObject => delta(at, { toolUse: { input } });

describe('a stream', () => {
  test('says each thing as soon as it is known', () => {
    const events: Event[] = [];
    const reader = upstream.readStream((event) => events.push(event));
    const types = (): string[] => events.splice(0).map(({ type }) => type);
    reader.feed(message(begin));
    assert.deepEqual(types(), ['start']);
    reader.feed(message(delta(0, { text: 'Hi' })));
    assert.deepEqual(types(), ['open', 'text']);
    reader.feed(message(stop(0)));
    assert.deepEqual(types(), ['close']);
    reader.feed(message(end('end_turn')));
    assert.deepEqual(types(), []);
    reader.feed(message(cost));
    assert.deepEqual(types(), ['usage', 'finish']);
    reader.end();
    assert.deepEqual(types(), []);
  });

  test('counts may come before the reason, which then is the end', () => {
    const events: Event[] = [];
    const reader = upstream.readStream((event) => events.push(event));
    for (const one of [begin, delta(0, { text: 'Hi.' }), stop(0), cost, end('end_turn')]) reader.feed(message(one));
    assert.equal(events.at(-1)?.type, 'finish');
  });

  test('a block that waited for another is told whole when its turn comes', () => {
    const events: Event[] = [];
    const reader = upstream.readStream((event) => events.push(event));
    for (const one of [begin, call(0, 'a'), delta(1, { text: 'Hi.' }), stop(1), stop(0)]) reader.feed(message(one));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['start', 'open', 'json', 'close', 'open', 'text', 'close'],
    );
  });

  test('blocks that nobody stops are over when the next one begins to be told', () => {
    const { answer, mends } = hear(
      begin,
      delta(0, { text: 'One.' }),
      delta(1, { reasoningContent: { text: 'Hm.' } }),
      delta(1, { reasoningContent: { signature: 'proof' } }),
      call(2, 'a'),
      json(2, '{}'),
      end('tool_use'),
    );
    assert.deepEqual(answer.content, [
      { type: 'text', text: 'One.' },
      { type: 'thinking', text: 'Hm.', signature: 'proof' },
      { type: 'tool_call', id: 'a', name: 'look', json: '{}' },
    ]);
    assert.deepEqual(mends, []);
  });

  test('a block may change its kind', () => {
    const { answer } = hear(
      begin,
      delta(0, { reasoningContent: { text: 'Hm.' } }),
      delta(0, { text: 'So.' }),
      end('end_turn'),
    );
    assert.deepEqual(answer.content, [
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'So.' },
    ]);
  });

  test('empty blocks say nothing', () => {
    const { answer, mends } = hear(
      begin,
      start(0, {}),
      delta(0, { text: '' }),
      stop(0),
      stop(1),
      end('end_turn'),
      cost,
    );
    assert.deepEqual([answer.content, mends], [[], []]);
  });

  test('arguments that came with the start count if no others come', () => {
    const given = { toolUse: { toolUseId: 'a', name: 'look', input: { at: 1 } } };
    assert.deepEqual(hear(begin, start(0, given), stop(0), end('tool_use')).answer.content, [
      { type: 'tool_call', id: 'a', name: 'look', json: '{"at":1}' },
    ]);
    assert.deepEqual(hear(begin, start(0, given), json(0, '{"at":2}'), stop(0), end('tool_use')).answer.content, [
      { type: 'tool_call', id: 'a', name: 'look', json: '{"at":2}' },
    ]);
    assert.deepEqual(hear(begin, call(0, 'a'), json(0, { at: 3 }), stop(0), end('tool_use')).answer.content, [
      { type: 'tool_call', id: 'a', name: 'look', json: '{"at":3}' },
    ]);
  });

  test('a call without an id gets one', () => {
    const { answer } = hear(begin, start(0, { toolUse: { name: 'look' } }), stop(0), end('tool_use'));
    assert.match(answer.content[0]?.type === 'tool_call' ? answer.content[0].id : '', /^tooluse_\w{22}$/);
  });

  test('a cut call is never completed, unless the limit cut it', () => {
    const cut = [begin, call(0, 'a'), json(0, '{"at":')];
    assert.equal(hear(...cut, end('tool_use'), cost).answer.error?.kind, 'bad_upstream');
    assert.equal(hear(...cut).answer.error?.kind, 'bad_upstream');
    const limited = hear(...cut, end('max_tokens'), cost).answer;
    assert.deepEqual([limited.error, limited.finish], [undefined, { reason: 'length' }]);
  });

  test('arguments that belong to no call end the answer', () => {
    for (const messages of [
      [begin, json(0, '{}'), stop(0)],
      [begin, call(0, 'a'), json(0, '{}'), call(0, 'a'), json(0, '{}'), stop(0)],
      [begin, delta(0, { text: 'x' }), call(1, 'a'), json(1, '{}'), call(1, 'a'), json(1, '{}'), stop(1), stop(0)],
    ]) {
      const { answer, events } = hear(...messages, end('tool_use'), cost);
      assert.match(answer.error?.message ?? '', /belong to no call/);
      assert.equal(events.at(-1)?.type, 'error');
    }
  });

  test('models that call a tool and say that they are done are put right', () => {
    const { answer, mends } = hear(begin, call(0, 'a'), stop(0), end('end_turn'), cost);
    assert.deepEqual([answer.finish, mends], [{ reason: 'tool_calls' }, []]);
  });

  test('encrypted reasoning may come in pieces, each base64 of its own', () => {
    const pieces = ['one', 'two!'].map((text) => Buffer.from(text).toString('base64'));
    const redacted = pieces.map((redactedContent) => delta(0, { reasoningContent: { redactedContent } }));
    const { answer } = hear(begin, ...redacted, stop(0), end('end_turn'));
    const whole = Buffer.from('onetwo!').toString('base64');
    assert.deepEqual(answer.content, [{ type: 'thinking', text: '', redacted: whole }]);
  });

  test('pictures come in pieces, or not at all', () => {
    const { answer } = hear(
      begin,
      start(0, { image: { format: 'webp' } }),
      delta(0, { image: { source: { bytes: Buffer.from([1, 2]).toString('base64') } } }),
      delta(0, { image: { source: { bytes: Buffer.from([3]).toString('base64') } } }),
      stop(0),
      start(1, { image: { format: 'png' } }),
      delta(1, { image: { error: { message: 'Filtered.' } } }),
      stop(1),
      end('end_turn'),
    );
    assert.deepEqual(answer.content, [
      { type: 'image', source: { type: 'base64', mediaType: 'image/webp', data: 'AQID' } },
      {
        type: 'native',
        dialect: 'bedrock-converse',
        value: { image: { format: 'png', error: { message: 'Filtered.' } } },
      },
    ]);
    const { content } = answer;
    const source = { bytes: 'AQID' };
    const error = { message: 'Filtered.' };
    const body = {
      output: { message: { content: [{ image: { format: 'webp', source } }, { image: { format: 'png', error } }] } },
    };
    assert.deepEqual(hearWhole(body).content, content);
  });

  test('what nobody knows is kept for whoever does', () => {
    const { answer } = hear(begin, { progress: { done: 1, p: 'abc' } }, delta(0, { smell: 'rose' }), end('end_turn'));
    assert.deepEqual(
      answer.natives.map(({ value }) => value),
      [{ progress: { done: 1 } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { smell: 'rose' } } }],
    );
  });

  test('an exception ends it, and keeps its kind', () => {
    for (const [name, fields, kind] of [
      ['throttlingException', { message: 'Too many tokens, please wait before trying again.' }, 'rate_limit'],
      ['validationException', { message: 'Input is too long for requested model.' }, 'context_overflow'],
      ['validationException', { message: 'No.' }, 'invalid_request'],
      ['serviceUnavailableException', { message: 'No.' }, 'overloaded'],
      ['internalServerException', {}, 'internal'],
      ['modelTimeoutException', { message: 'No.' }, 'upstream_timeout'],
      ['modelStreamErrorException', { message: 'No.' }, 'bad_upstream'],
      ['modelStreamErrorException', { message: 'No.', originalStatusCode: 529 }, 'overloaded'],
      ['modelStreamErrorException', { originalMessage: 'No.', originalStatusCode: 400 }, 'invalid_request'],
    ] as const) {
      const { answer } = hear(begin, delta(0, { text: 'x' }), { [name]: fields }, delta(0, { text: 'y' }));
      assert.equal(answer.error?.kind, kind, name);
      assert.notEqual(answer.error?.message, '');
    }
    const bare = createMessageWriter({
      ':message-type': 'error',
      ':error-code': 'ThrottlingException',
      ':error-message': 'Slow.',
    });
    const { error } = hear(begin, bare('')).answer;
    assert.deepEqual([error?.kind, error?.message], ['rate_limit', 'Slow.']);
  });

  test('a model that could not write what it meant has failed', () => {
    const { answer } = hear(begin, delta(0, { text: 'Let me.' }), stop(0), end('malformed_tool_use'), cost);
    assert.equal(answer.error?.kind, 'bad_upstream');
    assert.deepEqual(answer.usage, { input: 1, output: 2 });
  });

  test('damage ends it, but takes nothing from an answer that is complete', () => {
    const noise = Buffer.from('HTTP/1.1 502 Bad Gateway');
    assert.equal(hear(begin, noise).answer.error?.kind, 'bad_upstream');
    assert.deepEqual(hear(begin, end('end_turn'), noise).answer.finish, { reason: 'end' });
    const senseless = createMessageWriter({ ':message-type': 'event', ':event-type': 'contentBlockDelta' })('null');
    assert.equal(hear(begin, senseless).answer.error?.kind, 'bad_upstream');
    assert.match(hear().answer.error?.message ?? '', /before it began/);
  });

  test('stop reasons, those of this language alone among them', () => {
    for (const [word, reason, own] of [
      ['stop_sequence', 'stop_sequence', undefined],
      ['model_context_window_exceeded', 'context_overflow', undefined],
      ['content_filtered', 'refusal', undefined],
      ['guardrail_intervened', 'refusal', 'guardrail_intervened'],
      ['someday', 'end', 'someday'],
    ] as const) {
      const { finish, ext } = hear(begin, end(word), cost).answer;
      assert.deepEqual([finish?.reason, ext?.['bedrock-converse']?.stopReason], [reason, own]);
    }
  });
});

describe('a whole answer', () => {
  test('blocks may name their type, and hold older forms', () => {
    const content = [
      { type: 'text', text: 'Hi.' },
      { reasoningContent: { redactedReasoning: { data: 'AAEC' } } },
      { reasoningContent: { reasoningText: { text: '' } } },
      { toolUse: { toolUseId: 'a', name: 'look' } },
      { toolUse: { toolUseId: 'b', name: 'look', input: [1] } },
    ];
    assert.deepEqual(hearWhole({ output: { message: { content } }, stopReason: 'tool_use', odd: 1 }), {
      id: '',
      model: '',
      usage: {},
      natives: [],
      content: [
        { type: 'text', text: 'Hi.' },
        { type: 'thinking', text: '', redacted: 'AAEC' },
        { type: 'thinking', text: '' },
        { type: 'tool_call', id: 'a', name: 'look', json: '{}' },
        { type: 'tool_call', id: 'b', name: 'look', json: '[1]' },
      ],
      finish: { reason: 'tool_calls' },
      ext: { 'bedrock-converse': { odd: 1 } },
    });
  });

  test('what is no answer is an error', () => {
    assert.equal(hearWhole({ __type: 'x#ThrottlingException', message: 'Slow.' }).error?.kind, 'rate_limit');
    assert.equal(hearWhole({ message: 'No.' }).error?.kind, 'bad_upstream');
    for (const body of [null, [], 'x', {}, { output: {} }]) assert.equal(hearWhole(body).error?.kind, 'bad_upstream');
  });
});

describe('for a client', () => {
  const request: ChatRequest = {
    from: 'bedrock-converse',
    model: 'm',
    stream: true,
    system: [],
    turns: [],
    tools: [],
    sampling: {},
  };

  function told(...events: readonly Event[]): JsonObject[] {
    const lines: JsonObject[] = [];
    const reader = createEventStreamReader((headers, payload) => {
      const name = headers[':event-type'] ?? headers[':exception-type'] ?? '';
      lines.push({ [name]: JSON.parse(payload.toString()) as unknown });
    });
    const sink = client.writeStream((piece) => reader.feed(piece as Uint8Array), request);
    for (const event of events) sink(event);
    reader.end();
    return lines;
  }

  const opening: Event = { type: 'start', id: 'a', model: 'm' };
  const finish: Event = { type: 'finish', reason: 'end' };

  test('blocks that say nothing have no number', () => {
    const lines = told(
      opening,
      { type: 'open', index: 0, block: { type: 'text' } },
      { type: 'close', index: 0 },
      { type: 'open', index: 1, block: { type: 'native', dialect: 'anthropic', value: { type: 'odd' } } },
      { type: 'json', index: 1, json: '{}' },
      { type: 'close', index: 1 },
      { type: 'open', index: 2, block: { type: 'refusal' } },
      { type: 'text', index: 2, text: 'No.' },
      { type: 'close', index: 2 },
      finish,
    );
    assert.deepEqual(lines, [begin, delta(0, { text: 'No.' }), stop(0), end('end_turn')]);
  });

  test('free text is the argument of a function', () => {
    const lines = told(
      opening,
      { type: 'open', index: 0, block: { type: 'tool_call', id: 'a', name: 'look', kind: 'custom' } },
      { type: 'json', index: 0, json: '*** "Be' },
      { type: 'json', index: 0, json: 'gin"' },
      { type: 'close', index: 0 },
      { type: 'finish', reason: 'tool_calls' },
    );
    assert.deepEqual(lines.slice(1, 4), [call(0, 'a'), json(0, '{"input":"*** \\"Begin\\""}'), stop(0)]);
  });

  test('a later proof replaces an earlier one', () => {
    const lines = told(
      opening,
      { type: 'open', index: 0, block: { type: 'thinking' } },
      { type: 'signature', index: 0, signature: 'a' },
      { type: 'signature', index: 0, signature: 'b' },
      { type: 'close', index: 0 },
      finish,
    );
    assert.deepEqual(lines.slice(1, 3), [delta(0, { reasoningContent: { signature: 'b' } }), stop(0)]);
  });

  test('pictures that have only an address are told as text', () => {
    const source = { type: 'url', url: 'https://a.example/b.png' } as const;
    const lines = told(
      opening,
      { type: 'open', index: 0, block: { type: 'image', source } },
      { type: 'close', index: 0 },
      finish,
    );
    assert.deepEqual(lines[1], delta(0, { text: '![image](https://a.example/b.png)' }));
  });

  test('what a failed answer has cost is told before it fails', () => {
    const error = new GatewayError('permission', 'No.', { param: 'messages' });
    const lines = told(opening, { type: 'usage', usage: { input: 1, reasoning: 2 } }, { type: 'error', error });
    assert.deepEqual(lines.slice(1), [
      {
        metadata: {
          metrics: { latencyMs: 0 },
          usage: { inputTokens: 1, outputTokens: 0, totalTokens: 1, reasoningTokens: 2 },
        },
      },
      { modelStreamErrorException: { message: 'messages: No.', originalStatusCode: 403 } },
    ]);
  });

  test('models are listed in both forms that clients look for', () => {
    const list = client.writeModels([{ id: 'm', displayName: 'M', owner: 'me' }]) as { [list: string]: JsonObject[] };
    assert.equal(list.modelSummaries?.[0]?.modelId, 'm');
    assert.equal(list.inferenceProfileSummaries?.[0]?.inferenceProfileId, 'm');
    assert.equal((client.writeModel({ id: 'm' }).modelDetails as JsonObject).modelName, 'm');
  });
});
