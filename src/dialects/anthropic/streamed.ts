// For tests: streams of this language, and what is read and written of them.
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { createGuard } from '../../canon/grammar.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readRequest } from './request-read.ts';
import { readStream } from './stream-read.ts';
import { writeStream } from './stream-write.ts';

export const request = readRequest({ model: 'asked', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] }, {});
export const started = {
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] },
};
export const stopped = { type: 'message_stop' };

export const begin = (index: number, block: JsonObject): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
export const delta = (index: number, value: JsonObject): JsonObject => ({
  type: 'content_block_delta',
  index,
  delta: value,
});
export const text = (index: number, value: string): JsonObject => delta(index, { type: 'text_delta', text: value });
export const input = (index: number, value: string): JsonObject =>
  delta(index, { type: 'input_json_delta', partial_json: value });
export const close = (index: number): JsonObject => ({ type: 'content_block_stop', index });
export const ending = (reason: string | null, fields: JsonObject = {}): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason: reason, stop_sequence: null, ...fields },
  usage: { output_tokens: 5 },
});
export const emptyText = { type: 'text', text: '' };
export const call = (id: string, value: JsonObject = {}): JsonObject => ({
  type: 'tool_use',
  id,
  name: 'f',
  input: value,
});

function framed(...events: (JsonObject | string)[]): string {
  return events
    .map((event) =>
      typeof event === 'string' ? event : `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    .join('');
}

export function eventsOf(...events: (JsonObject | string)[]): Event[] {
  const read: Event[] = [];
  const reader = readStream((event) => read.push(event));
  reader.feed(Buffer.from(framed(...events)));
  reader.end();
  return read;
}

export function fold(events: readonly Event[]): Folded {
  const folded = createFold();
  const guard = createGuard(folded.sink);
  for (const event of events) guard.sink(event);
  guard.end();
  return folded.result();
}

export function write(...events: Event[]): JsonObject[] {
  let written = '';
  const sink = writeStream((piece) => {
    written += String(piece);
  }, request);
  for (const event of events) sink(event);
  const frames = written.split('\n\n');
  if (frames.pop() !== '') throw new Error(`The last frame does not end: ${written}`);
  return frames.map((frame) => {
    const [, name, data] = /^event: ([\w.-]+)\ndata: ([^\n]+)$/.exec(frame) ?? [];
    const event = JSON.parse(data ?? '') as JsonObject;
    if (event.type !== name) throw new Error(`An event by another name: ${frame}`);
    return event;
  });
}
