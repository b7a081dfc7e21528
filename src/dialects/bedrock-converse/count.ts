import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject, numberIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { requiredObject } from './field.ts';
import { writeRequest } from './request-write.ts';

/** What of a request is counted. */
const counted = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields'];

/** The body of a CountTokens call; the model's name goes beside it. */
export function writeCountRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const body = writeRequest(request, options);
  const converse = Object.fromEntries(counted.flatMap((field) => (field in body ? [[field, body[field]]] : [])));
  return { model: request.model, input: { converse } };
}

/** Tokens in the answer to it. */
export function readCountResponse(body: unknown): number | undefined {
  return isObject(body) ? numberIn(body.inputTokens) : undefined;
}

/** The request inside a client's CountTokens call. @throws not_supported for the body of another API inside it. */
export function readCount({ input, ...address }: JsonObject): JsonObject {
  const asked = requiredObject(input, 'input');
  if (!isObject(asked.converse) && isObject(asked.invokeModel)) {
    throw new GatewayError('not_supported', 'Only the tokens of a Converse request can be counted here.', {
      param: 'input.invokeModel',
    });
  }
  return { ...requiredObject(asked.converse, 'input.converse'), ...address };
}
