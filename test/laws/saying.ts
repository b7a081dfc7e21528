import type { Block, ToolCallBlock } from '../../src/canon/content.ts';
import type { Folded } from '../../src/canon/fold.ts';
import { isObject, type JsonObject, parseJson } from '../../src/canon/json.ts';

/** What an answer says in any language: the words, the calls in their order, why it ended, and what it cost. */
export interface Saying {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly JsonObject[];
  readonly urls: readonly string[];
  readonly finish: Folded['finish'] | undefined;
  readonly tokens: JsonObject;
  readonly failed: string | undefined;
}

/** Reduces an answer to what every language has words for. Blocks only one language knows, proofs and pictures are left out. */
export function sayingOf({ content, finish, usage, error }: Folded): Saying {
  const cited = content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
  return {
    text: content.map(textOf).join(''),
    thinking: content.map((block) => (block.type === 'thinking' ? block.text : '')).join(''),
    calls: content.filter((block) => block.type === 'tool_call').map(callOf),
    urls: [...new Set(cited.flatMap(({ url }) => (url === undefined ? [] : [url])))].sort(),
    finish,
    // What a failed answer cost is not told in every language.
    tokens:
      error !== undefined
        ? {}
        : {
            input: usage.input ?? 0,
            cacheRead: usage.cacheRead ?? 0,
            cacheWrite: usage.cacheWrite ?? 0,
            output: usage.output ?? 0,
            reasoning: usage.reasoning ?? 0,
          },
    // Inside a stream there is no status, and without one some languages have one word for both.
    failed: error?.kind === 'internal' ? 'bad_upstream' : error?.kind,
  };
}

function textOf(block: Block): string {
  return block.type === 'text' || block.type === 'refusal' ? block.text : '';
}

/** Free text travels in languages without it as the only field of an object. */
function callOf({ id, name, json, kind }: ToolCallBlock): JsonObject {
  const parsed = json.trim() === '' ? {} : (parseJson(json) ?? json);
  const free = kind === 'custom' ? json : soleInput(parsed);
  return { id, name, input: free ?? parsed };
}

function soleInput(value: unknown): string | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.input === 'string' ? value.input : undefined;
}
