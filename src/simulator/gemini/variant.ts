/** Ways in which services and models differ in Gemini's language. */
export interface GeminiVariant {
  /** Whether thoughts are told: when the request asks for them (the default), or in any case. */
  readonly thoughts?: 'asked' | 'always';
  /** Which chunks of a stream count tokens; the default is `every`, and `last` for Vertex. */
  readonly usage?: 'every' | 'last';
  /** Calls carry an id, as newer models give them. */
  readonly ids?: boolean;
  /** The arguments of calls come in pieces, also when the request does not ask for it. */
  readonly partialArgs?: boolean;
  /** All calls, and the end, stand in one chunk. */
  readonly callsTogether?: boolean;
  /** `finishReason` never comes. */
  readonly noFinish?: boolean;
}
