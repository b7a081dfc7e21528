import { GatewayError } from '../canon/error.ts';
import type { Sender, UpstreamRequest } from './sending.ts';

/** An answer, all of it. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
}

/**
 * Sends a request and gathers its answer, for everything that is not a model's answer.
 * @param limit bytes the answer may have. @param signal ends it when nobody waits any more.
 * @throws GatewayError when there is no answer; any status is one.
 */
export function sendWhole(
  sender: Sender,
  request: UpstreamRequest,
  limit = 16 * 1024 * 1024,
  signal?: AbortSignal,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let status = 0;
    let headers: WholeAnswer['headers'] = {};
    const sending = sender.send(request, {
      head(answeredStatus, answeredHeaders) {
        status = answeredStatus;
        headers = answeredHeaders;
      },
      data(chunk) {
        length += chunk.length;
        if (length > limit) {
          sending.abort();
          reject(new GatewayError('bad_upstream', `The provider's answer is larger than ${limit} bytes.`));
        } else chunks.push(chunk);
        return true;
      },
      end: () => resolve({ status, headers, body: Buffer.concat(chunks) }),
      fail: reject,
    });
    const stop = (): void => {
      sending.abort();
      reject(new GatewayError('bad_upstream', 'Nobody waits for the answer any more.'));
    };
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
