import type { FinishReason } from '../../canon/event.ts';

const reasonOf: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop_sequence'],
  ['tool_use', 'tool_calls'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context_overflow'],
  ['compaction', 'compaction'],
]);

const wordOf: ReadonlyMap<FinishReason, string> = new Map([...reasonOf].map(([word, reason]) => [reason, word]));

/** What a `stop_reason` means; nothing for a word this dialect does not know. */
export function readStopReason(word: string): FinishReason | undefined {
  return reasonOf.get(word);
}

/** The `stop_reason` for a meaning. */
export function writeStopReason(reason: FinishReason): string {
  return wordOf.get(reason) ?? 'end_turn';
}
