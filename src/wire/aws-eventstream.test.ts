import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import {
  BadEventStream,
  createEventStreamReader,
  createMessageWriter,
  type MessageHeaders,
} from './aws-eventstream.ts';
import { crc32 } from './crc32.ts';

interface Message {
  readonly headers: MessageHeaders;
  readonly payload: string;
}

function read(chunks: Iterable<Uint8Array>, limit?: number): Message[] {
  const messages: Message[] = [];
  const reader = createEventStreamReader(
    (headers, payload) => messages.push({ headers, payload: payload.toString('latin1') }),
    limit,
  );
  for (const chunk of chunks) reader.feed(chunk);
  reader.end();
  return messages;
}

function hex(...parts: string[]): Buffer {
  return Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
}

/** Text as hexadecimal digits. */
function ascii(text: string): string {
  return Buffer.from(text).toString('hex');
}

const payload = "{'foo':'bar'}";
const vectors: { readonly [name: string]: { readonly bytes: Buffer; readonly message: Message } } = {
  'an empty message': {
    bytes: hex('00000010 00000000 05c248eb 7d98c8ff'),
    message: { headers: {}, payload: '' },
  },
  'a payload without headers': {
    bytes: hex('0000001d 00000000 fd528c5a', ascii(payload), 'c3653936'),
    message: { headers: {}, payload },
  },
  'a number': {
    bytes: hex('0000002d 00000010 41c424b8 0a', ascii('event-type'), '04 0000a00c', ascii(payload), '36f480a0'),
    message: { headers: { 'event-type': '40972' }, payload },
  },
  'a text': {
    bytes: hex(
      '0000003d 00000020 07fd8396 0c',
      ascii('content-type'),
      '07 0010',
      ascii('application/json'),
      ascii(payload),
      '8d9c08b1',
    ),
    message: { headers: { 'content-type': 'application/json' }, payload },
  },
  'every type of value': {
    bytes: hex(
      '000000cc 000000af 0fae64ca',
      `0a ${ascii('event-type')} 04 0000a00c`,
      `0c ${ascii('content-type')} 07 0010 ${ascii('application/json')}`,
      `0a ${ascii('bool false')} 01`,
      `09 ${ascii('bool true')} 00`,
      `04 ${ascii('byte')} 02 cf`,
      `08 ${ascii('byte buf')} 06 0014 ${ascii("I'm a little teapot!")}`,
      `09 ${ascii('timestamp')} 08 0000000000845fed`,
      `05 ${ascii('int16')} 03 002a`,
      `05 ${ascii('int64')} 05 00000000028757b2`,
      `04 ${ascii('uuid')} 09 0102030405060708090a0b0c0d0e0f10`,
      ascii(payload),
      'aba5f10c',
    ),
    message: {
      headers: {
        'event-type': '40972',
        'content-type': 'application/json',
        'bool false': 'false',
        'bool true': 'true',
        byte: '-49',
        'byte buf': Buffer.from("I'm a little teapot!").toString('base64'),
        timestamp: '1970-01-01T02:24:35.309Z',
        int16: '42',
        int64: '42424242',
        uuid: '01020304-0506-0708-090a-0b0c0d0e0f10',
      },
      payload,
    },
  },
};

for (const [name, { bytes, message }] of Object.entries(vectors)) {
  test(`${name} is read, cut anywhere`, () => {
    assert.deepEqual(read([bytes]), [message]);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), [message], `cut at ${at}`);
    }
    assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), [message]);
  });

  test(`${name} with any one bit changed is refused`, () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.throws(() => read([damaged]), BadEventStream, `bit ${bit}`);
    }
  });

  test(`${name} that is cut is refused at the end`, () => {
    for (let at = 1; at < bytes.length; at++) {
      assert.throws(() => read([bytes.subarray(0, at)]), /ends in the middle/, `cut at ${at}`);
    }
  });
}

test('times beyond any calendar stay numbers', () => {
  const bytes = framed(hex(`01 ${ascii('t')} 08 7fffffffffffffff`), '');
  assert.deepEqual(read([bytes])[0]?.headers, { t: '9223372036854775807' });
});

/** A message around any bytes for headers. */
function framed(headers: Buffer, text: string): Buffer {
  const total = 16 + headers.length + text.length;
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(total, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(zlibCrc32(prelude.subarray(0, 8)), 8);
  const bytes = Buffer.concat([prelude, headers, Buffer.from(text), Buffer.alloc(4)]);
  bytes.writeUInt32BE(zlibCrc32(bytes.subarray(0, total - 4)), total - 4);
  return bytes;
}

test('headers that contradict themselves are refused, though their checksums are right', () => {
  for (const [what, headers] of Object.entries({
    'no name': '00 07 0000',
    'a name beyond the end': `05 ${ascii('abc')}`,
    'a name and no type': `03 ${ascii('abc')}`,
    'an unknown type': `03 ${ascii('abc')} 0a 00`,
    'a value beyond the end': `03 ${ascii('abc')} 07 0004 ${ascii('xyz')}`,
    'half a length': `03 ${ascii('abc')} 07 00`,
    'half a number': `03 ${ascii('abc')} 04 0000`,
  })) {
    assert.throws(() => read([framed(hex(headers), 'x')]), /headers/, what);
  }
  const prelude = Buffer.alloc(12);
  for (const [total, headers] of [
    [15, 0],
    [20, 5],
    [0, 0],
  ] as const) {
    prelude.writeUInt32BE(total, 0);
    prelude.writeUInt32BE(headers, 4);
    prelude.writeUInt32BE(zlibCrc32(prelude.subarray(0, 8)), 8);
    assert.throws(() => read([prelude]), /contradict/, `${total}, ${headers}`);
  }
});

test('a message beyond the limit is refused when its length is known, not when it has come', () => {
  const bytes = createMessageWriter({ a: 'b' })('x'.repeat(100));
  assert.equal(read([bytes], bytes.length).length, 1);
  assert.throws(() => read([bytes.subarray(0, 12)], bytes.length - 1), /larger than/);
});

test('after a fault nothing more is read', () => {
  const seen: string[] = [];
  const reader = createEventStreamReader((_, { length }) => seen.push(String(length)));
  const good = createMessageWriter({})('good');
  reader.feed(good);
  assert.throws(() => reader.feed(Buffer.alloc(16)), BadEventStream);
  assert.throws(() => reader.feed(good), BadEventStream);
  assert.throws(() => reader.end(), BadEventStream);
  assert.deepEqual(seen, ['4']);
});

test('a message that comes whole is handed on without a copy', () => {
  const bytes = createMessageWriter({ a: 'b' })('text');
  const reader = createEventStreamReader((_, { buffer }) => assert.equal(buffer, bytes.buffer));
  reader.feed(bytes);
});

test('headers that repeat are read once, others anew', () => {
  const seen: MessageHeaders[] = [];
  const reader = createEventStreamReader((headers) => seen.push(headers));
  const [a, b] = [createMessageWriter({ name: 'a' }), createMessageWriter({ name: 'b' })];
  for (const message of [a('1'), a('2'), b('3'), a('4')]) reader.feed(message);
  assert.deepEqual(seen, [{ name: 'a' }, { name: 'a' }, { name: 'b' }, { name: 'a' }]);
  assert.equal(seen[0], seen[1]);
});

test('headers that the format cannot hold are not written', () => {
  createMessageWriter({ ['n'.repeat(255)]: 'v'.repeat(65_535) });
  for (const headers of [{ '': 'v' }, { ['n'.repeat(256)]: 'v' }, { n: 'é'.repeat(32_768) }]) {
    assert.throws(() => createMessageWriter(headers), RangeError);
  }
});

const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((name) => name !== '__proto__');
const someHeaders = fc.dictionary(names, fc.string({ unit: 'binary', maxLength: 60 }), { maxKeys: 5 });
const someMessages = fc.array(fc.tuple(someHeaders, fc.uint8Array({ maxLength: 300 })), { maxLength: 6 });

test('whatever is written is read again, in whatever pieces', () => {
  fc.assert(
    fc.property(someMessages, fc.array(fc.nat(3000)), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(([headers, body]) => createMessageWriter(headers)(body)));
      const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((x, y) => x - y), bytes.length];
      const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
      assert.deepEqual(
        read(chunks),
        messages.map(([headers, body]) => ({ headers: { ...headers }, payload: Buffer.from(body).toString('latin1') })),
      );
    }),
  );
});

test('text and bytes are written alike', () => {
  const write = createMessageWriter({ ':event-type': 'chunk' });
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => write(text).equals(write(Buffer.from(text)))));
});

test('checksums are those of zlib, at once or in parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
      const at = Math.min(cut, bytes.length);
      assert.equal(crc32(bytes), zlibCrc32(bytes));
      assert.equal(crc32(bytes, at, bytes.length, crc32(bytes, 0, at)), zlibCrc32(bytes));
    }),
  );
});

/** The codec that Amazon's own client brings along. */
interface Codec {
  encode(message: { headers: { [name: string]: { type: string; value: unknown } }; body: Uint8Array }): Uint8Array;
  decode(bytes: Uint8Array): { headers: { [name: string]: { value: unknown } }; body: Uint8Array };
}

function officialCodec(): Codec {
  const sdk = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-bedrock-runtime'));
  const { EventStreamCodec } = sdk('@smithy/core/event-streams') as {
    EventStreamCodec: new (toUtf8: (bytes: Uint8Array) => string, fromUtf8: (text: string) => Uint8Array) => Codec;
  };
  return new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(),
    (text) => Buffer.from(text),
  );
}

test("Amazon's client reads what is written here, and the other way round", () => {
  const codec = officialCodec();
  fc.assert(
    fc.property(someHeaders, fc.uint8Array({ maxLength: 300 }), (headers, body) => {
      const { headers: theirs, body: theirBody } = codec.decode(createMessageWriter(headers)(body));
      assert.deepEqual(Object.fromEntries(Object.entries(theirs).map(([name, { value }]) => [name, value])), {
        ...headers,
      });
      assert.deepEqual(Buffer.from(theirBody), Buffer.from(body));
      const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }] as const);
      const [back] = read([codec.encode({ headers: Object.fromEntries(typed), body })]);
      assert.deepEqual(back, { headers: { ...headers }, payload: Buffer.from(body).toString('latin1') });
    }),
  );
});
