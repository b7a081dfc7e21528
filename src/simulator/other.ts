import type { OtherAnswer } from './dialect.ts';
import type { Json, JsonObject } from './json.ts';

/** An answer in JSON. */
export function jsonAnswer(body: JsonObject | Json[]): OtherAnswer {
  return bytesAnswer('application/json', JSON.stringify(body));
}

/** An answer of any other sort. */
export function bytesAnswer(type: string, body: Buffer | string): OtherAnswer {
  return { status: 200, headers: { 'content-type': type }, body: Buffer.from(body) };
}
