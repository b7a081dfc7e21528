import type { Ext } from '../../canon/content.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { type Ending, writeEnding } from './finish.ts';
import type { Grounding } from './grounding-write.ts';

/** The fields that name an answer. Those the origin did not give are made: clients keep answers by them. */
export function answerHead(
  answer: { readonly id: string; readonly model: string; readonly ext?: Ext },
  request: ChatRequest,
): JsonObject {
  return {
    modelVersion: answer.model === '' ? request.model : answer.model,
    responseId: answer.id === '' ? crypto.randomUUID() : answer.id,
  };
}

/** The candidate that ends an answer. A part stands in it in any case: SDKs take an answer without one for no answer. */
export function writeCandidate(
  parts: readonly JsonObject[],
  ending: Ending,
  ownFields: unknown,
  grounding: Grounding,
): JsonObject {
  const own = isObject(ownFields) ? ownFields : {};
  const { finishReason: _, finishMessage: __, ...rest } = own;
  const sources = own.groundingMetadata === undefined && own.citationMetadata === undefined;
  const metadata = sources ? grounding.metadata() : undefined;
  return {
    content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
    ...writeEnding(ending, own),
    index: 0,
    ...(metadata !== undefined && { groundingMetadata: metadata }),
    ...rest,
  };
}
