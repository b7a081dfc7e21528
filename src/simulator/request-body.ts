import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** What became of reading a body. */
export type ReadBody = { readonly bytes: Buffer } | { readonly failure: 'too-large' | 'bad-encoding' };

/** Reads a whole body of at most `limit` bytes; `done` is not called when the client goes away first. */
export function readBody(request: IncomingMessage, limit: number, done: (body: ReadBody) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else if (length - chunk.length <= limit) {
      // Told at once; what still comes is read and thrown away, so that the client can read the answer.
      chunks.length = 0;
      done({ failure: 'too-large' });
    }
  });
  request.on('end', () => {
    if (length <= limit)
      done(decoded(request, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), limit));
  });
}

function decoded(request: IncomingMessage, bytes: Buffer, limit: number): ReadBody {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return { bytes };
  if (encoding !== 'gzip') return { failure: 'bad-encoding' };
  try {
    return { bytes: gunzipSync(bytes, { maxOutputLength: limit }) };
  } catch {
    return { failure: 'bad-encoding' };
  }
}

/** Whether a body asks for a stream, found without parsing it. */
export function asksForStream(body: Buffer): boolean {
  for (let at = body.indexOf('"stream"'); at >= 0; at = body.indexOf('"stream"', at + 8)) {
    if (/^\s*:\s*true\b/.test(body.toString('latin1', at + 8, at + 24))) return true;
  }
  return false;
}
