import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { webCitations } from '../citations.ts';
import { isObject, type Json, type JsonObject, numberOf, objectOf } from '../json.ts';
import { isVertex } from './path.ts';
import { memberOf } from './request.ts';
import { signCall, signText } from './signature.ts';

const REASONS: Readonly<Record<string, string>> = {
  end: 'STOP',
  tool: 'STOP',
  sequence: 'STOP',
  pause: 'STOP',
  length: 'MAX_TOKENS',
  window: 'MAX_TOKENS',
  refusal: 'SAFETY',
};

type Call = Extract<AnswerPart, { kind: 'tool' }>;

/** What becomes of an answer in this language, before it is cut into chunks. */
export interface Composed {
  readonly parts: readonly JsonObject[];
  /** Signature of what was said last; undefined when it has none. */
  readonly signature: string | undefined;
  readonly finishReason: string | undefined;
  readonly finishMessage: string | undefined;
  readonly grounding: JsonObject | undefined;
  /** Why the prompt was refused: then there is no candidate at all. */
  readonly blockReason: string | undefined;
}

/** Decides what is told of an answer. */
export function composed(answer: Answer, asked: Asked): Composed {
  const variant = answer.manner.gemini ?? {};
  const config = objectOf(memberOf(asked.body, 'generationConfig').thinkingConfig);
  const tellsThoughts = variant.thoughts === 'always' || config.includeThoughts === true;
  const thinks = answer.parts.some((part) => part.kind === 'think');
  const firstCall = answer.parts.find((part) => part.kind === 'tool');
  const malformed = answer.parts.some((part) => part.kind === 'tool' && !isCallable(part));
  const refusal = answer.parts.find((part) => part.kind === 'refusal');
  const parts = answer.parts.flatMap((part): JsonObject[] => {
    if (part.kind === 'text') return part.text === '' ? [] : [{ text: part.text }];
    if (part.kind === 'think')
      return tellsThoughts && part.redacted === undefined && part.text !== ''
        ? [{ text: part.text, thought: true }]
        : [];
    if (part.kind === 'native') return part.dialect === 'gemini' ? [part.native] : [];
    if (part.kind !== 'tool' || !isCallable(part)) return [];
    return [writeCall(part, part === firstCall, variant.ids === true)];
  });
  return {
    parts,
    signature:
      thinks && firstCall === undefined && answer.parts.some((part) => part.kind === 'text') ? signText() : undefined,
    finishReason: malformed ? 'MALFORMED_FUNCTION_CALL' : finishReason(answer),
    finishMessage: refusal?.text ?? (firstCall === undefined ? undefined : 'Model generated function call(s).'),
    grounding: groundingOf(answer.parts),
    blockReason: blockReason(answer),
  };
}

function blockReason({ stop, stopDetails }: Answer): string | undefined {
  const told = stopDetails?.blockReason;
  if (typeof told === 'string') return told;
  return stop === 'block' ? 'SAFETY' : undefined;
}

/** A call whose arguments are no JSON never arrives: the service says so instead. */
function isCallable(call: Call): boolean {
  try {
    return isObject(JSON.parse(call.json));
  } catch {
    return false;
  }
}

/** Only the first of several calls carries a signature. */
function writeCall(call: Call, isFirst: boolean, withId: boolean): JsonObject {
  const functionCall = { ...(withId ? { id: call.id } : {}), name: call.name, args: call.input };
  return isFirst ? { functionCall, thoughtSignature: signCall(call.name, call.input) } : { functionCall };
}

function finishReason(answer: Answer): string | undefined {
  if (answer.stop === null || answer.manner.gemini?.noFinish === true) return undefined;
  return REASONS[answer.stop] ?? answer.stop;
}

/** Where the texts come from; places are counted in bytes. */
function groundingOf(parts: readonly AnswerPart[]): JsonObject | undefined {
  const groundingChunks: JsonObject[] = [];
  const groundingSupports: JsonObject[] = [];
  let before = 0;
  for (const part of parts) {
    if (part.kind !== 'text') continue;
    for (const { url, title, start, end } of webCitations(part)) {
      const bytes = (to: number): number => before + Buffer.byteLength(part.text.slice(0, to));
      const segment = { startIndex: bytes(start), endIndex: bytes(end), text: part.text.slice(start, end) };
      groundingSupports.push({ segment, groundingChunkIndices: [groundingChunks.length] });
      groundingChunks.push({ web: { uri: url, title } });
    }
    before += Buffer.byteLength(part.text);
  }
  return groundingChunks.length === 0 ? undefined : { groundingChunks, groundingSupports };
}

/** How many answers the request wants; more than a few are not simulated. */
export function candidateCount(asked: Asked): number {
  return Math.min(Math.max(1, numberOf(memberOf(asked.body, 'generationConfig').candidateCount) ?? 1), 8);
}

/** Token counts; the prompt's hold what came from a cache, those of thoughts stand apart from the candidates'. */
export function writeUsage(usage: AnswerUsage, asked: Asked): JsonObject {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const candidates = Math.max(0, usage.output - usage.thinking);
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + usage.output,
    ...(isVertex(asked.path) ? { trafficType: 'ON_DEMAND' } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
    ...(usage.thinking > 0 ? { thoughtsTokenCount: usage.thinking } : {}),
    ...usage.extra,
  };
}

/** The members that every response of an answer has in common. */
export function commonMembers(answer: Answer, asked: Asked): JsonObject {
  return {
    modelVersion: answer.model,
    ...(isVertex(asked.path) ? { createTime: new Date().toISOString() } : {}),
    responseId: answer.id,
    ...answer.members,
  };
}

/** A response without candidates, since the prompt was refused. */
export function blockedResponse(answer: Answer, asked: Asked, reason: string): JsonObject {
  const usage = answer.usage === null ? undefined : writeUsage({ ...answer.usage, output: 0, thinking: 0 }, asked);
  return {
    promptFeedback: { blockReason: reason },
    ...(usage === undefined ? {} : { usageMetadata: usage }),
    ...commonMembers(answer, asked),
  };
}

/** A whole answer. */
export function writeWhole(answer: Answer, asked: Asked): JsonObject {
  const {
    parts,
    signature,
    finishReason: reason,
    finishMessage,
    grounding,
    blockReason: blocked,
  } = composed(answer, asked);
  if (blocked !== undefined) return blockedResponse(answer, asked, blocked);
  const last = parts.findLastIndex((part) => typeof part.text === 'string' && part.thought !== true);
  const signed = parts.map(
    (part, index): Json =>
      index === last && signature !== undefined ? { ...part, thoughtSignature: signature } : part,
  );
  const content = signed.length === 0 ? { role: 'model' } : { parts: signed, role: 'model' };
  const candidates = Array.from({ length: candidateCount(asked) }, (_, index) => ({
    ...(signed.length === 0 && reason === 'SAFETY' ? {} : { content }),
    ...(reason === undefined ? {} : { finishReason: reason }),
    index,
    ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    ...(finishMessage === undefined ? {} : { finishMessage }),
  }));
  return {
    candidates,
    ...(answer.usage === null ? {} : { usageMetadata: writeUsage(answer.usage, asked) }),
    ...commonMembers(answer, asked),
  };
}
