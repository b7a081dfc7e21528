import type { Json } from './fixture.ts';
import type { Saying } from './saying.ts';

/** A language as its clients speak it, known from its documentation alone. */
export interface Client {
  readonly language: string;
  path(model: string, stream: boolean): string;
  /** The body of a call, the fixture's with another model. */
  body(request: Json, model: string, stream: boolean): Json;
  headers: Readonly<Record<string, string>>;
  whole(body: Json): Saying;
  stream(bytes: Buffer): Saying;
  /** Reasons that a word for the end of an answer may stand for. */
  reasons(word: string): readonly string[];
  /** What is wrong with how an error is told; nothing where it is as it should be. */
  misses(kind: string, status: number, body: Json): string | undefined;
}

/** The data of server-sent events, in order. */
export function eventsIn(bytes: Buffer): Json[] {
  return bytes
    .toString()
    .split(/\r?\n\r?\n/)
    .flatMap((frame) => frame.split(/\r?\n/).filter((line) => line.startsWith('data:')))
    .map((line) => line.slice(5).trim())
    .filter((data) => data !== '' && data !== '[DONE]')
    .map((data) => JSON.parse(data) as Json);
}

/** A member that should be an object; an empty one where there is none. */
export function objectAt(from: unknown, ...path: readonly (string | number)[]): Json {
  let at: unknown = from;
  for (const step of path) at = typeof at === 'object' && at !== null ? (at as Json)[step] : undefined;
  return typeof at === 'object' && at !== null ? (at as Json) : {};
}

/** A member that should be a list of objects; an empty one where there is none. */
export function listAt(from: unknown, name: string): Json[] {
  const value = typeof from === 'object' && from !== null ? (from as Json)[name] : undefined;
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** A text among the members; empty where there is none. */
export function textAt(from: Json, name: string): string {
  const value = from[name];
  return typeof value === 'string' ? value : '';
}

/** A number among the members; nought where there is none. */
export function countAt(from: Json, name: string): number {
  const value = from[name];
  return typeof value === 'number' ? value : 0;
}

/** The pieces in one. */
export function joined(list: readonly Json[], name: string): string {
  return list.map((one) => textAt(one, name)).join('');
}
