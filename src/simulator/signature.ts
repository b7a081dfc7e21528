import { createHmac } from 'node:crypto';

const KEY = 'dragoman simulator thinking signature';

/** The signature that the simulator gives to a thinking block with this visible text. */
export function signThinking(text: string): string {
  return `Eq${createHmac('sha512', KEY).update(text).digest('base64')}`;
}

/** True when the signature was made by a simulator for exactly this text. */
export function isOwnSignature(text: string, signature: string): boolean {
  return signThinking(text) === signature;
}
