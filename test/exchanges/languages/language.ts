import type { JsonObject } from '../../../src/canon/json.ts';
import type { Part, Saying } from '../saying.ts';

/** One turn of a conversation, as it stands in a request. */
export interface Told {
  readonly role: 'user' | 'assistant' | 'system';
  readonly parts: readonly Part[];
}

/** A wire language, read as its documentation says and as plainly as can be. */
export interface Language {
  /** The whole answer that the events of a stream add up to. */
  gather(events: readonly JsonObject[]): JsonObject;
  /** What a whole answer says. */
  saying(answer: JsonObject): Saying;
  /** The conversation in a request's body, results of tools in `user` turns. */
  told(body: JsonObject): Told[];
}
