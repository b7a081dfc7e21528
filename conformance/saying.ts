import type { Json } from './fixture.ts';

/** What an answer says, whoever said it. */
export interface Saying {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly urls: readonly string[];
  /** The language's word for why it ended. */
  readonly finish: string;
  readonly tokens: Tokens;
}

/** The three counts of input exclude each other. */
export interface Tokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** What the meaning of a fixture says. */
export function sayingOfMeaning(answer: Json): Saying & { readonly reason: string } {
  const blocks = answer['content'] as Json[];
  const usage = (answer['usage'] ?? {}) as Json;
  const finish = (answer['finish'] ?? {}) as Json;
  const texts = blocks.filter(({ type }) => type === 'text' || type === 'refusal');
  return {
    text: texts.map(({ text }) => text).join(''),
    thinking: blocks
      .filter(({ type }) => type === 'thinking')
      .map(({ text }) => text)
      .join(''),
    calls: blocks.filter(({ type }) => type === 'tool_call').map(callOf),
    urls: urlsIn(texts.flatMap(({ citations }) => (citations ?? []) as Json[]).map(({ url }) => url)),
    finish: String(finish['reason']),
    reason: String(finish['reason']),
    tokens: {
      input: Number(usage['input'] ?? 0),
      cacheRead: Number(usage['cacheRead'] ?? 0),
      cacheWrite: Number(usage['cacheWrite'] ?? 0),
      output: Number(usage['output'] ?? 0),
    },
  };
}

/** Free text is the one argument of a function where a language knows no other tools. */
function callOf({ name, json, kind }: Json): { name: string; input: unknown } {
  return { name: String(name), input: kind === 'custom' ? { input: json } : inputIn(json) };
}

export function urlsIn(urls: readonly unknown[]): string[] {
  return [...new Set(urls.filter((url) => typeof url === 'string'))].toSorted();
}

/** Arguments as a call has them: free text as the one argument of a function, none as an empty object. */
export function inputIn(json: unknown): unknown {
  return typeof json === 'string' ? JSON.parse(json === '' ? '{}' : json) : (json ?? {});
}
