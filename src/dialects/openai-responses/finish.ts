import type { FinishReason } from '../../canon/event.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';

/** How an answer ended. */
export interface Ending {
  readonly reason: FinishReason;
  readonly stopSequence?: string;
}

/** What the reader knows of the content when it says how the answer ended. */
export interface Heard {
  /** A call is there that the client has to run. */
  readonly called: boolean;
  readonly refused: boolean;
}

/** Ends that the language has no word for, as the field `stop_reason` has them. */
const stopReasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop_sequence', 'stop_sequence'],
  ['pause_turn', 'pause'],
  ['model_context_window_exceeded', 'context_overflow'],
  ['compaction', 'compaction'],
]);

/** Fields that together say how an answer ended. */
export const endingFields: readonly string[] = ['status', 'incomplete_details', 'stop_reason', 'stop_sequence'];

/** Reads how a response ended that has not failed. */
export function readEnding(response: JsonObject, { called, refused }: Heard): Ending {
  const stated = stopReasons.get(stringIn(response.stop_reason) ?? '');
  const stopSequence = stringIn(response.stop_sequence);
  if (stated !== undefined) return { reason: stated, ...(stopSequence !== undefined && { stopSequence }) };
  if (response.status === 'incomplete') return { reason: incompleteReason(response.incomplete_details) };
  if (called) return { reason: 'tool_calls' };
  return { reason: refused ? 'refusal' : 'end' };
}

function incompleteReason(details: unknown): FinishReason {
  const reason = isObject(details) ? details.reason : undefined;
  if (reason === 'content_filter') return 'refusal';
  // A successor goes on from where it was stopped.
  if (reason === 'steered') return 'pause';
  return 'length';
}

/** Details that no reason stands for, and that the answer has to remember. */
export function unusualDetails({ status, incomplete_details: details }: JsonObject): JsonObject | undefined {
  if (status !== 'incomplete' || !isObject(details)) return undefined;
  const usual = details.reason === 'max_output_tokens' || details.reason === 'content_filter';
  return usual && Object.keys(details).length === 1 ? undefined : details;
}

const words: ReadonlyMap<FinishReason, string> = new Map(
  [...stopReasons].map(([word, reason]) => [reason, word] as const),
);

/** The fields that say how an answer ended. @param refused the refusal's words have been written, and say it. */
export function writeEnding({ reason, stopSequence }: Ending, refused: boolean): JsonObject {
  const word = words.get(reason);
  return {
    ...statusOf(reason, refused),
    ...(word !== undefined && { stop_reason: word }),
    ...(stopSequence !== undefined && { stop_sequence: stopSequence }),
  };
}

function statusOf(reason: FinishReason, refused: boolean): JsonObject {
  if (reason === 'length' || reason === 'context_overflow') {
    return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  }
  if (reason === 'refusal' && !refused) {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  }
  return { status: 'completed', incomplete_details: null };
}
