import { fingerprint } from '../canon/fingerprint.ts';
import type { Pieces } from '../wire/pieces.ts';
import type { Call } from './call.ts';
import { stableText } from './stable-text.ts';

/** Bytes of a body that are looked at, and characters of each part of it that count. */
const maxBytes = 512 * 1024;
const maxPart = 8 * 1024;
const keyLength = 10;

/**
 * What the calls of one session have in common and those of others have not: its name, where the client tells it, else
 * what a conversation begins with. Nothing where the body has no such beginning.
 */
export function sessionKey({ record, body }: Pick<Call, 'record' | 'body'>): string | undefined {
  return record.session ?? keyOfBody(body);
}

/** By what stands in the body before the end of the user's first message. The body is not parsed. */
export function keyOfBody(body: Pieces): string | undefined {
  const text = stableText(beginning(body), maxPart);
  return text === undefined ? undefined : fingerprint(text, keyLength);
}

/** One character a byte. */
function beginning(body: Pieces): string {
  let text = '';
  for (const piece of body.list) {
    text += piece.toString('latin1', 0, maxBytes - text.length);
    if (text.length >= maxBytes) break;
  }
  return text;
}
