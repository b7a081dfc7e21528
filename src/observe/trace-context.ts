import { randomBytes } from 'node:crypto';
import type { CallRecord, TraceIds } from './call.ts';

/** What the headers of a request tell of a trace. */
type Told = Pick<CallRecord, 'traceparent' | 'tracestate'>;

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** A place of its own in the client's trace, or in a new one; what the client wants is done, else the lot decides. */
export function placeIn({ traceparent = '' }: Told, share: number): TraceIds {
  const spanId = randomId(8);
  const [, traceId, parentId, flags] = form.exec(traceparent) ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) {
    return { traceId: randomId(16), spanId, sampled: share >= 1 || Math.random() < share };
  }
  return { traceId, spanId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Never zero but by a chance that nobody lives to see. @param bytes half as many as digits. */
export function randomId(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** The headers by which a client told of its trace, as they came. */
export function clientsTrace({ traceparent, tracestate }: Told): { readonly [name: string]: string } {
  if (traceparent === undefined) return {};
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}

/** The headers that tell a provider of the call's place in a trace; the record learns of the place. */
export function traceHeaders(record: CallRecord, share: number): { readonly [name: string]: string } {
  record.trace ??= placeIn(record, share);
  const { traceId, spanId, parentId, sampled } = record.trace;
  const traceparent = `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
  // What vendors have added belongs to the client's trace, and to no other.
  if (record.tracestate === undefined || parentId === undefined) return { traceparent };
  return { traceparent, tracestate: record.tracestate };
}
