/** Ways in which servers differ from OpenAI's own Responses. */
export interface ResponsesVariant {
  /**
   * Where thinking is written: as a summary when the request asks for one (the default), as a summary in any case, or
   * as text of its own, as open models have it.
   */
  readonly reasoning?: 'asked' | 'summary' | 'text';
  /** The summary comes in several parts, cut at its blank lines. */
  readonly summaryParts?: boolean;
  /** false: no `event:` lines. */
  readonly eventLines?: boolean;
  /** false: events are not numbered. */
  readonly numbered?: boolean;
  /** Types of events that are left out, such as `response.output_text.done`. */
  readonly omit?: readonly string[];
  /** Every event names its items by other ids, as GitHub's Copilot does. */
  readonly rotatingIds?: boolean;
  /** Deltas of neighbouring calls come in turn. */
  readonly interleaved?: boolean;
  /** `[DONE]` comes at the end. */
  readonly done?: boolean;
}
