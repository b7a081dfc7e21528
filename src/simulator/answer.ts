import type { Asked } from './asked.ts';
import type { IdMaker } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Manner, Part, Step, Stop } from './scenario.ts';
import { instanceOf } from './schema-instance.ts';
import { signThinking } from './signature.ts';
import { estimateTokens } from './tokens.ts';

/** Code points in one delta, unless the step says otherwise. */
const DEFAULT_CHUNK = 24;

/** One piece of an answer with everything decided that no dialect decides. */
export type AnswerPart =
  | { readonly kind: 'text'; readonly text: string; readonly citations?: readonly JsonObject[] }
  | { readonly kind: 'think'; readonly text: string; readonly signature: string; readonly redacted?: string }
  | {
      readonly kind: 'tool';
      readonly id: string;
      readonly name: string;
      readonly input: JsonObject;
      /** The input as it is written on the wire, which may be no JSON. */
      readonly json: string;
    }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'native'; readonly native: JsonObject; readonly dialect: string };

/** Token counts; `input` does not count what the cache read or wrote. */
export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWriteHour: number;
  readonly thinking: number;
  readonly extra: JsonObject;
}

/** A whole answer in neutral form; a dialect writes it whole or as a stream. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly parts: readonly AnswerPart[];
  readonly stop: Stop;
  readonly stopSequence: string | null;
  readonly stopDetails: JsonObject | null;
  readonly usage: AnswerUsage | null;
  readonly members: JsonObject;
  readonly chunk: number;
  readonly manner: Manner;
}

/** Prefixes of the ids that a dialect gives, such as `msg_` and `toolu_`. */
export interface IdPrefixes {
  readonly answer: string;
  readonly call: string;
}

/** Decides what the step leaves open: ids, signatures, inputs, stop reason, usage. */
export function buildAnswer(step: Step, asked: Asked, ids: IdMaker, prefixes: IdPrefixes): Answer {
  const parts = (step.parts ?? []).map((part) => buildPart(part, asked, ids, prefixes));
  return {
    id: step.id ?? ids(prefixes.answer),
    model: step.model ?? asked.model,
    parts,
    stop: step.stop === undefined ? stopFor(parts) : step.stop,
    stopSequence: step.stopSequence ?? null,
    stopDetails: step.stopDetails ?? null,
    usage: usageFor(step, parts, asked),
    members: step.members ?? {},
    chunk: Math.max(1, step.chunk ?? DEFAULT_CHUNK),
    manner: step,
  };
}

function buildPart(part: Part, asked: Asked, ids: IdMaker, prefixes: IdPrefixes): AnswerPart {
  if (typeof part === 'string') return { kind: 'text', text: part };
  if ('text' in part) {
    return part.citations === undefined
      ? { kind: 'text', text: part.text }
      : { kind: 'text', text: part.text, citations: part.citations };
  }
  if ('think' in part) {
    const signature = part.signature ?? signThinking(part.think);
    const block = { kind: 'think', text: part.think, signature } as const;
    return part.redacted === undefined ? block : { ...block, redacted: part.redacted };
  }
  if ('refusal' in part) return { kind: 'refusal', text: part.refusal };
  if ('native' in part) return { kind: 'native', native: part.native, dialect: part.dialect ?? 'anthropic' };
  const input = part.input ?? inputFor(part.tool, asked);
  const json = part.rawInput ?? JSON.stringify(input);
  return { kind: 'tool', id: part.id ?? ids(prefixes.call), name: part.tool, input, json };
}

function inputFor(name: string, asked: Asked): JsonObject {
  const offered = asked.tools.find((tool) => tool.name === name);
  const instance = offered === undefined ? {} : instanceOf(offered.schema);
  return typeof instance === 'object' && instance !== null && !Array.isArray(instance) ? instance : {};
}

function stopFor(parts: readonly AnswerPart[]): Stop {
  if (parts.some((part) => part.kind === 'refusal')) return 'refusal';
  return parts.some((part) => part.kind === 'tool') ? 'tool' : 'end';
}

function usageFor(step: Step, parts: readonly AnswerPart[], asked: Asked): AnswerUsage | null {
  if (step.usage === null) return null;
  const given = step.usage ?? {};
  const thinking = parts.map((part) => (part.kind === 'think' ? estimateTokens(part.text) : 0));
  return {
    input: given.input ?? asked.inputTokens,
    output:
      given.output ??
      Math.max(
        1,
        parts.reduce((sum, part) => sum + tokensOf(part), 0),
      ),
    cacheRead: given.cacheRead ?? 0,
    cacheWrite: given.cacheWrite ?? 0,
    cacheWriteHour: given.cacheWriteHour ?? 0,
    thinking: given.thinking ?? thinking.reduce((sum, tokens) => sum + tokens, 0),
    extra: given.extra ?? {},
  };
}

function tokensOf(part: AnswerPart): number {
  if (part.kind === 'native') return estimateTokens(part.native);
  return part.kind === 'tool' ? estimateTokens(part.name, part.json) : estimateTokens(part.text);
}

/** Cuts a text into pieces of so many code points, so that no piece breaks a character; '' gives none. */
export function chunksOf(text: string, size: number): string[] {
  const chunks: string[] = [];
  let from = 0;
  while (from < text.length) {
    let to = from;
    for (let count = 0; count < size && to < text.length; count += 1) {
      to += (text.codePointAt(to) ?? 0) > 0xffff ? 2 : 1;
    }
    chunks.push(text.slice(from, to));
    from = to;
  }
  return chunks;
}
