import assert from 'node:assert/strict';
import type { RecordedRequest } from '../../src/simulator/index.ts';
import { type Json, jsonIn, objectIn, textIn, textsIn } from './json.ts';
import type { Language } from './language.ts';
import { grammars } from './languages/index.ts';

/** Paths of requests for an answer, in all languages; a model in front says in which form it answers. */
const answerPath =
  /\/(messages|chat\/completions|responses|v2\/chat)$|^\/model\/[^/]+\/(converse|invoke)|:(streamG|g)enerateContent$|:(streamR|r)awPredict$/;

/** True for a request that wants an answer of a model. */
export function isModelCall({ method, path }: RecordedRequest): boolean {
  const bare = path.replace(/\?.*$/, '');
  return method === 'POST' && answerPath.test(bare) && !bare.endsWith('/count-tokens:rawPredict');
}

/** The calls whose body holds a text. */
export function holding(calls: readonly ModelCall[], text: string): readonly ModelCall[] {
  return calls.filter(({ request }) => request.body.includes(text));
}

/** A request for an answer, read in the language that it is written in. */
export class ModelCall {
  readonly language: Language;
  readonly request: RecordedRequest;

  constructor(language: Language, request: RecordedRequest) {
    this.language = language;
    this.request = request;
  }

  get body(): Json {
    return objectIn(this.request.json);
  }

  /** Everything that was said, as JSON. */
  get said(): string {
    return JSON.stringify(this.pieces);
  }

  get pieces(): readonly Json[] {
    return grammars[this.language].pieces(this.body);
  }

  /** The model that is asked: the body names it, or the path. */
  get model(): string {
    const inPath = /\/models?\/(.+?)(:\w+|\/[\w-]+)(\?.*)?$/.exec(this.request.path)?.[1];
    return textIn(this.body['model']) || decodeURIComponent(inPath ?? '');
  }

  /** The names of the tools that it offers. */
  get tools(): readonly string[] {
    return grammars[this.language].tools(this.body);
  }

  /** What the user said first, as JSON. */
  get opening(): string {
    const { speaker } = grammars[this.language];
    return JSON.stringify(this.pieces.find((piece) => speaker(piece) === 'user'));
  }

  /** What of earlier thinking comes back in it. */
  get thoughts(): readonly string[] {
    return this.pieces.flatMap((piece) => grammars[this.language].thoughts(piece));
  }

  /** The effort that is asked for, in the language's own word. */
  get effort(): unknown {
    return grammars[this.language].effort(this.body);
  }

  /** The most tokens that the answer may have. */
  get most(): unknown {
    return grammars[this.language].most(this.body);
  }

  /** True when a picture or a file with these bytes is in it, as base64 and not within a text. */
  carries(bytes: Buffer): boolean {
    const data = bytes.toString('base64');
    return textsIn(this.body).some((text) => text === data || text.endsWith(`;base64,${data}`));
  }

  /** True when a value is in it, as it stands or as a text that holds its JSON. */
  has(value: unknown): boolean {
    const wanted = JSON.stringify(value);
    const holds = (part: unknown): boolean => {
      if (JSON.stringify(part) === wanted) return true;
      if (typeof part === 'string') return JSON.stringify(jsonIn(part)) === wanted;
      return typeof part === 'object' && part !== null && Object.values(part).some(holds);
    };
    return holds(this.body);
  }
}

/** Checks what must hold for everything that reaches an upstream. */
export function checkTraffic(requests: readonly RecordedRequest[], refusals: readonly number[]): void {
  for (const { method, path, status } of requests) {
    const fine = status === undefined || status === 200 || refusals.includes(status);
    assert.ok(fine, `the upstream answered ${method} ${path} with ${status}`);
  }
}

/** Checks what must hold for every request for an answer. */
export function checkCall(call: ModelCall): void {
  assert.ok(call.request.json !== undefined, 'a request to the upstream is not JSON');
  checkPairs(call);
  if (call.language !== 'anthropic') checkForeign(call.request.body.toString('utf8'));
}

/** Every call has its result before the model speaks again, and every result its call. */
function checkPairs({ language, body, pieces }: ModelCall): void {
  const { speaker, calls, results, goesOn } = grammars[language];
  if (goesOn?.(body) === true) return;
  const waiting: string[] = [];
  let before = '';
  for (const piece of pieces) {
    for (const id of results(piece)) {
      const at = waiting.indexOf(id);
      assert.ok(at >= 0, `the result ${id} answers no call right before it`);
      waiting.splice(at, 1);
    }
    const says = speaker(piece);
    if (says === 'model' && before !== 'model')
      assert.deepEqual(waiting, [], 'calls without result stand before an answer');
    waiting.push(...calls(piece));
    before = says;
  }
  assert.deepEqual(waiting, [], 'calls without result stand at the end');
}

/** What only Anthropic's language knows must not reach a server that speaks another. */
function checkForeign(body: string): void {
  for (const word of ['x-anthropic-billing-header', 'DeferredToolPlaceholder', '"defer_loading"', '"cache_control"']) {
    assert.ok(!body.includes(word), `${word} stands in a request to a server of another language`);
  }
}

/** Each request of a conversation begins with the bytes of the one before it, so that no prompt cache is lost. */
export function checkGrowth(calls: readonly ModelCall[]): void {
  for (const [index, call] of calls.entries()) {
    const text = call.request.body.toString('utf8');
    // So that equal values are equal bytes.
    assert.ok(text === JSON.stringify(call.body), `request ${index} is not written as plain JSON`);
    const before = calls[index - 1];
    if (before === undefined) continue;
    assert.deepEqual(
      Object.keys(call.body),
      Object.keys(before.body),
      `request ${index} has its members in another order`,
    );
    const now = parts(call);
    for (const [at, part] of parts(before).entries()) {
      assert.equal(now[at], part, `request ${index} differs from the one before it in part ${at}`);
    }
  }
}

function parts({ language, body, pieces }: ModelCall): readonly string[] {
  return [...grammars[language].preamble(body), ...pieces].map((part) => JSON.stringify(part));
}

/** In the same language the upstream gets the client's bytes, but for the model's name. */
export function checkUntouched(sent: readonly Buffer[], received: readonly ModelCall[]): void {
  assert.equal(sent.length, received.length);
  for (const [index, { request, model }] of received.entries()) {
    const expected = sent[index]?.toString('utf8').replace(/"model":"[^"]+"/, `"model":"${model}"`);
    assert.ok(request.body.toString('utf8') === expected, `the bytes of request ${index} were changed`);
  }
}
