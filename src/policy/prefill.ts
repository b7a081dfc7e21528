import type { DialectName } from '../canon/content.ts';

/** Claude's models up to the 4.5 generation; later ones refuse a beginning of their answer. */
const prefilled = /claude-(?:instant|v?2|3|(?:opus|sonnet|haiku)-4(?:[-.@](?:0|1|5|20\d{6})\b|@|$))/i;

/**
 * Whether a model goes on from a last message of the assistant as from the beginning of its own answer.
 * @param isMarked the server wants to be told that the message is such a beginning, and so goes on from it.
 */
export function prefills(model: string, speaks: DialectName, isMarked: boolean | undefined): boolean {
  return isMarked === true || ((speaks === 'anthropic' || speaks === 'bedrock-converse') && prefilled.test(model));
}
