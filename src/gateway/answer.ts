import { GatewayError } from '../canon/error.ts';
import type { Sink } from '../canon/event.ts';
import type { Headers, UpstreamSide } from '../dialects/dialect.ts';

/** Whether an answer is a stream of events. Where a stream was asked for, one that says nothing of its type is taken to be it. */
export function isEventStream(headers: Headers, asked = false): boolean {
  const type = headers['content-type'];
  if (type === undefined) return asked;
  return /^text\/event-stream/i.test(type) || (asked && /^(?:text\/plain|application\/octet-stream)/i.test(type));
}

/** Reads an answer that lies there whole, be it a JSON body or a stream's bytes: some servers stream whatever they are asked. */
export function readAnswer(upstream: UpstreamSide, body: Buffer, headers: Headers, emit: Sink): void {
  if (isEventStream(headers)) {
    const reader = upstream.readStream(emit);
    reader.feed(body);
    reader.end();
    return;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch (cause) {
    const message = 'The provider answered with something that is not JSON.';
    emit({ type: 'error', error: new GatewayError('bad_upstream', message, { cause }) });
    return;
  }
  upstream.readResponse(parsed, emit);
}
