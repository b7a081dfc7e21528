import type { ChatRequest } from '../../canon/request.ts';

/**
 * Marks a request whose client wants its stream as one long JSON array. A symbol, because it is no field: it is not to
 * be sent, and other languages lose nothing by it.
 */
const asArray = Symbol('array');

/** What the query's `alt` says about the frame of the answer: without `sse`, streams are JSON arrays. */
export function readFraming(alt: unknown, stream: boolean): { readonly [asArray]?: true } {
  return stream && alt !== 'sse' ? { [asArray]: true } : {};
}

/** Whether the client waits for a JSON array instead of server-sent events. */
export function asksForArray(request: ChatRequest): boolean {
  return asArray in request;
}
