import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../canon/event.ts';
import type { ChatRequest } from '../canon/request.ts';
import { runOf } from '../canon/run.ts';
import { anthropic } from '../dialects/anthropic/index.ts';
import { ClientWriter } from './client-writer.ts';
import { Seam } from './seam.ts';

const request: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: true,
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
};
const sent = 'He was told to go on with  ';
const pieces = [' ', ' what', ' he\\n', ' had', ' begun'];

/** What the client is sent by a second provider whose text is told in these events. */
function goneOn(more: readonly Event[]): string {
  const writer = new ClientWriter(anthropic.client, request);
  const before: readonly Event[] = [
    { type: 'start', id: 'a', model: 'm' },
    { type: 'open', index: 0, block: { type: 'text' } },
    { type: 'text', index: 0, text: sent },
  ];
  for (const event of before) writer.sink(event);
  writer.take();
  const said = [{ type: 'text', text: sent }] as const;
  const broken = { type: 'text', sent, said } as const;
  const seam = new Seam({ writer, broken, usage: {}, unproven: '', saidTokens: 7 });
  seam.ask(request, true);
  const sink = seam.tap(writer.sink);
  sink({ type: 'start', id: 'b', model: 'm' });
  sink({ type: 'open', index: 0, block: { type: 'text' } });
  for (const event of more) sink(event);
  return Buffer.from(writer.take()).toString();
}

test('a text that goes on in a run is told as it would be piece by piece', () => {
  const texts = pieces.map((piece) => piece.replace('\\n', '\n'));
  const single = goneOn(texts.map((text): Event => ({ type: 'text', index: 0, text })));
  assert.equal(goneOn([{ type: 'text', index: 0, text: texts.join(''), pieces: runOf(pieces) }]), single);
  assert.equal(single.split('event: content_block_delta').length - 1, 4);
});
