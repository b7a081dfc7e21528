import type { PostForm } from '../providers/client-credentials.ts';
import type { Sender } from './send.ts';
import { sendWhole } from './whole.ts';

const timeouts = { connect: 10_000, firstByte: 15_000, idle: 5000, total: 20_000 };
const maxAnswerBytes = 64 * 1024;

/** How credentials fetch their tokens: through the same door as calls, with limits of their own. */
export function postFormThrough(sender: Sender): PostForm {
  return (url, headers, form) =>
    sendWhole(
      sender,
      {
        method: 'POST',
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(form),
        timeouts,
      },
      maxAnswerBytes,
    );
}
