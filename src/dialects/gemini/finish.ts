import { GatewayError } from '../../canon/error.ts';
import type { FinishReason } from '../../canon/event.ts';
import { type JsonObject, parseJson, stringIn } from '../../canon/json.ts';

/** How an answer ended, before anything was said about its content. */
export interface Ending {
  readonly reason: FinishReason;
  readonly stopSequence?: string;
}

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['FINISH_REASON_UNSPECIFIED', 'end'],
  ['STOP', 'end'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'refusal'],
  ['RECITATION', 'refusal'],
  ['LANGUAGE', 'refusal'],
  ['BLOCKLIST', 'refusal'],
  ['PROHIBITED_CONTENT', 'refusal'],
  ['SPII', 'refusal'],
  ['MODEL_ARMOR', 'refusal'],
  ['IMAGE_SAFETY', 'refusal'],
  ['IMAGE_PROHIBITED_CONTENT', 'refusal'],
  ['IMAGE_RECITATION', 'refusal'],
  // Whatever it was, it was not the end that the model wanted.
  ['OTHER', 'refusal'],
  ['CONTINUATION', 'pause'],
]);

/** Words for answers that failed: nobody may take what there is of them for a success. */
const failures: ReadonlyMap<string, string> = new Map([
  ['MALFORMED_FUNCTION_CALL', 'The model made a function call that is not well formed.'],
  ['UNEXPECTED_TOOL_CALL', 'The model called a tool that it was not given.'],
  ['TOO_MANY_TOOL_CALLS', 'The model called too many tools in a row.'],
  ['MALFORMED_RESPONSE', 'The model gave an answer that is not well formed.'],
  ['MISSING_THOUGHT_SIGNATURE', 'The provider misses the proof of an earlier thought.'],
  ['NO_IMAGE', 'The model made no image.'],
  ['IMAGE_OTHER', 'The model could not make the image.'],
]);

/** What clients of the language have no word for is told in the message beside the word. */
const notes: { readonly [reason in FinishReason]?: string } = {
  stop_sequence: 'A stop sequence ended the answer.',
  pause: 'The turn is paused: send it back to have it continued.',
  context_overflow: 'The context window is full.',
  compaction: 'The conversation was compacted.',
};
const sequenceNote = /^The stop sequence (".*") ended the answer\.$/s;

const words: { readonly [reason in FinishReason]: string } = {
  end: 'STOP',
  tool_calls: 'STOP',
  stop_sequence: 'STOP',
  pause: 'STOP',
  compaction: 'STOP',
  length: 'MAX_TOKENS',
  context_overflow: 'MAX_TOKENS',
  refusal: 'SAFETY',
};

/** Reads `finishReason` with the message beside it; the error for an answer that has failed. */
export function readEnding(word: string, candidate: JsonObject): Ending | GatewayError {
  const message = stringIn(candidate.finishMessage) ?? '';
  const told = toldIn(message);
  if (told !== undefined) return told;
  const failure = failures.get(word) ?? (/MALFORMED|MISSING|UNEXPECTED|INVALID|ERROR/.test(word) ? '' : undefined);
  if (failure !== undefined) {
    const text = failure === '' ? `The answer ended with ${word}.` : failure;
    const details = { code: word, shouldRetry: word !== 'MISSING_THOUGHT_SIGNATURE' };
    return new GatewayError('bad_upstream', message === '' ? text : `${text} ${message}`, details);
  }
  const known = reasons.get(word);
  if (known !== undefined) return { reason: known };
  return { reason: /SAFETY|PROHIBITED|RECITATION|BLOCK/.test(word) ? 'refusal' : 'end' };
}

function toldIn(message: string): Ending | undefined {
  const sequence = sequenceNote.exec(message)?.[1];
  const stopSequence = sequence === undefined ? undefined : stringIn(parseJson(sequence));
  if (stopSequence !== undefined) return { reason: 'stop_sequence', stopSequence };
  const found = Object.entries(notes).find(([, note]) => note === message)?.[0];
  return found === undefined ? undefined : { reason: found as FinishReason };
}

/** What of a candidate's ending the canonical reason does not say: the word for it, unless it is the usual one, and the message. */
export function endingRest(word: string, candidate: JsonObject, { reason }: Ending): JsonObject {
  const message = candidate.finishMessage;
  const isNote = typeof message === 'string' && toldIn(message) !== undefined;
  return {
    ...(!isNote && word !== words[reason] && { finishReason: word }),
    ...(!isNote && message !== undefined && message !== null && { finishMessage: message }),
  };
}

/** The fields of a candidate that say how the answer ended. `own` is what `endingRest` kept. */
export function writeEnding({ reason, stopSequence }: Ending, own: JsonObject): JsonObject {
  const { finishReason: ownWord, finishMessage } = own;
  const word = stringIn(ownWord);
  const same = word !== undefined && (reasons.get(word) ?? 'end') === (reason === 'tool_calls' ? 'end' : reason);
  const note =
    stopSequence === undefined ? notes[reason] : `The stop sequence ${JSON.stringify(stopSequence)} ended the answer.`;
  const message = finishMessage ?? (same ? undefined : note);
  return {
    finishReason: same ? word : words[reason],
    ...(message !== undefined && { finishMessage: message }),
  };
}
