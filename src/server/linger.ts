import type { ServerResponse } from 'node:http';

/** How long, and for how many bytes, a client may go on sending what nobody wants any more. */
export const maxLingerMs = 3_000;
export const maxLingerBytes = 64 * 1024 * 1024;

/**
 * Ends a response whose request is still on its way. To close at once would reset the connection, and a client that is
 * busy sending would report that and not the answer. So it gets its whole answer now, and what it still sends is thrown
 * away for a while.
 */
export function endEarly(response: ServerResponse, bytes: Uint8Array): void {
  const request = response.req;
  let left = maxLingerBytes;
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, maxLingerMs);
  response.once('close', () => clearTimeout(timer));
  response.write(bytes);
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left >= 0) return;
    request.pause();
    end();
  });
  request.once('end', end);
  request.resume();
}
