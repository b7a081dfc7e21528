import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChunkFilter, createChunkUnwrapper, createChunkWrapper } from './aws-chunks.ts';
import { createEventStreamReader, createMessageWriter } from './aws-eventstream.ts';

function run(filter: ChunkFilter, chunks: Iterable<Uint8Array>): Buffer {
  const pieces: Buffer[] = [];
  for (const chunk of chunks) pieces.push(Buffer.from(filter.feed(chunk)));
  pieces.push(Buffer.from(filter.end()));
  return Buffer.concat(pieces);
}

interface Message {
  readonly headers: { readonly [name: string]: string };
  readonly payload: unknown;
}

function messagesIn(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  const reader = createEventStreamReader((headers, payload) => {
    messages.push({ headers, payload: JSON.parse(payload.toString()) });
  });
  reader.feed(bytes);
  reader.end();
  return messages;
}

function frame(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const events = [
  { type: 'message_start', message: { id: 'msg_1', content: [], usage: { input_tokens: 3 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 😀\n' } },
  { type: 'ping' },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } },
  { type: 'message_stop' },
];
const sse = Buffer.from(events.map(frame).join(''));

function chunkMessage(data: unknown): Buffer {
  const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64');
  const headers = { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' };
  return createMessageWriter(headers)(JSON.stringify({ bytes, p: 'abcdef' }));
}

function exceptionMessage(name: string, body: object): Buffer {
  const headers = { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' };
  return createMessageWriter(headers)(JSON.stringify(body));
}

test('each event becomes a chunk, each chunk an event, in whatever pieces', () => {
  const bytes = run(createChunkWrapper(), [sse]);
  assert.deepEqual(
    messagesIn(bytes).map(({ headers, payload }) => [
      headers[':message-type'],
      headers[':event-type'],
      headers[':content-type'],
      JSON.parse(Buffer.from((payload as { bytes: string }).bytes, 'base64').toString()) as unknown,
    ]),
    events.map((event) => ['event', 'chunk', 'application/json', event]),
  );
  assert.equal(run(createChunkUnwrapper(), [bytes]).toString(), sse.toString());
  const cutAt = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
    const edges = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
    return edges.slice(1).map((edge, i) => whole.subarray(edges[i], edge));
  };
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { maxLength: 30 }), (cuts) => {
      assert.deepEqual(run(createChunkWrapper(), cutAt(sse, cuts)), bytes);
      assert.equal(run(createChunkUnwrapper(), cutAt(bytes, cuts)).toString(), sse.toString());
    }),
  );
});

test('what a whole chunk holds leaves with the bytes that complete it', () => {
  const filter = createChunkUnwrapper();
  const bytes = chunkMessage({ type: 'message_stop' });
  assert.equal(filter.feed(bytes.subarray(0, -1)).length, 0);
  assert.equal(filter.feed(bytes.subarray(-1)).toString(), frame({ type: 'message_stop' }));
});

test('events are known by their type, wherever it stands in them', () => {
  const spread = '{\n  "index": 0,\n  "type": "content_block_stop"\n}';
  assert.equal(
    run(createChunkUnwrapper(), [chunkMessage(spread)]).toString(),
    'event: content_block_stop\ndata: {"index":0,"type":"content_block_stop"}\n\n',
  );
});

test('exceptions become errors of the type that clients know', () => {
  for (const [name, type] of Object.entries({
    validationException: 'invalid_request_error',
    throttlingException: 'rate_limit_error',
    serviceUnavailableException: 'overloaded_error',
    modelTimeoutException: 'timeout_error',
    internalServerException: 'api_error',
    modelStreamErrorException: 'api_error',
    neverHeardOfException: 'api_error',
  })) {
    const bytes = [exceptionMessage(name, { message: 'No.' }), chunkMessage({ type: 'message_stop' })];
    assert.equal(
      run(createChunkUnwrapper(), bytes).toString(),
      frame({ type: 'error', error: { type, message: 'No.' } }),
    );
  }
  const nameless = run(createChunkUnwrapper(), [exceptionMessage('throttlingException', {})]).toString();
  assert.match(nameless, /"message":"throttlingException"/);
  const unmodelled = createMessageWriter({
    ':message-type': 'error',
    ':error-code': 'Broken',
    ':error-message': 'Pipe.',
  });
  assert.equal(
    run(createChunkUnwrapper(), [unmodelled('')]).toString(),
    frame({ type: 'error', error: { type: 'api_error', message: 'Pipe.' } }),
  );
});

test('errors become exceptions of the name that clients know', () => {
  for (const [type, name] of Object.entries({
    invalid_request_error: 'validationException',
    authentication_error: 'validationException',
    rate_limit_error: 'throttlingException',
    overloaded_error: 'serviceUnavailableException',
    timeout_error: 'modelTimeoutException',
    api_error: 'internalServerException',
    never_heard_of: 'internalServerException',
  })) {
    const [message] = messagesIn(
      run(createChunkWrapper(), [Buffer.from(frame({ type: 'error', error: { type, message: 'No.' } }))]),
    );
    assert.equal(message?.headers[':message-type'], 'exception');
    assert.equal(message?.headers[':exception-type'], name);
    assert.deepEqual(message?.payload, { message: 'No.' });
  }
});

test('a damaged or senseless stream ends in an error, and nothing follows it', () => {
  const good = chunkMessage({ type: 'message_stop' });
  const damaged = Buffer.from(good);
  damaged[20] = (damaged[20] as number) ^ 1;
  for (const bytes of [damaged, chunkMessage('no event'), chunkMessage('{"type":"a\\nb"}'), chunkMessage('[]')]) {
    const left = run(createChunkUnwrapper(), [bytes, good]).toString();
    assert.match(left, /^event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"[^"]+"\}\}\n\n$/);
  }
});

test('other messages, comments and pings before the answer say nothing', () => {
  const other = createMessageWriter({ ':message-type': 'event', ':event-type': 'initial-response' })('{}');
  assert.equal(run(createChunkUnwrapper(), [other]).length, 0);
  const early = Buffer.from(`: hello\n\n${frame({ type: 'ping' })}data: [DONE]\n\n`);
  assert.equal(run(createChunkWrapper(), [early]).length, 0);
});

test('a last frame without its blank line is not lost', () => {
  const left = messagesIn(run(createChunkWrapper(), [Buffer.from(frame({ type: 'message_stop' }).trimEnd())]));
  assert.equal(left.length, 1);
});
