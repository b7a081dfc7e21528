import { isObject, type JsonObject, objectsIn } from '../../src/canon/json.ts';

/** Where a claim comes from. Positions count UTF-16 units from the beginning of all the text of the answer. */
export interface Cited {
  readonly url?: string;
  readonly title?: string;
  readonly start?: number;
  readonly end?: number;
}

/** One thing that an answer, or a turn of a conversation, says. */
export type Part =
  /** `proof`: what the provider wants to see again beside the text. */
  | { readonly type: 'text'; readonly text: string; readonly proof?: string }
  | { readonly type: 'thinking'; readonly text: string; readonly proof?: string; readonly redacted?: string }
  | {
      readonly type: 'call';
      readonly id: string;
      readonly name: string;
      /** A value; for tools of free text the text. */
      readonly input: unknown;
      readonly proof?: string;
      /** Made by code that runs at the provider. */
      readonly indirect?: true;
    }
  | { readonly type: 'result'; readonly id: string; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly proof?: string }
  /** What only the speaker's own language knows. */
  | { readonly type: 'own'; readonly value: JsonObject };

/** The three counts of input exclude each other, and `reasoning` is part of `output`. */
export interface Tokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Why an answer ended, for an agent. */
export type Reason =
  | 'end'
  | 'tool_calls'
  | 'length'
  | 'stop_sequence'
  | 'refusal'
  | 'pause'
  | 'compaction'
  | 'overflow';

/** What an answer says, whoever says it in whatever language; a refusal's words are text. */
export interface Saying {
  readonly parts: readonly Part[];
  readonly cited: readonly Cited[];
  readonly reason: string;
  readonly tokens: Tokens;
}

/** Whether its provider wants to see something again beside it. */
export const isProven = (part: Part): boolean =>
  ('proof' in part && part.proof !== undefined) || ('redacted' in part && part.redacted !== undefined);

/** Texts and thoughts that follow upon each other are one, empty ones are nothing. */
export function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part.type === 'text' && part.text === '' && part.proof === undefined) continue;
    if (last?.type === 'text' && part.type === 'text' && !isProven(last)) {
      result[result.length - 1] = { ...part, text: last.text + part.text };
    } else if (last?.type === 'thinking' && part.type === 'thinking' && !isProven(last) && !isProven(part)) {
      result[result.length - 1] = { ...part, text: last.text + part.text };
    } else if (part.type !== 'thinking' || part.text !== '' || isProven(part)) result.push(part);
  }
  return result;
}

export function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

export function thinkingOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'thinking' ? part.text : '')).join('');
}

export type Call = Extract<Part, { type: 'call' }>;

export function callsOf(parts: readonly Part[]): Call[] {
  return parts.filter((part) => part.type === 'call');
}

/** What the provider wants to see again, in order. */
export function proofsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => {
    if (part.type === 'thinking') return [part.proof ?? part.redacted ?? []].flat();
    return 'proof' in part ? [part.proof ?? []].flat() : [];
  });
}

/** An object, whatever it was. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A count; some servers write them as text. */
export function count(value: unknown): number {
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  return typeof value === 'number' ? value : 0;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** JSON that a model wrote; its text where it is none, an empty object where it wrote nothing. */
export function valueIn(json: unknown): unknown {
  if (typeof json !== 'string') return json ?? {};
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json) ?? {};
  } catch {
    return json;
  }
}

/** Texts of a list of parts that have one. */
export function textsIn(value: unknown): string {
  return typeof value === 'string'
    ? value
    : objectsIn(value)
        .map((part) => text(part['text']))
        .join('');
}
