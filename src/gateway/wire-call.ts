import type { Headers } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Provider, Route, WireCall } from '../providers/provider.ts';
import type { UpstreamRequest } from '../upstream/send.ts';
import { sendWhole, type WholeAnswer } from '../upstream/whole.ts';
import type { Pieces } from '../wire/pieces.ts';
import { streamTypeOf } from './answer.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import type { Outgoing, OutgoingRoute } from './outgoing.ts';

/** A request that lacks nothing but its credential. */
export type Unsigned = WireCall & Pick<UpstreamRequest, 'timeouts'>;

/** The route with its language and with the path for this call. */
export function outgoingRoute(route: Route, model: string, stream: boolean): OutgoingRoute {
  return {
    dialect: dialectNamed(route.speaks),
    origin: route.origin,
    path: route.path(model, stream),
    ...(route.wrapping !== undefined && { wrapping: route.wrapping }),
  };
}

/** The client's own query goes on only to who speaks its language in its own way. */
export function pathOf({ mode, route }: Outgoing, { query }: Call): string {
  return mode === 'translated' || route.wrapping !== undefined ? route.path : withQuery(route.path, query);
}

/** What the provider is asked to answer with. */
export function acceptOf({ route }: Outgoing, { record }: Call): string {
  return record.stream ? streamTypeOf(route) : 'application/json';
}

/** The client's query after the path, which may have one of its own (`?beta=true`, `?api-version=...`). */
export function withQuery(path: string, query: string): string {
  return query !== '' && path.includes('?') ? `${path}&${query.slice(1)}` : path + query;
}

/** Sends a request to another of the provider's paths and gathers the answer. */
export async function sendTo(
  gateway: Gateway,
  provider: Provider,
  outgoing: Outgoing,
  path: string,
): Promise<WholeAnswer> {
  const request = httpRequest(gateway, provider, outgoing, path, 'application/json');
  const credentials = await provider.authorize(request);
  return sendWhole(gateway.sender, authorized(request, credentials));
}

/** The request with what providers are told of the call's trace. */
export function traced<Request extends Unsigned>(
  { traceHeaders }: Gateway,
  { record }: Call,
  request: Request,
): Request {
  if (traceHeaders === undefined) return request;
  return { ...request, headers: { ...request.headers, ...traceHeaders(record) } };
}

/** The request with its credential. */
export function authorized(request: Unsigned, credentials: Headers): UpstreamRequest {
  const { method, origin, path, body, timeouts } = request;
  const headers = { ...request.headers, ...credentials };
  return { method, origin, path, headers, timeouts, ...(body !== undefined && { body: body.list }) };
}

/** The request as it goes over the wire, but for the credential. */
export function httpRequest(
  gateway: Gateway,
  provider: Provider,
  outgoing: Outgoing,
  path: string,
  accept: string,
): Unsigned & { readonly method: 'POST'; readonly body: Pieces } {
  return {
    method: 'POST',
    origin: outgoing.route.origin,
    path,
    headers: { 'content-type': 'application/json', accept, 'user-agent': gateway.userAgent, ...outgoing.headers },
    body: outgoing.body,
    timeouts: provider.timeouts,
  };
}
