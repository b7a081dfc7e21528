import type { JsonObject } from '../../src/canon/json.ts';

/** What a client asks. */
export interface Asking {
  readonly model: string;
  readonly text: string;
  /** Names of the tools that it has. */
  readonly tools: readonly string[];
  readonly stream: boolean;
  /** Whether it is the later turn of a conversation, `before`. */
  readonly isLater: boolean;
}

/** A request as it goes over the wire. */
export interface Wire {
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: JsonObject;
}

/** Any arguments. */
export const schema = { type: 'object', properties: {}, additionalProperties: true };

/** What was said before the question, in conversations that have begun. */
export const before = {
  question: 'What do the notes say?',
  call: { id: 'call_before', name: 'read_file', input: { path: 'notes “old”.md' } },
  result: 'They say: 42 €.',
  answer: 'The notes say 42 €.',
} as const;
