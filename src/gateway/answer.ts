import { GatewayError } from '../canon/error.ts';
import type { Sink } from '../canon/event.ts';
import type { Headers } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Unwrapper } from '../providers/wrapping.ts';
import type { OutgoingRoute } from './outgoing.ts';

const eventStream = 'text/event-stream';

/**
 * Whether an answer is a stream of events. Where a stream was asked for, one that says nothing of its type is taken to be it.
 * @param streamType what the provider's language calls its streams.
 */
export function isEventStream(headers: Headers, asked = false, streamType: string = eventStream): boolean {
  const type = headers['content-type']?.toLowerCase();
  if (type === undefined) return asked;
  return (
    type.startsWith(streamType) ||
    type.startsWith(eventStream) ||
    (asked && /^(?:text\/plain|application\/octet-stream)/.test(type))
  );
}

/** What the provider calls the streams of a route. */
export function streamTypeOf({ wrapping, dialect }: OutgoingRoute): string {
  return wrapping?.streamType ?? dialect.upstream.streamType ?? eventStream;
}

/** What lays the language bare that another API carries; nothing where an answer came as it is. */
export function unwrapperFor({ wrapping }: OutgoingRoute, headers: Headers): Unwrapper | undefined {
  const type = headers['content-type']?.toLowerCase();
  const { streamType } = wrapping ?? {};
  return streamType !== undefined && type?.startsWith(streamType) === true ? wrapping?.unwrap?.() : undefined;
}

/** Reads an error of the provider: in the language spoken there, or in that of the API that carries it. */
export function readRefusal(
  { wrapping, dialect }: OutgoingRoute,
  status: number,
  headers: Headers,
  body: Buffer,
): GatewayError {
  const own = wrapping === undefined || isOwnError(body);
  const { upstream } = own ? dialect : dialectNamed(wrapping.errors);
  return upstream.readError(status, headers, body);
}

/** Anthropic's envelope says what it is. */
function isOwnError(body: Buffer): boolean {
  return body.subarray(0, 200).includes('"type":"error"') || body.subarray(0, 200).includes('"type": "error"');
}

/** Reads an answer that lies there whole, be it a JSON body or a stream's bytes: some servers stream whatever they are asked. */
export function readAnswer(route: OutgoingRoute, body: Buffer, headers: Headers, emit: Sink): void {
  const { upstream } = route.dialect;
  if (isEventStream(headers, false, streamTypeOf(route))) {
    const reader = upstream.readStream(emit);
    const bare = unwrapperFor(route, headers);
    reader.feed(bare?.feed(body) ?? body);
    if (bare !== undefined) reader.feed(bare.end());
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
