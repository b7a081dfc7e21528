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
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const digits = /^\d{1,15}$/;
const chunkedLast = /(?:^|,)[ \t]*chunked$/i;
const closing = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const keeping = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

/** Whether a text may be the beginning of a head. */
export function mayBecomeHead(text: string): boolean {
  return 'HTTP/1.'.startsWith(text.slice(0, 7)) && !alien.test(text);
}

/** Reads the lines of a head. @throws Error saying what is wrong with them. */
export function readResponseHead(text: string): ResponseHead {
  if (alien.test(text)) throw new Error('A control character in the head of the answer');
  const first = text.indexOf('\r\n');
  const line = statusLine.exec(text.slice(0, first));
  if (line === null) throw new Error('No status line of HTTP/1 begins the answer');
  const status = Number(line[2]);
  const headers = readHeaders(text, first + 2);
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
  if (alien.test(text)) throw new Error('A control character in the trailers of the answer');
  const { 'content-length': length } = readHeaders(text, 2);
  if (length !== undefined) throw new Error('A length of the answer that comes after it');
}

function framingOf(length: string | undefined, coding: string | undefined): Framing {
  if (coding !== undefined) return chunkedLast.test(coding) ? 'chunked' : 'close';
  return length === undefined ? 'close' : 'length';
}

function readHeaders(text: string, from: number): Headers {
  const headers: { [name: string]: string } = {};
  for (let at = from; at < text.length; ) {
    const end = text.indexOf('\r\n', at);
    const colon = text.indexOf(':', at);
    const written = text.slice(at, colon);
    const name = known.get(written) ?? properName(written, colon);
    const value = trimmed(text, colon + 1, end);
    // What every object has (`constructor`) is no header that came before.
    const before = headers[name];
    headers[name] = typeof before === 'string' ? `${before}, ${value}` : value;
    at = end + 2;
  }
  return headers;
}

/** Names that have been looked at, in lower case: servers send the same ones over and over. */
const known = new Map<string, string>();
const maxKnown = 500;

function properName(written: string, colon: number): string {
  const name = written.toLowerCase();
  if (colon < 0 || !token.test(name)) throw new Error('A header without a proper name');
  if (known.size < maxKnown && written.length < 100) known.set(written, name);
  return name;
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
