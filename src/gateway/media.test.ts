import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, Source } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import type { ChatRequest } from '../canon/request.ts';
import { checkedMedia } from './media.ts';

const limits = { image: 1000, document: 2000 };
const png = bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR');
const jpeg = bytes('\xff\xd8\xff\xe0\0\x10JFIF\0');
const pdf = bytes('%PDF-1.4\n');
const webm = bytes('\x1a\x45\xdf\xa3\x9fB\x82\x84webm');

function bytes(head: string): string {
  return Buffer.from(`${head}${'\xfb\xff '.repeat(20)}`, 'latin1').toString('base64');
}

function encoded(mediaType: string, data: string): Source {
  return { type: 'base64', mediaType, data };
}

function requestWith(...content: readonly Block[]): ChatRequest {
  return {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [{ role: 'user', content }],
    tools: [],
    sampling: {},
  };
}

function refused(block: Block): GatewayError {
  try {
    checkedMedia(requestWith(block), limits);
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    return error;
  }
  return assert.fail('nothing was refused');
}

test('attachments that are what they say are left alone', () => {
  const blocks: readonly Block[] = [
    { type: 'text', text: 'hello' },
    { type: 'image', source: encoded('image/png', png) },
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    { type: 'image', source: { type: 'file', id: 'file_1', owner: 'anthropic' } },
    { type: 'document', source: encoded('application/pdf', pdf) },
    { type: 'document', source: { type: 'text', text: '%PDF-' } },
    { type: 'document', source: encoded('text/plain', Buffer.from('ID3 is a format').toString('base64')) },
    { type: 'document', source: encoded('application/json', Buffer.from('{}').toString('base64')) },
    { type: 'audio', source: encoded('audio/webm; codecs=opus', webm) },
    { type: 'video', source: encoded('video/webm', webm) },
    { type: 'audio', source: encoded('audio/x-wav', bytes('RIFF\0\0\0\0WAVEfmt ')) },
    { type: 'audio', source: encoded('audio/pcm16', bytes('\xff\xfb\x90\x64')) },
  ];
  const request = requestWith(...blocks);
  const checked = checkedMedia(request, limits);
  assert.deepEqual(checked.losses, []);
  assert.equal(checked.request, request);
});

test('a wrong type is corrected, and told, also within results and documents', () => {
  const wrong: Block = { type: 'image', source: encoded('image/png', jpeg), cache: { ttl: '1h' } };
  const { request, losses } = checkedMedia(
    requestWith(
      wrong,
      { type: 'tool_result', id: 'a', content: [wrong] },
      { type: 'document', source: { type: 'parts', parts: [wrong] } },
      { type: 'image', source: encoded('image/jpg', jpeg) },
      { type: 'audio', source: encoded('audio/wav', webm) },
    ),
    limits,
  );
  assert.deepEqual(losses, [
    { what: 'mapped', path: 'turns[0].content[0]', why: 'is image/jpeg, not image/png' },
    { what: 'mapped', path: 'turns[0].content[1].content[0]', why: 'is image/jpeg, not image/png' },
    { what: 'mapped', path: 'turns[0].content[2].parts[0]', why: 'is image/jpeg, not image/png' },
    { what: 'mapped', path: 'turns[0].content[3]', why: 'is image/jpeg, not image/jpg' },
    { what: 'mapped', path: 'turns[0].content[4]', why: 'is audio/webm, not audio/wav' },
  ]);
  assert.deepEqual(request.turns[0]?.content[0], {
    type: 'image',
    source: encoded('image/jpeg', jpeg),
    cache: { ttl: '1h' },
  });
});

test('what is no image is no image block, and what the other block cannot say is told', () => {
  const { request, losses } = checkedMedia(
    requestWith(
      { type: 'image', source: encoded('image/png', pdf), detail: 'high', cache: {} },
      { type: 'document', source: encoded('image/png', png), title: 'scan', citations: true },
    ),
    limits,
  );
  assert.deepEqual(request.turns[0]?.content, [
    { type: 'document', source: encoded('application/pdf', pdf), cache: {} },
    { type: 'image', source: encoded('image/png', png) },
  ]);
  assert.deepEqual(
    losses.map(({ what, path, why }) => `${what} ${path}: ${why}`),
    [
      'mapped turns[0].content[0]: is application/pdf, not image/png, sent as document instead of image',
      'dropped turns[0].content[0].detail: document blocks have none',
      'mapped turns[0].content[1]: is image/png, sent as image instead of document',
      'dropped turns[0].content[1].title: image blocks have none',
      'dropped turns[0].content[1].citations: image blocks have none',
    ],
  );
});

test('base64 of another custom is written plainly', () => {
  const customs = [
    png.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    png.replace(/(.{40})/g, '$1\n'),
    `data:image/png;base64,${png}`,
  ];
  for (const data of customs) {
    assert.notEqual(data, png);
    const { request, losses } = checkedMedia(
      requestWith({ type: 'image', source: encoded('image/png', data) }),
      limits,
    );
    assert.deepEqual(request.turns[0]?.content, [{ type: 'image', source: encoded('image/png', png) }]);
    assert.deepEqual(
      losses.map(({ what }) => what),
      ['mapped'],
    );
  }
});

test('a data URL is no address', () => {
  const source: Source = { type: 'url', url: `data:image/png;base64,${png}` };
  const { request, losses } = checkedMedia(requestWith({ type: 'image', source }), limits);
  assert.deepEqual(request.turns[0]?.content, [{ type: 'image', source: encoded('image/png', png) }]);
  assert.deepEqual(losses, []);
  assert.equal(refused({ type: 'image', source: { type: 'url', url: 'data:image/png' } }).kind, 'invalid_request');
});

test('what is no base64, empty or too big is refused, with its place', () => {
  const garbage = refused({
    type: 'tool_result',
    id: 'a',
    content: [{ type: 'image', source: encoded('image/png', `${png.slice(0, 40)}*${png.slice(41)}`) }],
  });
  assert.equal(garbage.kind, 'invalid_request');
  assert.equal(garbage.details.param, 'turns[0].content[0].content[0]');
  assert.equal(garbage.message, 'turns[0].content[0].content[0]: the data is not valid base64');
  assert.match(refused({ type: 'image', source: encoded('image/png', '') }).message, /empty/);
  const big = (size: number): string => Buffer.alloc(size).toString('base64');
  const tooBig = refused({ type: 'image', source: encoded('image/png', big(1001)) });
  assert.equal(tooBig.kind, 'too_large');
  assert.match(tooBig.message, /1001 bytes, 1000 are allowed/);
  assert.equal(refused({ type: 'document', source: encoded('application/pdf', big(2001)) }).kind, 'too_large');
  const fits = requestWith({ type: 'document', source: encoded('application/pdf', big(2000)) });
  assert.equal(checkedMedia(fits, limits).request, fits);
});
