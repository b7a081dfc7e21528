import { GatewayError } from '../../canon/error.ts';
import type { UpstreamRequest } from '../sending.ts';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Anything else could end the header and begin another one, or cannot be written in bytes. */
const value = /^[\t\x20-\x7e\x80-\xff]*$/;
const target = /^[\x21-\x7e\x80-\xff]+$/;

/** What concerns the connection or the length of the body is said here and by nobody else. */
const ours: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Where a header of a name goes. */
type Place = 'field' | 'host' | 'ours' | 'nowhere';

/** Names that have been looked at: the same dozen comes with every request, and looking takes longer than writing. */
const seen = new Map<string, Place>();
const maxSeen = 500;

function placeOf(name: string): Place {
  if (!token.test(name)) return 'nowhere';
  const lower = name.toLowerCase();
  const special: Place = lower === 'host' ? 'host' : 'ours';
  const place = special === 'host' || ours.has(lower) ? special : 'field';
  if (seen.size < maxSeen) seen.set(name, place);
  return place;
}

/**
 * A request as HTTP/1.1 writes it, up to its body of `length` bytes.
 * @throws GatewayError when a name, a value or the path cannot stand there.
 */
export function writeRequestHead(
  { method, path, headers, body }: UpstreamRequest,
  host: string,
  length: number,
): string {
  if (!target.test(path)) throw new GatewayError('invalid_request', 'The path of the request cannot be sent.');
  let fields = '';
  let named = host;
  for (const name in headers) {
    const text = headers[name] as string;
    const place = seen.get(name) ?? placeOf(name);
    if (place === 'nowhere' || !value.test(text)) {
      throw new GatewayError('invalid_request', `The header ${JSON.stringify(name)} cannot be sent.`);
    }
    if (place === 'host') named = text;
    else if (place === 'field') fields += `${name}: ${text}\r\n`;
  }
  if (body !== undefined || method === 'POST' || method === 'PUT') fields += `content-length: ${length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: ${named}\r\nconnection: keep-alive\r\n${fields}\r\n`;
}
