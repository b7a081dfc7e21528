import { isObject, type JsonObject, numberIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { writeRequest } from './request-write.ts';

/** What the counter takes of a request; it refuses the rest. */
const counted: readonly string[] = ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config'];

/** The body of a call to `count_tokens`. */
export function writeCountRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const body = writeRequest(request, options);
  return Object.fromEntries(Object.entries(body).filter(([field]) => counted.includes(field)));
}

/** The tokens that the counter tells. */
export function readCount(body: unknown): number | undefined {
  return isObject(body) ? numberIn(body['input_tokens']) : undefined;
}
