/** Ways in which streams of Converse differ between models and from the usual order. */
export interface BedrockVariant {
  /** Types of events that never come. */
  readonly omit?: readonly string[];
  /** `metadata` comes before `messageStop`. */
  readonly metadataFirst?: boolean;
  /** Every block has a start, also texts and thinking. */
  readonly textStart?: boolean;
  /** false: no `p` in the events. */
  readonly padding?: boolean;
}
