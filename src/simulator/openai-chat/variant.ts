/** Ways in which compatible servers differ from OpenAI's own chat completions. */
export interface ChatVariant {
  /** Where thinking is written; the default is `reasoning_content`. `content_parts` is Databricks' list of parts. */
  readonly reasoning?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'content_parts' | 'none';
  /** Where usage stands in a stream; the default is an extra chunk when the request asks for it. */
  readonly usage?: 'extra' | 'finish' | 'every' | 'none';
  /** false: no `data: [DONE]`. */
  readonly done?: boolean;
  /** `deltas` (the default), one `whole` chunk for each call, or deltas of parallel calls `interleaved`. */
  readonly calls?: 'deltas' | 'whole' | 'interleaved';
  /** In which chunks of a call its id stands; `empty`: '' after the first. */
  readonly ids?: 'first' | 'every' | 'empty';
  /** Number of the first call, or `none`: chunks of calls without `index`. */
  readonly callIndex?: number | 'none';
  /** `object`: arguments are an object and not a string of JSON. */
  readonly arguments?: 'string' | 'object';
  /** `none`: no chunk says who speaks; `every`: each does. */
  readonly role?: 'first' | 'every' | 'none';
  /** The last text or call and `finish_reason` stand in one chunk. */
  readonly finishWithLast?: boolean;
  /** `finish_reason` never comes. */
  readonly noFinish?: boolean;
  /** A comment line comes before each chunk, as OpenRouter sends while it waits. */
  readonly comments?: boolean;
}
