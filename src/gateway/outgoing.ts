import { GatewayError } from '../canon/error.ts';
import type { Tap } from '../canon/event.ts';
import type { JsonObject } from '../canon/json.ts';
import { type Loss, lossesOf } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Dialect } from '../dialects/index.ts';
import type { Carriage } from '../observe/call.ts';
import {
  applyRemedy,
  describeRemedy,
  lengthFields,
  type Outgoing as OpenRequest,
  type Remedy,
} from '../policy/heal.ts';
import type { Route } from '../providers/provider.ts';
import type { Wrapping } from '../providers/wrapping.ts';
import { Pieces } from '../wire/pieces.ts';
import { spliceModel } from '../wire/splice.ts';
import { type AdaptationTarget, adapted, type RefusedReasoning } from './adaptation.ts';
import type { Call } from './call.ts';
import { type Incoming, type Outline, openBody, parseBody } from './incoming.ts';
import type { Sealer } from './seal.ts';
import { writtenBody } from './written-body.ts';

/** One way to a provider: the language spoken there, and where. */
export interface OutgoingRoute {
  readonly dialect: Dialect;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly path: string;
  /** How another API carries the language. */
  readonly wrapping?: Wrapping;
}

/** A request ready to be sent. */
export interface Outgoing {
  readonly mode: Carriage;
  readonly route: OutgoingRoute;
  readonly body: Pieces;
  /** Headers of the language; the provider's own (credentials) come on top. */
  readonly headers: Headers;
  readonly losses: readonly Loss[];
  /** What of the translation has to be undone in the answer. */
  readonly tap?: Tap;
  /** The request in canonical form; read on demand when the bytes only pass. */
  request(): ChatRequest;
  /** The same, where stand-ins may be in the place of long texts. */
  outline(): ChatRequest;
  /** The request as a parsed body, for whoever has to change it. */
  open(): OpenRequest;
  /** The answer has begun: lets go of what only another try would need. */
  letGo(): void;
}

/** What the way to a provider adds to the client's request. */
export interface OutgoingOptions {
  readonly model: string;
  readonly route: Pick<Route, 'quirks' | 'body' | 'usual'>;
  /** What the provider is known to refuse. */
  readonly remedies: readonly Remedy[];
  /** Name of the provider. */
  readonly provider: string;
  readonly sealer: Sealer;
  /** What the provider has just refused of this very conversation. */
  readonly refused?: RefusedReasoning;
}

/**
 * Makes the request for one provider. The same language with nothing to change: the client's bytes with the
 * provider's model name. The same language with something to change: those fields, and no other. Else a translation.
 */
export function prepare(source: Incoming, route: OutgoingRoute, options: OutgoingOptions): Outgoing {
  const { call } = source;
  const foreign = route.dialect.name !== call.dialect.name;
  // What has been put into the request here is kept here, and so is the answer.
  const mustChange =
    options.refused !== undefined ||
    call.address?.reframed === true ||
    call.resolved !== undefined ||
    source.answer?.seam !== undefined;
  if (foreign || mustChange || source.isSealed()) return translated(source, route, options);
  const headers = passedHeaders(call);
  const request = (): ChatRequest => source.request();
  const outline = (): ChatRequest => source.outline().request;
  if (route.wrapping !== undefined || !changesNothing(options)) {
    const opened: OpenRequest = { body: bodyOf(route.dialect, call, options.model), betas: betasIn(headers) };
    const { changed, losses } = amend(opened, options);
    if (changed || route.wrapping !== undefined)
      return sealed(opened, { mode: 'amended', route, headers, losses, request, outline });
  }
  const scan = source.scan();
  const body = scan === undefined ? call.body : spliceModel(call.body, scan, options.model);
  const open = (): OpenRequest => ({ body: parseBody(body), betas: betasIn(headers) });
  // The client's own bytes stay, so that a translator can take over from the passage.
  const letGo = (): void => (body === call.body ? undefined : body.release());
  return { mode: 'passed', route, body, headers, losses: [], request, outline, open, letGo };
}

function translated(source: Incoming, route: OutgoingRoute, options: OutgoingOptions): Outgoing {
  const { unknown } = source.call;
  if (unknown !== undefined) throw notKept(unknown);
  // What is wrapped is kept as it is, to be changed once more if it has to be.
  const outline = route.wrapping === undefined ? source.outline() : { request: source.request() };
  const written = translation(source, outline, route, options);
  // A stand-in has not come through as it was: then with every word.
  return written ?? (translation(source, { request: source.request() }, route, options) as Outgoing);
}

/** Nothing where the long texts cannot be put back. */
function translation(
  source: Incoming,
  { request: said, texts }: Outline,
  route: OutgoingRoute,
  options: OutgoingOptions,
): Outgoing | undefined {
  const { upstream, name } = route.dialect;
  const { model } = options;
  const asked: ChatRequest = { ...said, model };
  const { quirks } = options.route;
  const { request, tap, ...done } = adapted(asked, adaptationTarget(source, route, options));
  const unsaid = lossesOf(request, name, upstream.cannotSay, upstream.means);
  const { resolved } = source.call;
  const told = resolved === undefined ? unsaid : unsaid.filter(({ path }) => !Object.hasOwn(resolved, path));
  const losses: Loss[] = [...told, ...(source.losses ?? []), ...done.losses];
  const written = upstream.writeRequest(request, { quirks, lose: (loss) => losses.push(loss) });
  const body = route.dialect.addressed === true ? withoutAddress(written) : written;
  if (resolved !== undefined) for (const field of Object.keys(resolved)) delete body[field];
  fillIn(body, options.route);
  const headers = upstream.headers?.(request) ?? {};
  const opened: OpenRequest = { body, betas: betasIn(headers) };
  losses.push(...applyRemedies(opened, options.remedies));
  const rest = {
    mode: 'translated' as const,
    route,
    headers,
    losses,
    request: texts === undefined ? () => asked : () => ({ ...source.request(), model }),
    outline: () => asked,
    ...(tap !== undefined && { tap }),
  };
  if (route.wrapping !== undefined) return sealed(opened, rest);
  const bytes = writtenBody(body, texts);
  return bytes && sealed(opened, rest, bytes);
}

/** Says what the request has not said. */
function fillIn(body: JsonObject, { body: own, usual }: OutgoingOptions['route']): void {
  if (own === undefined && usual === undefined) return;
  for (const [field, value] of Object.entries({ ...usual, ...own })) body[field] ??= value;
}

const nothingRefused: RefusedReasoning = { proofs: false, more: false };

function adaptationTarget(source: Incoming, { dialect }: OutgoingRoute, options: OutgoingOptions): AdaptationTarget {
  const { provider, sealer, refused = nothingRefused, route } = options;
  return { provider, dialect, quirks: route.quirks, sealer, refused, session: source.call.record.session };
}

/** Only the provider that keeps a conversation can go on from it, and it does not speak the client's language. */
function notKept({ param, id }: NonNullable<Call['unknown']>): GatewayError {
  const [what, code] =
    param === 'conversation'
      ? ['Conversation', 'conversation_not_found']
      : ['Previous response', 'previous_response_not_found'];
  return new GatewayError('invalid_request', `${what} with id '${id.slice(0, 200)}' not found.`, { param, code });
}

/** The request for a provider's own counter of tokens; nothing where its language has none. */
export function prepareCount(source: Incoming, route: OutgoingRoute, options: OutgoingOptions): Outgoing | undefined {
  const whole = prepare(source, route, options);
  const { wrapping } = route;
  if (wrapping?.countBody !== undefined) {
    const { body, betas } = whole.open();
    return { ...whole, body: Pieces.ofText(JSON.stringify(wrapping.countBody(body, betas, options.model))) };
  }
  if (whole.mode !== 'translated') return whole;
  const { count } = route.dialect.upstream;
  if (count === undefined) return undefined;
  const { quirks } = options.route;
  const { request } = adapted(whole.request(), adaptationTarget(source, route, options));
  const written = count.writeRequest(request, { quirks, lose: () => undefined });
  const body = route.dialect.addressed === true ? withoutAddress(written) : written;
  const headers = route.dialect.upstream.headers?.(request) ?? {};
  return sealed({ body, betas: betasIn(headers) }, { ...whole, headers });
}

/** The client's body with the provider's name of the model, where the language has it in the body. */
function bodyOf({ addressed }: Dialect, call: Call, model: string): JsonObject {
  return addressed === true ? parseBody(call.body) : { ...openBody(call), model };
}

/**
 * What the language says in the path does not stand in the body. Left out and not deleted: V8 writes an object that fields
 * were deleted from in twice the time.
 */
function withoutAddress({ model: _, stream: __, ...body }: JsonObject): JsonObject {
  return body;
}

/** The outgoing form of a request that was opened: its body written, its betas back in their header, all of it wrapped. */
function sealed(opened: OpenRequest, rest: Omit<Outgoing, 'body' | 'open' | 'letGo'>, written?: Pieces): Outgoing {
  const { wrapping } = rest.route;
  const { 'anthropic-beta': _, ...headers }: { [name: string]: string } = rest.headers;
  for (const name of wrapping?.dropHeaders ?? []) delete headers[name];
  const told = opened.betas.length > 0 && wrapping?.betasInBody !== true;
  const body = written ?? Pieces.ofText(JSON.stringify(wrapping?.wrapBody(opened.body, opened.betas) ?? opened.body));
  const { betas } = opened;
  // Hardly any request has to be changed once more: its bytes can be read again, and what they were written from need not
  // be kept while the provider works, where each collection of young objects would copy it. What is wrapped is kept.
  let kept = wrapping === undefined ? undefined : opened;
  return {
    ...rest,
    body,
    headers: told ? { ...headers, 'anthropic-beta': betas.join(',') } : headers,
    open: () => kept ?? { body: parseBody(body), betas },
    letGo() {
      kept = undefined;
      body.release();
    },
  };
}

/** The same request after a remedy, or nothing when there was nothing to change. */
export function remedied(outgoing: Outgoing, remedy: Remedy): Outgoing | undefined {
  const opened = outgoing.open();
  if (!applyRemedy(opened, remedy)) return undefined;
  const mode = outgoing.mode === 'passed' ? 'amended' : outgoing.mode;
  return sealed(opened, { ...outgoing, mode, losses: [...outgoing.losses, describeRemedy(remedy)] });
}

function changesNothing({ route: { quirks, body }, remedies }: OutgoingOptions): boolean {
  return (
    remedies.length === 0 &&
    quirks.refuses === undefined &&
    quirks.extra_body === undefined &&
    quirks.max_output_tokens === undefined &&
    body === undefined
  );
}

/** Within one language only what the provider is known not to take is touched, and only where the request has it. */
function amend(
  opened: OpenRequest,
  { route: { quirks, body = {} }, remedies }: OutgoingOptions,
): { changed: boolean; losses: Loss[] } {
  const known: Remedy[] = (quirks.refuses ?? []).map((field) => ({ type: 'drop', path: [field] }));
  const most = quirks.max_output_tokens;
  if (most !== undefined) known.push(...lengthFields.map((field): Remedy => ({ type: 'lower', field, to: most })));
  const losses = applyRemedies(opened, [...known, ...remedies]);
  const absent = Object.keys(body).filter((field) => opened.body[field] === undefined);
  for (const field of absent) opened.body[field] = body[field];
  Object.assign(opened.body, quirks.extra_body);
  return { changed: losses.length > 0 || absent.length > 0 || quirks.extra_body !== undefined, losses };
}

function applyRemedies(opened: OpenRequest, remedies: readonly Remedy[]): Loss[] {
  return remedies.filter((remedy) => applyRemedy(opened, remedy)).map(describeRemedy);
}

function passedHeaders({ dialect, headers }: Call): Headers {
  const passed: { [name: string]: string } = { ...dialect.pass?.defaultHeaders };
  for (const name of dialect.pass?.requestHeaders ?? []) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

function betasIn(headers: Headers): string[] {
  const names = headers['anthropic-beta'];
  return names === undefined ? [] : names.split(',').map((name) => name.trim());
}
