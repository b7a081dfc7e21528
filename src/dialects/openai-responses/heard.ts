// For tests: answers as servers send them, and what is read of them.
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { openaiResponses } from './index.ts';

export const { upstream } = openaiResponses;
export const head = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', output: [] };
export const created = { type: 'response.created', response: { ...head, status: 'in_progress' } };
export const completed = (output: readonly JsonObject[] = [], more: JsonObject = {}): JsonObject => ({
  type: 'response.completed',
  response: { ...head, status: 'completed', output, ...more },
});
export const added = (index: number, item: JsonObject): JsonObject => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
});
export const done = (index: number, item: JsonObject): JsonObject => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
});
export const message = (text: string, more: JsonObject = {}): JsonObject => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
export const call = (id: string, json: string): JsonObject => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: json,
});

function framesOf(events: readonly (JsonObject | string)[]): string {
  return events.map((event) => (typeof event === 'string' ? event : `data: ${JSON.stringify(event)}\n\n`)).join('');
}

export function eventsOf(...events: readonly (JsonObject | string)[]): Event[] {
  const heard: Event[] = [];
  const reader = upstream.readStream((event) => heard.push(event));
  reader.feed(Buffer.from(framesOf(events)));
  reader.end();
  return heard;
}

export function read(...events: readonly (JsonObject | string)[]): Folded {
  const fold = createFold();
  for (const event of eventsOf(...events)) fold.sink(event);
  return fold.result();
}

export function readWhole(body: unknown): Folded {
  const fold = createFold();
  upstream.readResponse(body, fold.sink);
  return fold.result();
}

export const textOf = ({ content }: Folded): string =>
  content.map((block) => ('text' in block ? block.text : '')).join('');
export const callsOf = ({ content }: Folded): unknown[] =>
  content.flatMap((block) => (block.type === 'tool_call' ? [[block.id, block.name, block.json]] : []));
