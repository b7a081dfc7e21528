import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseParser } from './response-parser.ts';

/** What a parser has made of an answer. */
interface Read {
  status: number | undefined;
  headers: object | undefined;
  body: string;
  ending: 'done' | 'open' | 'error';
  excess: boolean;
}

function readPieces(pieces: readonly Buffer[]): Read {
  const parser = new ResponseParser();
  let body = '';
  for (const piece of pieces) {
    // As a socket's buffer it belongs to the parser during the call, and to others afterwards.
    const shared = Buffer.concat([piece, Buffer.from('\r\n\r\n of an older read')]);
    parser.feed(shared, piece.length);
    body += parser.bytes.toString('latin1', parser.from, parser.to);
    shared.fill('!');
  }
  const ended = parser.done ? 'done' : 'open';
  const { head, error, excess } = parser;
  const ending = error === undefined ? ended : 'error';
  return { status: head?.status, headers: head?.headers, body, ending, excess };
}

/** Reads an answer in one piece, and makes sure that it is the same in any two and in single bytes. */
function read(answer: string): Read {
  const bytes = Buffer.from(answer, 'latin1');
  const whole = readPieces([bytes]);
  for (let at = 1; at < bytes.length; at += 1) {
    assert.deepEqual(readPieces([bytes.subarray(0, at), bytes.subarray(at)]), whole, `split at ${at}`);
  }
  assert.deepEqual(readPieces(Array.from(bytes, (byte) => Buffer.of(byte))), whole, 'in single bytes');
  return whole;
}

function errorOf(answer: string): string {
  const parser = new ResponseParser();
  parser.feed(Buffer.from(answer, 'latin1'));
  assert.equal(read(answer).ending, 'error');
  return parser.error?.message ?? '';
}

test('a counted body', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Y:  z \t\r\nempty:\r\ncontent-length: 5\r\n\r\nhello';
  const headers = { 'content-type': 'a/b', 'x-y': 'z', empty: '', 'content-length': '5' };
  assert.deepEqual(read(answer), { status: 200, headers, body: 'hello', ending: 'done', excess: false });
  assert.equal(read(answer.slice(0, -1)).ending, 'open');
  assert.deepEqual(read(`${answer}x`), { status: 200, headers, body: 'hello', ending: 'done', excess: true });
});

test('repeated headers are joined, whatever their names', () => {
  const { headers } = read(
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nconstructor: x\r\n__proto__: y\r\nc: caf\xe9\r\ncontent-length: 0\r\n\r\n',
  );
  assert.deepEqual(headers, { 'set-cookie': 'a=1, b=2', constructor: 'x', c: 'caf\xe9', 'content-length': '0' });
});

test('chunks, their extensions and trailers', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n';
  const chunks = '5\r\nhello\r\n00A;name="x"; other\r\n0123456789\r\n1\r\n\r\r\n';
  const expected = {
    status: 200,
    headers: { 'transfer-encoding': 'Chunked' },
    body: 'hello0123456789\r',
    excess: false,
  };
  assert.deepEqual(read(`${head}${chunks}0\r\n\r\n`), { ...expected, ending: 'done' });
  assert.deepEqual(read(`${head}${chunks}0\r\nx-sum: 1\r\ny: 2\r\n\r\n`), { ...expected, ending: 'done' });
  assert.deepEqual(read(`${head}${chunks}0\r\n\r\n\r\n`), { ...expected, ending: 'done', excess: true });
  assert.deepEqual(read(`${head}${chunks}0\r\nx-sum: 1\r\n`), { ...expected, ending: 'open' });
  assert.deepEqual(read(`${head}${chunks}0;last\r\n`), { ...expected, ending: 'open' });
});

test('extensions are limited by the chunk, not by the answer', () => {
  const chunk = `1;signature=${'f'.repeat(10_000)}\r\na\r\n`;
  const answer = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`;
  const { body, ending } = readPieces([Buffer.from(answer)]);
  assert.deepEqual([body, ending], ['aaaaa', 'done']);
});

test('all payload of a read comes in one piece, where it lay', () => {
  const parser = new ResponseParser();
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n2\r\nh');
  parser.feed(bytes);
  assert.equal(parser.bytes, bytes);
  assert.equal(bytes.toString('latin1', parser.from, parser.to), 'abcdefgh');
  parser.feed(Buffer.from('i\r\n'));
  assert.equal(parser.bytes.toString('latin1', parser.from, parser.to), 'i');
});

test('a body that ends with the connection', () => {
  for (const headers of ['', 'transfer-encoding: gzip\r\n', 'transfer-encoding: chunked, gzip\r\n']) {
    const parser = new ResponseParser();
    parser.feed(Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\nhel`));
    assert.deepEqual([parser.done, parser.head?.reusable], [false, false]);
    assert.equal(parser.close(), true);
    assert.equal(parser.done, true);
  }
  const early = new ResponseParser();
  early.feed(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhe'));
  assert.equal(early.close(), false);
});

test('what comes before the answer is skipped', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n';
  const answer = read(`\r\n${interim}HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok`);
  assert.deepEqual([answer.status, answer.headers, answer.body], [201, { 'content-length': '2' }, 'ok']);
  assert.match(errorOf('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'), /protocol/);
});

test('answers without a body', () => {
  for (const status of ['204 No Content', '304 Not Modified']) {
    for (const [header, reusable] of [
      ['', true],
      ['content-length: 0\r\n', true],
      ['content-length: 7\r\n', false],
      ['transfer-encoding: chunked\r\n', false],
    ] as const) {
      const answer = `HTTP/1.1 ${status}\r\n${header}\r\n`;
      assert.deepEqual([read(answer).ending, read(answer).body], ['done', '']);
      const parser = new ResponseParser();
      parser.feed(Buffer.from(answer));
      assert.equal(parser.head?.reusable, reusable, answer);
    }
  }
});

test('a connection is kept where both sides want it', () => {
  const kept = (version: string, connection: string): boolean | undefined => {
    const parser = new ResponseParser();
    parser.feed(Buffer.from(`HTTP/${version} 200 OK\r\n${connection}content-length: 0\r\n\r\n`));
    return parser.head?.reusable;
  };
  assert.equal(kept('1.1', ''), true);
  assert.equal(kept('1.1', 'connection: close\r\n'), false);
  assert.equal(kept('1.1', 'connection: x, Close\r\n'), false);
  assert.equal(kept('1.1', 'connection: disclose\r\n'), true);
  assert.equal(kept('1.0', ''), false);
  assert.equal(kept('1.0', 'connection: Keep-Alive\r\n'), true);
  assert.equal(kept('1.0', 'connection: keep-alive\r\nconnection: close\r\n'), false);
});

test('what two readers could understand differently is refused', () => {
  const head = (...lines: string[]): string => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;
  assert.match(errorOf(head('content-length: 3', 'transfer-encoding: chunked')), /Both/);
  assert.match(errorOf(head('transfer-encoding: chunked', 'content-length: 3')), /Both/);
  for (const length of [
    '3\r\ncontent-length: 4',
    '3\r\ncontent-length: 3',
    '3, 3',
    '+3',
    '-3',
    '0x3',
    '',
    '3 3',
    '1'.repeat(30),
  ]) {
    assert.match(errorOf(head(`content-length: ${length}`)), /content-length/, length);
  }
  for (const line of [
    'no colon',
    ' folded: x',
    ': nameless',
    'bad name: x',
    'space : x',
    'bad(name): x',
    'caf\xe9: x',
  ]) {
    assert.match(errorOf(head(line)), /name/, line);
  }
  for (const line of ['a: \0', 'a: \x7f', 'a: b\rc', 'a: b\nc', 'a: b\r', '\ra: b', 'a\n: b']) {
    assert.match(errorOf(head(line)), /control|begin|name/, JSON.stringify(line));
  }
});

test('what is no HTTP is refused at once', () => {
  for (const answer of [
    'SSH-2.0-x\r\n',
    'HTTP/2.0 200 OK\r\n',
    'HTTP/1.1 200 OK\ncontent-length: 0\n\n',
    '{"a":1}',
    '\x15\x03\x01',
  ]) {
    assert.match(errorOf(answer), /begin/, answer);
  }
  for (const line of [
    'HTTP/1.1 20',
    'HTTP/1.1 0200 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 abc',
    'HTTP/1.1 099 Low',
    'HTTP/1.2 200 OK',
  ]) {
    assert.match(errorOf(`${line}\r\n\r\n`), /status line/, line);
  }
});

test('chunks that do not fit together are refused, and what was good of them is kept', () => {
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  const first = '3\r\nabc\r\n';
  for (const next of [
    '',
    'x',
    '-1\r\n',
    ' 1\r\n',
    '1 \r\n',
    '0x1\r\n',
    '\r\n',
    ';a\r\n',
    '1\n',
    '1\rx',
    '1;a\n',
    '1;\0\r\n',
    '1000000000001\r\n',
    '1\r\nab',
    '1\r\na\n',
    '1\r\na\rb',
  ]) {
    const { ending, body } = read(`${head}${first}${next}`);
    assert.equal(ending, next === '' ? 'open' : 'error', JSON.stringify(next));
    assert.ok(body.startsWith('abc'));
  }
  for (const trailer of [
    'bad',
    'bad name: x\r\n',
    ' x: y\r\n',
    'content-length: 3\r\n',
    'a: b\nc',
    'a: b\rc',
    'a: \0',
  ]) {
    assert.equal(read(`${head}${first}0\r\n${trailer}\r\n\r\n`).ending, 'error', trailer);
  }
});

test('nothing is gathered without end', () => {
  const endless = (beginning: string, text: string): string => {
    const parser = new ResponseParser();
    parser.feed(Buffer.from(beginning));
    for (let fed = 0; parser.error === undefined; fed += text.length) {
      assert.ok(fed < 40_000, `${beginning} is gathered without end`);
      parser.feed(Buffer.from(text));
    }
    return parser.error.message;
  };
  const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  assert.match(endless('HTTP/1.1 200 ', 'OK'.repeat(500)), /head .* too large/);
  assert.match(endless('HTTP/1.1 200 OK\r\n', `a: ${'b'.repeat(1000)}\r\n`), /head .* too large/);
  assert.match(endless(`${chunked}1;`, 'x'.repeat(1000)), /extension/);
  assert.match(endless(`${chunked}0\r\n`, `a: ${'b'.repeat(1000)}\r\n`), /trailers .* too large/);
  assert.match(endless(`${chunked}0\r\na: `, 'b'.repeat(1000)), /trailers .* too large/);
  const large = `HTTP/1.1 200 OK\r\na: ${'b'.repeat(16_000)}\r\ncontent-length: 0\r\n\r\n`;
  assert.equal(readPieces([Buffer.from(large)]).ending, 'done');
  assert.equal(readPieces([Buffer.from(large.replace('a:', `a: ${'b'.repeat(400)}`))]).ending, 'error');
});

test('a parser is as new after a reset', () => {
  const parser = new ResponseParser();
  parser.feed(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nb: c\r\n\r\nexcess'));
  parser.reset();
  assert.deepEqual([parser.head, parser.error, parser.excess, parser.done], [undefined, undefined, false, false]);
  parser.feed(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n'));
  assert.equal(parser.bytes.toString('latin1', parser.from, parser.to), 'b');
  assert.equal(parser.done, true);
});
