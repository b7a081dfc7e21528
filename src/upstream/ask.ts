import type { Ask } from '../providers/ask.ts';
import type { Sender } from './sending.ts';
import { sendWhole } from './whole.ts';

const timeouts = { connect: 10_000, firstByte: 15_000, idle: 5000, total: 20_000 };
/** What is nearby answers at once; where it is not, nothing does, and that must not take long. */
const nearbyTimeouts = { connect: 1000, firstByte: 3000, idle: 1000, total: 4000 };
const maxAnswerBytes = 64 * 1024;

/** How credentials are fetched: through the same door as calls, with limits of their own. `direct` goes past proxies. */
export function askThrough(sender: Sender, direct: Sender = sender): Ask {
  return ({ method, url, headers, body, nearby = false }) =>
    sendWhole(
      nearby ? direct : sender,
      {
        method,
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        headers,
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
        timeouts: nearby ? nearbyTimeouts : timeouts,
      },
      maxAnswerBytes,
    );
}
