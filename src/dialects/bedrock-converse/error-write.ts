import { errorKinds, type GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readOverflow } from '../../canon/overflow.ts';
import type { Headers } from '../dialect.ts';
import { exceptionOf, streamExceptions } from './exception.ts';
import { converseName } from './ext.ts';

/** The error's body; its name travels in a header, and so does the request's id. */
export function writeError(error: GatewayError): JsonObject {
  return { message: messageOf(error) };
}

/** The header by which clients know which exception it is. */
export function errorHeaders({ kind, details }: GatewayError): Headers {
  // An error of this language keeps its name, of which there are more than kinds.
  const own = details.origin?.dialect === converseName ? details.code : undefined;
  return { 'x-amzn-errortype': own ?? exceptionOf[kind].name };
}

/** The status that belongs to the exception. */
export function statusOf({ kind }: GatewayError): number {
  return exceptionOf[kind].status;
}

/** An exception inside a stream. */
export interface StreamException {
  readonly name: string;
  readonly body: JsonObject;
}

/** The error as it is told inside an answer. What has no exception there is told as the model's, with the status that it stands for. */
export function writeException(error: GatewayError): StreamException {
  const message = messageOf(error);
  const name = streamExceptions[error.kind];
  if (name !== undefined) return { name, body: { message } };
  return { name: 'modelStreamErrorException', body: { message, originalStatusCode: errorKinds[error.kind] } };
}

function messageOf(error: GatewayError): string {
  const { kind, message, details } = error;
  if (kind === 'context_overflow') return overflowMessage(error);
  const { param } = details;
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
}

/** The wording that clients act on; the origin's where it gave no numbers and is known. */
function overflowMessage({ message, details: { tokens, limit, maxTokens } }: GatewayError): string {
  if (limit === undefined)
    return readOverflow(message) === undefined ? `Input is too long for requested model. ${message}` : message;
  const asked = Math.max(tokens ?? 0, limit + 1);
  const input = asked - (maxTokens ?? 0);
  return maxTokens !== undefined && input < limit
    ? `input length and \`max_tokens\` exceed context limit: ${input} + ${maxTokens} > ${limit}`
    : `Input is too long for requested model. prompt is too long: ${asked} tokens > ${limit} maximum`;
}
