import { endOfLine, readFields } from '../../wire/http-fields.ts';
import type { Headers } from '../transport.ts';

/** How the end of a body is known. */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** What stands before the body of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Names in lower case; what is repeated is joined by commas. */
  readonly headers: Headers;
  readonly framing: Framing;
  /** Bytes of the body, where `framing` is "length". */
  readonly length: number;
  /** Whether the connection may serve another exchange after this one. */
  readonly reusable: boolean;
}

/** What no head contains: control characters, and line ends of another kind than CR LF. */
const alien = /[^\t\r\n\x20-\x7e\x80-\xff]|\r[^\n]|(?:^|[^\r])\n/;
const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const digits = /^\d{1,15}$/;
const chunkedLast = /(?:^|,)[ \t]*chunked$/i;
const closing = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const keeping = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

/** Whether a text may be the beginning of a head. */
export function mayBecomeHead(text: string): boolean {
  return 'HTTP/1.'.startsWith(text.slice(0, 7)) && !alien.test(text);
}

/**
 * Reads the lines of a head.
 * @param bytes what they were made of, a character a byte.
 * @throws Error saying what is wrong with them.
 */
export function readResponseHead(text: string, bytes: Uint8Array): ResponseHead {
  const first = endOfLine(bytes, 0);
  const line = statusLine.exec(text.slice(0, first));
  if (line === null) throw new Error('No status line of HTTP/1 begins the answer');
  const status = Number(line[2]);
  const headers = readHeaders(bytes, text, first + 2);
  const { 'content-length': length, 'transfer-encoding': coding, connection = '' } = headers;
  if (length !== undefined && coding !== undefined) throw new Error('Both a length and a transfer coding');
  if (length !== undefined && !digits.test(length)) throw new Error('A content-length that is no number');
  const bodiless = status < 200 || status === 204 || status === 304;
  const framing = bodiless ? 'none' : framingOf(length, coding);
  const kept = line[1] === '1' ? !closing.test(connection) : keeping.test(connection) && !closing.test(connection);
  // A body may follow where there is none: it would be taken for the beginning of the next answer.
  const deceptive = bodiless && (coding !== undefined || Number(length ?? 0) > 0);
  return { status, headers, framing, length: Number(length ?? 0), reusable: kept && framing !== 'close' && !deceptive };
}

/** Trailers say nothing that is wanted, but must be in order. @param text their lines, behind a line end. @throws Error */
export function checkTrailers(text: string): void {
  const { 'content-length': length } = readHeaders(Buffer.from(text, 'latin1'), text, 2);
  if (length !== undefined) throw new Error('A length of the answer that comes after it');
}

function framingOf(length: string | undefined, coding: string | undefined): Framing {
  if (coding !== undefined) return chunkedLast.test(coding) ? 'chunked' : 'close';
  return length === undefined ? 'close' : 'length';
}

function readHeaders(bytes: Uint8Array, text: string, from: number): Headers {
  const headers: { [name: string]: string } = {};
  readFields(bytes, text, from, headers);
  return headers;
}
