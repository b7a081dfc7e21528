import { createHash, createHmac } from 'node:crypto';
import { isObject, type Json, textOf } from '../json.ts';

const KEY = 'dragoman simulator encrypted reasoning';
const PREFIX = 'gAAAAAB';
const MAC_BYTES = 32;

/**
 * When a reasoning item is written: as it opens in a stream, as it is done, or in the whole response. Its content looks
 * different each time; that of an item which has only opened holds nothing yet.
 */
export type Stage = 'opened' | 'done' | 'response';

function sealed(payload: Buffer): Buffer {
  return createHmac('sha256', KEY).update(payload).digest();
}

/** The `encrypted_content` of a reasoning item with this id and text. */
export function encryptReasoning(id: string, text: string, stage: Stage): string {
  const digest = createHash('sha256').update(text).digest('base64url');
  const payload = Buffer.from(JSON.stringify({ id, stage, digest }));
  return PREFIX + Buffer.concat([sealed(payload), payload]).toString('base64url');
}

/** The id of the item that a simulator encrypted this content for; undefined when none did, or the item had only opened. */
export function decryptedId(content: string): string | undefined {
  if (!content.startsWith(PREFIX)) return undefined;
  const bytes = Buffer.from(content.slice(PREFIX.length), 'base64url');
  // A decoder forgives what it does not know; only what encodes to the same text again is the same content.
  if (bytes.toString('base64url') !== content.slice(PREFIX.length)) return undefined;
  const payload = bytes.subarray(MAC_BYTES);
  if (!sealed(payload).equals(bytes.subarray(0, MAC_BYTES))) return undefined;
  const read = JSON.parse(payload.toString()) as Json;
  return isObject(read) && read.stage !== 'opened' ? textOf(read.id) : undefined;
}
