import type { FinishReason } from '../../canon/event.ts';

const reasonOf: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop_sequence'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'refusal'],
  ['guardrail_intervened', 'refusal'],
  ['model_context_window_exceeded', 'context_overflow'],
  // Words of Claude's own, for answers that come from elsewhere.
  ['pause_turn', 'pause'],
  ['compaction', 'compaction'],
]);

const wordOf: { readonly [reason in FinishReason]: string } = {
  end: 'end_turn',
  length: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tool_calls: 'tool_use',
  refusal: 'content_filtered',
  context_overflow: 'model_context_window_exceeded',
  pause: 'pause_turn',
  compaction: 'compaction',
};

/** What a `stopReason` means; nothing for a word this dialect does not know. */
export function readStopReason(word: string): FinishReason | undefined {
  return reasonOf.get(word);
}

/** The `stopReason` for a meaning. */
export function writeStopReason(reason: FinishReason): string {
  return wordOf[reason];
}

/** Words for an answer that the model could not finish as it began it: what is there of it is no answer. */
export function isMalformed(word: string): boolean {
  return word.startsWith('malformed_');
}
