import type { Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';

/** What the first bytes of an answer say about it. */
export interface AnswerHead {
  /** In every chunk, and at the top of a whole answer. */
  readonly fields: JsonObject;
  /** Larger things, which need saying but once. */
  readonly once: JsonObject;
}

/** The fields that name an answer. Those the origin did not give are made: the language demands them. */
export function answerHead(
  answer: { readonly id: string; readonly model: string; readonly ext?: Ext },
  request: ChatRequest,
  object = 'chat.completion.chunk',
): AnswerHead {
  const fields: JsonObject = {
    id: answer.id === '' ? `chatcmpl-${crypto.randomUUID()}` : answer.id,
    object,
    created: Math.floor(Date.now() / 1000),
    model: answer.model === '' ? request.model : answer.model,
  };
  const once: JsonObject = {};
  for (const [field, value] of Object.entries(answer.ext?.['openai-chat'] ?? {})) {
    if (typeof value === 'object') once[field] = value;
    else fields[field] = value;
  }
  return { fields, once };
}
