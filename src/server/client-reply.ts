import type { Reply } from '../gateway/call.ts';

/** Where a reply belongs. */
export interface ReplyHost {
  /** It is to be the last of its connection. */
  readonly isLast: boolean;
  /** Nothing more can be said, because all is said or because the client has left. */
  closed(): void;
}

/** A reply to a client, whoever writes it. */
export interface ClientReply extends Reply {
  /** Tells of its end, and asks about it. Once, before anything is said. */
  attend(host: ReplyHost): void;
  /** The connection ends with it. */
  last(): void;
}

/** Up to so many bytes it is cheaper to copy them than to send several pieces. */
export const maxCopied = 8 * 1024;

/** The end of a body that is sent in chunks. */
export const lastChunk = Buffer.from('0\r\n\r\n');
export const lineEnd = Buffer.from('\r\n');

/** Bytes as one of HTTP's chunks, behind what stands before it. They are some: an empty one would be the last. */
export function framed(before: string, bytes: Uint8Array, after?: Buffer): Buffer {
  const size = `${before}${bytes.length.toString(16)}\r\n`;
  const whole = Buffer.allocUnsafe(size.length + bytes.length + lineEnd.length + (after?.length ?? 0));
  whole.write(size, 'latin1');
  whole.set(bytes, size.length);
  const end = size.length + bytes.length;
  whole.set(lineEnd, end);
  if (after !== undefined) whole.set(after, end + lineEnd.length);
  return whole;
}
