/** What the tests of this room use to speak to a simulator from outside, without any other room's code. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Asked } from './asked.ts';
import { DIALECTS } from './dialects.ts';
import { type Json, type JsonObject, objectOf } from './json.ts';
import { createMemory, type Memory } from './memory.ts';
import { type Problem, problemOf } from './problem.ts';
import type { Rules } from './scenario.ts';

/** One server-sent event. */
export interface ReadEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** The events of a complete stream body. */
export function eventsIn(body: string): ReadEvent[] {
  return body
    .split(/\r\n\r\n|\n\n|\r\r/)
    .map((block) => block.split(/\r\n|\n|\r/))
    .map((lines) => ({ event: field(lines, 'event'), data: field(lines, 'data') }))
    .filter((event): event is ReadEvent => event.data !== undefined);
}

function field(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((text) => text.startsWith(`${name}:`));
  return line?.slice(name.length + 1).replace(/^ /, '');
}

/** The JSON of all events but `[DONE]`. */
export function jsonIn(body: string): JsonObject[] {
  return eventsIn(body)
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => objectOf(JSON.parse(data)));
}

/** Sends a JSON body; the answer is fetch's own. */
export function post(url: string, body: Json, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: JSON.stringify(body),
  });
}

/** Waits until the condition holds; throws after five seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`it did not happen: ${what}`);
    await pause(5);
  }
}

/** Rules of a strict server without specialities. */
export const STRICT: Rules = { strict: true, flavor: 'openai', allow: [], limits: {}, refuse: {} };

/** Where each dialect is asked for an answer; a query may follow. */
const PATHS: Readonly<Record<string, string>> = {
  anthropic: '/v1/messages',
  'vertex-anthropic': '/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-x:rawPredict',
  'bedrock-converse': '/model/anthropic.claude-x-v1%3A0/converse',
  'bedrock-invoke': '/model/anthropic.claude-x-v1%3A0/invoke',
  cohere: '/v2/chat',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  gemini: '/v1beta/models/gemini-3.1-pro-preview:generateContent',
};

/** Why a dialect refuses a body, or undefined. */
export function refusalOf(
  name: string,
  body: JsonObject,
  options: { rules?: Partial<Rules>; headers?: Record<string, string>; path?: string; memory?: Memory } = {},
): Problem | undefined {
  const dialect = dialectNamed(name);
  const [path = '', search = ''] = (options.path ?? PATHS[name] ?? '/').split('?');
  const query = new URLSearchParams(search);
  const address = dialect.address(path) ?? { operation: 'answer' };
  const memory = options.memory ?? createMemory();
  const headers = { 'anthropic-version': '2023-06-01', ...options.headers };
  const rules = { ...STRICT, ...options.rules };
  return problemOf(() => dialect.check({ ...address, path, query, headers, body, rules, memory }));
}

/** A body in neutral words. */
export function askedFrom(name: string, body: JsonObject, headers: Record<string, string> = {}, target = '/'): Asked {
  const dialect = dialectNamed(name);
  const [path = '', search = ''] = target.split('?');
  const address = dialect.address(path) ?? { operation: 'answer' };
  const query = new URLSearchParams(search);
  return dialect.read({ ...address, path, query, headers, body, rules: STRICT, memory: createMemory() });
}

/** The dialect of that name; throws when there is none. */
export function dialectNamed(name: string): (typeof DIALECTS)[number] {
  const found = DIALECTS.find((dialect) => dialect.name === name);
  if (found === undefined) throw new Error(`no dialect ${name}`);
  return found;
}
