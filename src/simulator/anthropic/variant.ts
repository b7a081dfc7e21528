/** Ways in which Anthropic-compatible servers stray from the usual stream. */
export interface AnthropicVariant {
  /** false: no `event:` lines. */
  readonly eventLines?: boolean;
  /** `message_start` comes twice. */
  readonly duplicateStart?: boolean;
  /** Event types that never come. */
  readonly omit?: readonly string[];
  /** The whole tool input stands in `content_block_start`, and no delta follows. */
  readonly inputInStart?: boolean;
  /** The whole text stands in `content_block_start`, and no delta follows. */
  readonly textInStart?: boolean;
  /** `once` (the default): after the first block start; `every`: before each event; `none`. */
  readonly ping?: 'once' | 'every' | 'none';
  /** Number of the first block; the default is 0. */
  readonly firstIndex?: number;
  /** `full` (the default): `message_delta` repeats the input counts; `output`: only `output_tokens`; `none`: no usage there. */
  readonly deltaUsage?: 'full' | 'output' | 'none';
  /** `full` (the default); `zero`: input counts come only at the end; `none`: no usage in `message_start`. */
  readonly startUsage?: 'full' | 'zero' | 'none';
  /** An event of a type that nobody knows comes after the start. */
  readonly unknownEvent?: boolean;
  /** `data: [DONE]` follows the last event. */
  readonly done?: boolean;
}
