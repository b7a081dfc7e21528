import { isObject, type JsonObject, numberIn } from '../../canon/json.ts';
import type { CountSide, Quirks } from '../dialect.ts';
import { message, optional } from './field.ts';
import { writeRequest } from './request-write.ts';

/** How the Gemini API counts: the whole request in an envelope. Vertex AI takes it bare. */
export const count: CountSide = {
  writeRequest(request, options) {
    const { model, stream, ...body } = writeRequest({ ...request, stream: false }, options);
    if (isBare(options.quirks)) return { model, stream, ...body };
    return { model, stream, generateContentRequest: { model: `models/${request.model}`, ...body } };
  },
  readResponse: (body) => (isObject(body) ? numberIn(body.totalTokens) : undefined),
};

function isBare(quirks: Quirks & { readonly count_body?: string }): boolean {
  return quirks.count_body === 'bare';
}

/** The request that a client wants to have counted: in an envelope, or the body itself. */
export function readCount(body: JsonObject): JsonObject {
  const inner = body.generateContentRequest ?? body.generate_content_request;
  const { model, stream, alt } = body;
  const request = optional(inner, 'generateContentRequest', message);
  if (request === undefined) return body;
  return {
    ...request,
    ...(model !== undefined && { model }),
    stream: stream ?? false,
    ...(alt !== undefined && { alt }),
  };
}

/** The answer to a request for a count. */
export function writeCount(tokens: number): JsonObject {
  return { totalTokens: tokens };
}
