import type { FinishReason } from '../../canon/event.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';

/** How an answer ended, before anything was said about its content. */
export interface Ending {
  readonly reason: FinishReason;
  readonly stopSequence?: string;
}

/** Words of the servers, lower case; whatever is not here ended normally. */
const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'end'],
  ['end_turn', 'end'],
  ['eos', 'end'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'refusal'],
  ['refusal', 'refusal'],
  ['safety', 'refusal'],
  ['recitation', 'refusal'],
  ['prohibited_content', 'refusal'],
  ['stop_sequence', 'stop_sequence'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context_overflow'],
  ['compaction', 'compaction'],
]);

/** What the origin behind a relay said (`native_finish_reason`), where it says more than the relay's own word. */
const refinements: ReadonlyMap<string, FinishReason> = new Map([
  ['stop_sequence', 'stop_sequence'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context_overflow'],
  ['compaction', 'compaction'],
]);

/** Reads `finish_reason` with the fields beside it: `native_finish_reason` of relays, `stop_reason` and `matched_stop` of vLLM and SGLang. */
export function readEnding(finishReason: string, choice: JsonObject): Ending {
  const native = stringIn(choice['native_finish_reason']);
  const refined = native === undefined ? undefined : refinements.get(native.toLowerCase());
  const reason = refined ?? reasons.get(finishReason.toLowerCase()) ?? 'end';
  const stopSequence = stringIn(choice['stop_reason']) ?? stringIn(choice['matched_stop']);
  // Some relays put their origin's word for the reason where vLLM has the sequence.
  const isSequence = stopSequence !== undefined && !reasons.has(stopSequence.toLowerCase());
  if (isSequence && (reason === 'end' || reason === 'stop_sequence')) {
    return { reason: 'stop_sequence', stopSequence };
  }
  return { reason };
}

const words: { readonly [reason in FinishReason]: readonly [finishReason: string, native?: string] } = {
  end: ['stop'],
  length: ['length'],
  stop_sequence: ['stop', 'stop_sequence'],
  tool_calls: ['tool_calls'],
  pause: ['stop', 'pause_turn'],
  refusal: ['content_filter'],
  context_overflow: ['length', 'model_context_window_exceeded'],
  compaction: ['stop', 'compaction'],
};

/** What the writer knows of the content when it says how the answer ended. */
export interface Written {
  /** The refusal's words have been written: `stop` then says it, as OpenAI does. */
  readonly refused: boolean;
  /** The client speaks of functions, not tools. */
  readonly legacy: boolean;
}

/** The fields of a choice that say how the answer ended. */
export function writeEnding({ reason, stopSequence }: Ending, written: Written): JsonObject {
  const [word, native] = words[reason];
  let finishReason = word;
  if (reason === 'refusal' && written.refused) finishReason = 'stop';
  if (reason === 'tool_calls' && written.legacy) finishReason = 'function_call';
  return {
    finish_reason: finishReason,
    ...(native !== undefined && { native_finish_reason: native }),
    ...(stopSequence !== undefined && { stop_reason: stopSequence }),
  };
}
