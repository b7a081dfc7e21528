import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { GatewayError } from '../canon/error.ts';
import { Pieces } from '../wire/pieces.ts';

const decoders: {
  readonly [encoding: string]: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
} = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * Gathers a request's body.
 * @param limit bytes the body may have, before and after decompression.
 * @throws too_large, invalid_request for an encoding that is unknown or broken.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Pieces> {
  const announced = Number(request.headers['content-length']);
  if (announced > limit) throw tooLarge(limit);
  const body = await gather(request, limit);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' ? body : Pieces.of(await decode(body.whole(), encoding, limit));
}

/** A body whose pieces are so many, and smaller than that in the middle, is joined: each takes room of its own, bytes. */
const manyPieces = 64;
const smallPiece = 1024;

/** What is left of headers that have been read. */
const none: string[] = [];

function gather(request: IncomingMessage, limit: number): Promise<Pieces> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.pause();
        request.removeAllListeners('data');
        reject(tooLarge(limit));
        return;
      }
      // No more than a kilobyte is so copied for each.
      if (chunks.push(chunk) > manyPieces + length / smallPiece) chunks = [Buffer.concat(chunks)];
    });
    request.on('end', () => {
      resolve(new Pieces(chunks));
      // The request lives as long as its answer, and its listeners with it: taking them off costs more than they hold.
      chunks = [];
      request.rawHeaders = none;
    });
    const broken = (): void => {
      if (!request.complete)
        reject(new GatewayError('invalid_request', 'The request broke off before its body was complete.'));
    };
    request.on('close', broken);
  });
}

async function decode(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const decoder = decoders[encoding];
  if (decoder === undefined) {
    throw new GatewayError(
      'invalid_request',
      `content-encoding: "${encoding}" is not supported; send identity, gzip, deflate, br or zstd.`,
      {
        code: 'request_body_encoding_unsupported',
      },
    );
  }
  try {
    return await decoder(body, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit, cause);
    throw new GatewayError('invalid_request', `The request body is not valid ${encoding}.`, {
      cause,
      code: 'request_body_encoding_invalid',
    });
  }
}

function tooLarge(limit: number, cause?: unknown): GatewayError {
  return new GatewayError(
    'too_large',
    `The request body is larger than the ${Math.floor(limit / 1024)} KiB that the gateway accepts.`,
    { cause },
  );
}
