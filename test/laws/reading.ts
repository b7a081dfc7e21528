import assert from 'node:assert/strict';
import type { Event, Sink } from '../../src/canon/event.ts';
import { createFold, type Folded } from '../../src/canon/fold.ts';
import { isObject, type JsonObject, parseJson } from '../../src/canon/json.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import type { ClientSide, UpstreamSide } from '../../src/dialects/dialect.ts';
import { lent } from './splits.ts';

/** The events of a streamed answer that arrives in these pieces. */
export function readStreamed(side: UpstreamSide, chunks: Iterable<Uint8Array>): Event[] {
  const events: Event[] = [];
  const reader = side.readStream((event) => events.push(event));
  for (const chunk of lent(chunks)) reader.feed(chunk);
  reader.end();
  return events;
}

/** The events of a whole answer. */
export function readWhole(side: UpstreamSide, body: unknown): Event[] {
  const events: Event[] = [];
  side.readResponse(body, (event) => events.push(event));
  return events;
}

/** The bytes a client is sent for these events. */
export function writeStreamed(side: ClientSide, request: ChatRequest, events: readonly Event[]): Buffer {
  const pieces: Uint8Array[] = [];
  const sink: Sink = side.writeStream((piece) => pieces.push(Buffer.from(piece as Uint8Array)), request);
  for (const event of events) sink(event);
  return Buffer.concat(pieces);
}

/** What the events add up to. */
export function foldOf(events: readonly Event[]): Folded {
  const fold = createFold();
  for (const event of events) fold.sink(event);
  return fold.result();
}

/** As it would stand in a file: no undefined fields, no classes, arguments of calls as what they mean, not as they are spelt. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Error) return plainError(value);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const object = Object.fromEntries(entries.map(([name, field]) => [name, plain(field)]));
  return value.type === 'tool_call' && typeof value.json === 'string'
    ? { ...object, json: argumentsOf(value.json, value.kind) }
    : object;
}

function plainError(error: Error): JsonObject {
  return { kind: 'kind' in error ? error.kind : error.name, message: error.message };
}

function argumentsOf(json: string, kind: unknown): unknown {
  if (kind === 'custom') return json;
  if (json.trim() === '') return {};
  return parseJson(json) ?? `not JSON: ${json}`;
}

/** Events as one text, cheap to compare. */
export function textOf(events: readonly Event[]): string {
  return JSON.stringify(events, (_, value: unknown) => (value instanceof Error ? plainError(value) : value));
}

/** Compares by meaning; `what` says in a failure what was compared. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  try {
    assert.deepEqual(plain(actual), plain(expected));
  } catch (error) {
    throw new Error(`${what}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
