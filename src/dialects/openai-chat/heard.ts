// For tests: answers as servers send them, and what is read of them.
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readStream } from './stream-read.ts';

export function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  const reader = readStream((event) => events.push(event));
  reader.feed(Buffer.from(text));
  reader.end();
  return events;
}

export function foldOf(events: readonly Event[]): Folded {
  const fold = createFold();
  for (const event of events) fold.sink(event);
  return fold.result();
}

export const frame = (chunk: JsonObject): string => `data: ${JSON.stringify(chunk)}\n\n`;
export const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
export const said = (delta: JsonObject, more: JsonObject = {}): string =>
  frame({ ...base, choices: [{ index: 0, delta, finish_reason: null, ...more }] });
export const ended = (reason: string, more: JsonObject = {}): string =>
  frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: reason, ...more }] });
export const done = 'data: [DONE]\n\n';
export const called = (...entries: JsonObject[]): string => said({ tool_calls: entries });

/** The calls of a stream, `name(arguments)#id`, and why it ended. */
export function callsIn(...frames: string[]): string[] {
  const { content, finish, error } = foldOf(eventsOf(frames.join('') + done));
  const calls = content.map((block) =>
    block.type === 'tool_call' ? `${block.name}(${block.json})#${block.id}` : block.type,
  );
  return [...calls, error === undefined ? String(finish?.reason) : `error ${error.kind}`];
}
