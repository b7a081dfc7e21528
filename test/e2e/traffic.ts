import assert from 'node:assert/strict';
import type { RecordedRequest } from '../../src/simulator/index.ts';
import type { Language } from './language.ts';

/** A JSON object as it came over the wire. */
export type Json = { readonly [name: string]: unknown };

/** The value as an object; empty when it is none. */
export function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The value as a text; empty when it is none. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The objects of a list; none when it is no list. */
export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectIn) : [];
}

/** True for a request that wants an answer of a model. */
export function isModelCall({ method, path }: RecordedRequest): boolean {
  return method === 'POST' && /\/(messages|chat\/completions)(\?|$)/.test(path);
}

/** The conversation in a recorded request. */
export function messagesOf(request: RecordedRequest | undefined): readonly Json[] {
  return objectsIn(request?.json?.['messages']);
}

/** The names of the tools that a recorded request offers. */
export function toolsOf(request: RecordedRequest | undefined): readonly string[] {
  return objectsIn(request?.json?.['tools']).map((tool) => String(tool['name'] ?? objectIn(tool['function'])['name']));
}

/** The requests whose body holds a text. */
export function holding(requests: readonly RecordedRequest[], text: string): readonly RecordedRequest[] {
  return requests.filter(({ body }) => body.includes(text));
}

/** Checks what must hold for everything that reaches an upstream of this language. */
export function checkTraffic(
  language: Language,
  requests: readonly RecordedRequest[],
  refusals: readonly number[],
): void {
  for (const request of requests) {
    const { method, path, status } = request;
    const fine = status === undefined || status === 200 || refusals.includes(status);
    assert.ok(fine, `the upstream answered ${method} ${path} with ${status}`);
  }
  const calls = requests.filter(isModelCall);
  for (const call of calls) {
    assert.ok(call.json !== undefined, 'a request to the upstream is not JSON');
    checkPairs(language, messagesOf(call));
    if (language === 'openai-chat') checkForeign(call.body.toString('utf8'));
  }
}

/** Every call has its result, right after it, and every result its call. */
function checkPairs(language: Language, messages: readonly Json[]): void {
  let waiting: string[] = [];
  for (const message of messages) {
    const results = language === 'anthropic' ? resultsIn(message) : chatResultsIn(message);
    for (const id of results) assert.ok(waiting.includes(id), `the result ${id} answers no call right before it`);
    waiting = waiting.filter((id) => !results.includes(id));
    if (message['role'] === 'assistant') {
      assert.deepEqual(waiting, [], 'calls without result stand before an answer');
      waiting = language === 'anthropic' ? callsIn(message) : chatCallsIn(message);
    }
  }
  assert.deepEqual(waiting, [], 'calls without result stand at the end');
}

function blocks(message: Json, type: string, id: string): string[] {
  return objectsIn(message['content'])
    .filter((block) => block['type'] === type)
    .map((block) => String(block[id]));
}

const callsIn = (message: Json): string[] => blocks(message, 'tool_use', 'id');
const resultsIn = (message: Json): string[] => blocks(message, 'tool_result', 'tool_use_id');
const chatCallsIn = (message: Json): string[] => objectsIn(message['tool_calls']).map((call) => String(call['id']));
const chatResultsIn = (message: Json): string[] =>
  message['role'] === 'tool' ? [String(message['tool_call_id'])] : [];

/** What only Anthropic's language knows must not reach a server that speaks another. */
function checkForeign(body: string): void {
  for (const word of ['x-anthropic-billing-header', 'DeferredToolPlaceholder', '"defer_loading"', '"cache_control"']) {
    assert.ok(!body.includes(word), `${word} stands in a request to a server of another language`);
  }
}

/**
 * Each request of a conversation begins with the bytes of the one before it, so that no prompt cache is lost. Within one
 * language the client's own bytes pass, and it moves its cache marks about: there is nothing to check.
 */
export function checkGrowth(language: Language, requests: readonly RecordedRequest[]): void {
  if (language === 'anthropic') return;
  for (const [index, request] of requests.entries()) {
    const before = requests[index - 1];
    if (before === undefined) continue;
    const now = parts(request);
    for (const [at, part] of parts(before).entries()) {
      assert.equal(now[at], part, `request ${index} differs from the one before it in part ${at}`);
    }
  }
}

function parts(request: RecordedRequest): readonly string[] {
  return [request.json?.['tools'], ...messagesOf(request)].map((part) => JSON.stringify(part));
}
