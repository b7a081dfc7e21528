import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropic } from '../dialects/anthropic/index.ts';
import { Told } from './told.ts';

const frame = (event: { readonly type: string } & Readonly<Record<string, unknown>>): Buffer =>
  Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
const start = frame({
  type: 'message_start',
  message: { id: 'm', model: 'm', content: [], usage: { input_tokens: 1 } },
});
const open = frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
const piece = (text: string): Buffer =>
  frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });

test('what a client was told is read as it would read it, at any time, and more may follow', () => {
  const told = new Told(anthropic.upstream);
  for (const bytes of [start, open, piece('one ')]) told.keep(bytes);
  assert.deepEqual(told.read(), { blocks: [{ type: 'text', text: 'one ' }], isOpen: true });
  told.keep(piece('two'));
  told.keep(frame({ type: 'content_block_stop', index: 0 }));
  assert.deepEqual(told.read(), { blocks: [{ type: 'text', text: 'one two' }], isOpen: false });
});

test('of a long answer the text is kept, and not all of its bytes', () => {
  const told = new Told(anthropic.upstream);
  for (const bytes of [start, open]) told.keep(bytes);
  let text = '';
  for (let i = 0; i < 5000; i++) {
    text += `word ${i} `;
    told.keep(piece(`word ${i} `));
    assert.ok(told.unread <= 128 * 1024, `${told.unread} bytes are kept`);
  }
  const [block] = told.read()?.blocks ?? [];
  assert.deepEqual(block, { type: 'text', text });
});

test('bytes that are overwritten behind its back are not what it reads', () => {
  const told = new Told(anthropic.upstream);
  const bytes = Buffer.concat([start, open, piece('kept')]);
  told.keep(bytes);
  bytes.fill(0);
  assert.deepEqual(told.read()?.blocks, [{ type: 'text', text: 'kept' }]);
});

test('an answer beyond all measure is not kept', () => {
  const told = new Told(anthropic.upstream);
  const long = piece('x'.repeat(1024 * 1024));
  for (let i = 0; i < 17; i++) told.keep(long);
  assert.equal(told.read(), undefined);
  assert.equal(told.unread, 0);
});
