import { readFields } from '../../wire/http-fields.ts';

/** What stands before the body of a plain request. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  /** Bytes of the body. */
  readonly length: number;
  /** The client wants the connection to end with the answer. */
  readonly isLast: boolean;
  /** Where the body begins. */
  readonly end: number;
}

/** Bytes of a head, and its fields, above which node:http is to say whether they are too many. */
const maxHead = 16 * 1024;
const maxFields = 250;
/** Up to this size a head cannot have as many. */
const smallHead = 4 * maxFields;

const headEnd = Buffer.from('\r\n\r\n');

const requestLine = /^(GET|POST|HEAD|DELETE) (\/[!-~]*) HTTP\/1\.1\r\n/;
const number = /^(?:0|[1-9]\d{0,14})$/;

/** Fields that ask for more than a plain exchange of a request for an answer. */
const special = ['transfer-encoding', 'upgrade', 'expect', 'trailer'] as const;

/**
 * Reads a head about which there can be no two opinions: all of it is there, every field stands in it once, and the body's
 * length is told by a number. Nothing for any other, be it wrong, unusual, or not all there: who takes more can have it.
 */
export function readRequestHead(bytes: Buffer): RequestHead | undefined {
  const text = headText(bytes);
  if (text === undefined) return undefined;
  const line = requestLine.exec(text);
  if (line === null) return undefined;
  const [begin, method = '', url = ''] = line;
  const headers: { [name: string]: string } = {};
  try {
    if (readFields(bytes, text, begin.length, headers)) return undefined;
  } catch {
    return undefined;
  }
  if (text.length > smallHead && Object.keys(headers).length > maxFields) return undefined;
  for (const name of special) if (headers[name] !== undefined) return undefined;
  const { host, connection, 'content-length': announced } = headers;
  if (host === undefined || (announced !== undefined && !number.test(announced))) return undefined;
  const length = announced === undefined ? 0 : Number(announced);
  if (length > 0 && method !== 'POST') return undefined;
  const isLast = connection !== undefined && /^close$/i.test(connection);
  if (connection !== undefined && !isLast && !/^keep-alive$/i.test(connection)) return undefined;
  return { method, url, headers, length, isLast, end: text.length + 2 };
}

/** The head's lines, without the empty one that ends it. */
function headText(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(headEnd);
  return end < 0 || end > maxHead ? undefined : bytes.toString('latin1', 0, end + 2);
}
