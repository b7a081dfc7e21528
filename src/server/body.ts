import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { GatewayError } from '../canon/error.ts';
import { Pieces } from '../wire/pieces.ts';
import { type ClientRequest, tooLarge } from './request.ts';

const decoders: {
  readonly [encoding: string]: (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;
} = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** A request's body that has come with its head, where nothing is to be done with it: most bodies are so. */
export function bodyAtOnce(request: ClientRequest, limit: number): Pieces | undefined {
  const { 'content-encoding': encoding, 'content-length': announced } = request.headers;
  return encoding === undefined && Number(announced) <= limit ? request.whole?.() : undefined;
}

/**
 * Gathers a request's body.
 * @param limit bytes the body may have, before and after decompression.
 * @throws too_large, invalid_request for an encoding that is unknown or broken.
 */
export async function readBody(request: ClientRequest, limit: number): Promise<Pieces> {
  const announced = Number(request.headers['content-length']);
  if (announced > limit) throw tooLarge(limit);
  const body = await request.gather(limit);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return encoding === 'identity' ? body : Pieces.of(await decode(body.whole(), encoding, limit));
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
