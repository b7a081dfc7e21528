import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatRequest } from '../canon/request.ts';
import { anthropic } from '../dialects/anthropic/index.ts';
import { ClientWriter } from './client-writer.ts';
import { createPassage, type Passage } from './passage.ts';
import { createTranslator } from './translate.ts';

const request: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
};
const start =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n';

function passage(read: () => ChatRequest = () => request): Passage {
  const { upstream: from, client: to } = anthropic;
  return createPassage(
    anthropic.pass,
    (state) => createTranslator({ from, to: new ClientWriter(to, read()), tap: (next) => next, ...state }),
    () => undefined,
  );
}

test('a frame beyond all measure ends the answer, and the client is told why', () => {
  const passing = passage();
  assert.equal(Buffer.from(passing.feed(Buffer.from(start))).toString(), start);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let left = '';
  for (let i = 0; i < 66 && left === ''; i++) left = Buffer.from(passing.feed(chunk)).toString();
  assert.match(left, /^event: error\ndata: .*larger than \d+ bytes/);
  assert.equal(passing.ended(), true);
});

test('a translator that cannot be had is for the caller to know', () => {
  const passing = passage(() => {
    throw new Error('not readable');
  });
  passing.feed(Buffer.from(start));
  assert.throws(() => passing.feed(Buffer.from('event: odd\ndata: nonsense\n\n')), /not readable/);
});
