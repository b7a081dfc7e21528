import { isDeepStrictEqual } from 'node:util';
import type { DialectName } from '../../src/canon/content.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import type { Exchange } from './exchange.ts';
import { languages } from './languages/index.ts';
import type { Told } from './languages/language.ts';
import {
  type Cited,
  callsOf,
  isProven,
  joined,
  type Part,
  proofsOf,
  type Saying,
  type Tokens,
  textOf,
  thinkingOf,
} from './saying.ts';

/** One respect in which something is not as it was said. */
export interface Fault {
  readonly aspect: string;
  readonly expected: unknown;
  readonly seen: unknown;
}

type Check = (aspect: string, expected: unknown, seen: unknown) => void;

/** Everything in which two sayings are compared, and the faults among it. */
function checked(compare: (check: Check) => void): {
  readonly aspects: readonly string[];
  readonly faults: readonly Fault[];
} {
  const aspects: string[] = [];
  const faults: Fault[] = [];
  compare((aspect, expected, seen) => {
    aspects.push(aspect);
    if (!isDeepStrictEqual(expected, seen)) faults.push({ aspect, expected, seen });
  });
  return { aspects, faults };
}

export type Judgement = ReturnType<typeof checked>;

/** Languages that have tools of free text. */
const freely: ReadonlySet<DialectName> = new Set(['openai-chat', 'openai-responses']);
/** Languages in whose answers nothing stands between texts and calls. */
const unordered: ReadonlySet<DialectName> = new Set(['openai-chat', 'cohere']);

/** What the client heard, against what the provider said. */
export function judgeAnswer({ meant, language }: Exchange, client: DialectName, heard: Saying): Judgement {
  return checked((check) => {
    const parts = meant.parts.map((part) => asHeardBy(client, part));
    check('text', textOf(parts), textOf(heard.parts));
    check('reasoning', thinkingOf(parts), thinkingOf(heard.parts));
    const calls = callsOf(parts);
    const called = callsOf(heard.parts);
    check('calls', calls.map(spoken), called.map(spoken));
    // Gemini gives most calls no id.
    const ids = called.map(({ id }, i) => (calls[i]?.id === '' && id !== '' ? '' : id));
    check(
      'ids of calls',
      calls.map(({ id }) => id),
      ids,
    );
    check('reason', reasonFor(client, meant), heard.reason);
    check('usage', tokensFor(client, meant.tokens), heard.tokens);
    if (!unordered.has(client) && !unordered.has(language)) check('order', kinds(parts), kinds(heard.parts));
    if (client === language) check('proofs', distinct(proofsOf(parts)), distinct(proofsOf(heard.parts)));
    check('urls', urlsOf(meant.cited), urlsOf(heard.cited));
    check('titles', distinct(meant.cited.map(sourceOf)), distinct(heard.cited.map(sourceOf)));
    if (!placeless.has(client))
      check('places of citations', placesOf(meant.cited, meant.cited), placesOf(heard.cited, meant.cited));
  });
}

/** Languages whose citations stand for all of the block that they are in. */
const placeless: ReadonlySet<DialectName> = new Set(['anthropic', 'bedrock-converse']);

/** Pictures are a word, and free text is the one argument of a function, where a language knows none. */
function asHeardBy(client: DialectName, part: Part): Part {
  if (part.type === 'image' && client === 'anthropic') return { ...part, type: 'text', text: '[image]' };
  if (part.type !== 'call' || typeof part.input !== 'string' || freely.has(client)) return part;
  return { ...part, input: { input: part.input } };
}

function spoken({ name, input }: { readonly name: string; readonly input: unknown }): unknown {
  return { name, input };
}

/** Free text is the one argument of a function where a server or a client knows no other tools. */
function spokenFreely({ name, input }: { readonly name: string; readonly input: unknown }): unknown {
  return { name, input: typeof input === 'string' ? { input } : input };
}

/** Reasons that a language has no word for are told as the nearest that it has. */
const unsaid: { readonly [client in DialectName]?: { readonly [reason: string]: string } } = {
  'openai-chat': { stop_sequence: 'end', pause: 'end', compaction: 'end', overflow: 'length' },
  'openai-responses': { stop_sequence: 'end', pause: 'end', compaction: 'end', overflow: 'length' },
  gemini: { stop_sequence: 'end', pause: 'end', compaction: 'end', overflow: 'length' },
  'bedrock-converse': { pause: 'end', compaction: 'end' },
};

function reasonFor(client: DialectName, { reason, parts }: Saying): string {
  // Calls that the provider's own code has used up are calls like any other where nobody knows such code.
  const knowsNone = client === 'gemini' || client.startsWith('openai');
  const looksCalled = reason === 'end' && knowsNone && callsOf(parts).length > 0;
  return looksCalled ? 'tool_calls' : (unsaid[client]?.[reason] ?? reason);
}

function tokensFor(client: DialectName, tokens: Tokens): Tokens {
  if (client === 'bedrock-converse') return { ...tokens, reasoning: 0 };
  if (client === 'gemini') return { ...tokens, input: tokens.input + tokens.cacheWrite, cacheWrite: 0 };
  return tokens;
}

function kinds(parts: readonly Part[]): string[] {
  const told = parts.filter(({ type }) => type !== 'own' && type !== 'image' && type !== 'result');
  // Where a proof stands is another question.
  const plain = told.map(
    (part): Part => ('text' in part ? { ...part, proof: undefined, redacted: undefined } : part) as Part,
  );
  return joined(plain).map(({ type }) => type);
}

function distinct(values: readonly unknown[]): string[] {
  return [...new Set(values.map((value) => JSON.stringify(value)))].sort();
}

function urlsOf(cited: readonly Cited[]): string[] {
  return distinct(cited.flatMap(({ url }) => url ?? []));
}

const sourceOf = ({ url, title }: Cited): unknown => [url ?? null, title ?? null];
const placeOf = ({ url, title, start, end }: Cited): unknown => [
  url ?? null,
  title ?? null,
  start ?? null,
  end ?? null,
];

/** Where the pages stand that have a place; a list of them beside an answer stands for all of its text. */
function placesOf(cited: readonly Cited[], meant: readonly Cited[]): string[] {
  const placed = new Set(
    meant
      .filter(({ url, start }) => url !== undefined && start !== undefined)
      .map((one) => JSON.stringify(sourceOf(one))),
  );
  return distinct(cited.filter((one) => placed.has(JSON.stringify(sourceOf(one)))).map(placeOf));
}

/** What of the first answer the provider is told again in the next request. */
export function judgeReturn({ meant, language, text }: Exchange, client: DialectName, body: JsonObject): Judgement {
  const turns = languages[language].told(body);
  const parts = meant.parts.map((part) => asHeardBy(client, part));
  const again = partsBy('assistant', turns);
  const calls = callsOf(parts);
  const called = callsOf(again);
  const ids = called.map(({ id }) => id);
  // What has come of tools that run at the provider is told in results as well.
  const results = partsBy('user', turns).filter((part) => part.type === 'result' && ids.includes(part.id));
  return checked((check) => {
    check('second turn: text', textOf(parts), textOf(again));
    check('second turn: calls', calls.map(spokenFreely), called.map(spokenFreely));
    check(
      'second turn: ids',
      calls.map(({ id }) => id),
      called.map(({ id }, i) => (calls[i]?.id === '' ? '' : id)),
    );
    check(
      'second turn: results',
      ids,
      results.map((one) => one.type === 'result' && one.id),
    );
    check(
      'second turn: results are the client\u2019s',
      [],
      results.filter((one) => one.type === 'result' && !one.text.includes(givenResult)),
    );
    const proofs = proofsOf(again);
    check('second turn: number of proofs', distinct(proofsOf(parts)).length, distinct(proofs).length);
    // OpenAI encrypts reasoning anew each time that it tells of it; any of these is good.
    check(
      'second turn: proofs',
      [],
      proofs.filter((proof) => !text.includes(JSON.stringify(proof))),
    );
    check('second turn: no envelope', false, JSON.stringify(body).includes('dragomanSEAL'));
    if (!unordered.has(client) && !unordered.has(language)) check('second turn: order', proven(parts), proven(again));
  });
}

/** What clients give as the result of each call. */
export const givenResult = 'This is what came of it.';

function partsBy(role: Told['role'], turns: readonly Told[]): Part[] {
  return turns.filter((turn) => turn.role === role).flatMap(({ parts }) => parts);
}

/** The order of what is told, and where proofs stand in it. */
function proven(parts: readonly Part[]): string[] {
  const told = parts.filter(
    (part) => !['own', 'image', 'result'].includes(part.type) && (part.type !== 'thinking' || isProven(part)),
  );
  return joined(told).map((part) => `${part.type}${isProven(part) ? ' with proof' : ''}`);
}
