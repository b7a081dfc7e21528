import type { Block } from '../canon/content.ts';
import { fingerprint } from '../canon/fingerprint.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Pieces } from '../wire/pieces.ts';
import type { Incoming } from './incoming.ts';
import { stableText } from './stable-text.ts';

/** Bytes of a body that are looked at, and characters of each part of it that count. */
const maxBytes = 64 * 1024;
const maxPart = 8 * 1024;
const keyLength = 10;

/**
 * What the calls of one session have in common and those of others have not: its name, where the client tells it, else
 * what a conversation begins with. Nothing where the body has no such beginning.
 */
export function sessionKey({ call, request }: Pick<Incoming, 'call' | 'request'>): string | undefined {
  const { session } = call.record;
  if (session !== undefined) return session;
  // What the client goes on from stands in the request only.
  return call.resolved === undefined ? keyOfBody(call.body) : keyOfRequest(request());
}

/** By instructions, tools and all up to the user's first words. */
export function keyOfRequest({ system, tools, turns }: ChatRequest): string {
  const first = turns.findIndex(({ role }) => role === 'user');
  const parts = [
    ...system.map(({ text }) => text),
    ...tools.map(({ name }) => name),
    ...turns.slice(0, first + 1).flatMap(({ content }) => content.flatMap(textOf)),
  ];
  return fingerprint(parts.map((part) => part.slice(0, maxPart)).join('\n'), keyLength);
}

/** By what stands in the body before the end of the user's first message. The body is not parsed. */
export function keyOfBody(body: Pieces): string | undefined {
  const text = stableText(beginning(body), maxPart);
  return text === undefined ? undefined : fingerprint(text, keyLength);
}

function textOf(block: Block): string[] {
  if (block.type === 'text') return [block.text];
  if (block.type !== 'image' && block.type !== 'document') return [];
  return block.source.type === 'base64' ? [block.source.data] : [];
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
