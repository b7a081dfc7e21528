import type { FinishReason } from '../../canon/event.ts';

/** The service's words, those of its first version among them. `ERROR` and `TIMEOUT` are no ends but failures. */
const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['COMPLETE', 'end'],
  ['STOP_SEQUENCE', 'stop_sequence'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
  ['ERROR_TOXIC', 'refusal'],
  ['ERROR_LIMIT', 'context_overflow'],
]);

/** What a `finish_reason` means; nothing for a word that is not known here. */
export function readFinishReason(word: string): FinishReason | undefined {
  return reasons.get(word.toUpperCase());
}
