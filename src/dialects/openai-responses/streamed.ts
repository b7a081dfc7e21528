// For tests: streams of this language, and what is read and written of them.
import type { Event } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { openaiResponses } from './index.ts';

export const { client, upstream } = openaiResponses;
export const ask = (body: JsonObject = {}): ChatRequest =>
  client.readRequest({ model: 'm', input: 'Hi', stream: true, ...body }, {});

export function write(events: readonly Event[], request = ask()): string {
  let text = '';
  const sink = client.writeStream((piece) => {
    text += piece;
  }, request);
  for (const event of events) sink(event);
  return text;
}

/** The events of a stream; each names itself twice and is numbered. */
export function eventsIn(text: string): JsonObject[] {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  return frames.map((frame, i) => {
    const [, name, data] = /^event: (.+)\ndata: (.+)$/s.exec(frame) ?? [];
    const event = JSON.parse(data ?? '') as JsonObject;
    if (event.type !== name) throw new Error(`An event by another name: ${frame}`);
    if (event.sequence_number !== i) throw new Error(`An event out of order: ${frame}`);
    return event;
  });
}

export function answer(...blocks: readonly (readonly [Event & { type: 'open' }, ...Event[]])[]): Event[] {
  return [
    { type: 'start', id: 'chatcmpl-1', model: 'other-model' },
    ...blocks.flatMap((block, index) => [...block, { type: 'close' as const, index }]).map((event) => event),
    { type: 'usage', usage: { input: 5, cacheRead: 3, output: 7, reasoning: 2 } },
    { type: 'finish', reason: 'end' },
  ];
}

export const text = (index: number, words: string): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'text' } },
  { type: 'text', index, text: words },
];
export const thought = (
  index: number,
  words: string,
  signature?: string,
): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'thinking' } },
  ...(words === '' ? [] : [{ type: 'text', index, text: words } as const]),
  ...(signature === undefined ? [] : [{ type: 'signature', index, signature } as const]),
];
export const call = (
  index: number,
  name: string,
  json: string,
  kind?: 'custom',
): readonly [Event & { type: 'open' }, ...Event[]] => [
  { type: 'open', index, block: { type: 'tool_call', id: `call_${index}`, name, ...(kind !== undefined && { kind }) } },
  { type: 'json', index, json },
];

export const rich = answer(
  thought(0, 'Hm.', 'proof'),
  text(1, 'Hello'),
  text(2, ' there.'),
  call(3, 'f', '{"x":1}'),
  call(4, 'sql', 'SELECT 1', 'custom'),
);
