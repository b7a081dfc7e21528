import { type Answer, type AnswerUsage, chunksOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { type JsonObject, objectOf } from '../json.ts';
import type { Manner } from '../scenario.ts';
import { frameWriter } from '../sse.ts';
import { blockedResponse, type Composed, candidateCount, commonMembers, composed, writeUsage } from './answer.ts';
import { partialCall } from './partial-args.ts';
import { isEventStream, isVertex } from './path.ts';
import { memberOf } from './request.ts';

/**
 * One response of a stream, framed: as an event, whose lines end with CR LF as the service writes them, or as an element
 * of an array that is opened by the first and closed by the last.
 */
export function geminiFrame(
  json: string,
  manner: Manner,
  isSse: boolean,
  place: { readonly first: boolean; readonly last: boolean },
): string {
  if (isSse) return frameWriter({ newline: 'crlf', ...manner })(json);
  return `${place.first ? '[' : ',\r\n'}${json}${place.last ? '\n]' : '\n'}`;
}

/** The responses of a streamed answer, framed. */
export function writeStream(answer: Answer, asked: Asked): string[] {
  const chunks = chunksOfAnswer(answer, asked);
  const isSse = isEventStream(asked.query);
  return chunks.map((chunk, index) => {
    const place = { first: index === 0, last: index === chunks.length - 1 };
    return geminiFrame(JSON.stringify(chunk), answer.manner, isSse, place);
  });
}

/** The parts of one chunk; the last one also says how it ended. */
interface Piece {
  readonly parts: readonly JsonObject[];
  readonly last: boolean;
}

function chunksOfAnswer(answer: Answer, asked: Asked): JsonObject[] {
  const whole = composed(answer, asked);
  if (whole.blockReason !== undefined) return [blockedResponse(answer, asked, whole.blockReason)];
  const pieces = piecesOf(whole, answer, asked);
  const count = candidateCount(asked);
  return pieces.map((piece, number) => ({
    candidates: Array.from({ length: count }, (_, index) => ({ ...candidate(piece, whole), index })),
    ...usageMembers(answer, asked, (number + 1) / pieces.length),
    ...commonMembers(answer, asked),
  }));
}

function candidate({ parts, last }: Piece, whole: Composed): JsonObject {
  const content = { content: { parts: [...parts], role: 'model' } };
  if (!last) return content;
  return {
    ...(parts.length === 0 ? {} : content),
    ...(whole.finishReason === undefined ? {} : { finishReason: whole.finishReason }),
    ...(whole.finishReason === 'STOP' || whole.finishMessage === undefined
      ? {}
      : { finishMessage: whole.finishMessage }),
    ...(whole.grounding === undefined ? {} : { groundingMetadata: whole.grounding }),
  };
}

/** What was said, piece by piece; an empty text carries the end, and the signature of the whole. */
function piecesOf(whole: Composed, answer: Answer, asked: Asked): Piece[] {
  const variant = answer.manner.gemini ?? {};
  const calling = objectOf(memberOf(asked.body, 'toolConfig').functionCallingConfig);
  const inPieces = variant.partialArgs === true || calling.streamFunctionCallArguments === true;
  const together = variant.callsTogether === true ? whole.parts.filter((part) => 'functionCall' in part) : [];
  const said = whole.parts
    .filter((part) => !together.includes(part))
    .flatMap((part): JsonObject[] => {
      if (typeof part.text === 'string') return chunksOf(part.text, answer.chunk).map((text) => ({ ...part, text }));
      return inPieces && 'functionCall' in part ? partialCall(part, answer.chunk) : [part];
    })
    .map((part): Piece => ({ parts: [part], last: false }));
  if (together.length > 0) return [...said, { parts: together, last: true }];
  if (whole.finishReason === 'SAFETY') return [...said, { parts: [], last: true }];
  const signed = whole.signature === undefined ? {} : { thoughtSignature: whole.signature };
  return [...said, { parts: [{ text: '', ...signed }], last: true }];
}

/** Counts grow from chunk to chunk; `share` is how much of the answer has been told. */
function usageMembers(answer: Answer, asked: Asked, share: number): JsonObject {
  if (answer.usage === null) return {};
  const vertex = isVertex(asked.path);
  const place = answer.manner.gemini?.usage ?? (vertex ? 'last' : 'every');
  if (share < 1 && place === 'last') return vertex ? { usageMetadata: { trafficType: 'ON_DEMAND' } } : {};
  return { usageMetadata: writeUsage(soFar(answer.usage, share), asked) };
}

function soFar(usage: AnswerUsage, share: number): AnswerUsage {
  const spoken = Math.max(0, usage.output - usage.thinking);
  return share === 1 ? usage : { ...usage, output: usage.thinking + Math.floor(spoken * share) };
}
