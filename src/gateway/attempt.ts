import { GatewayError } from '../canon/error.ts';
import { summarized } from '../canon/loss.ts';
import type { Turn } from '../canon/request.ts';
import { totalInput } from '../canon/usage.ts';
import type { Headers } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import { describeRemedy, type Remedy, remedyFor } from '../policy/heal.ts';
import type { Target } from '../policy/plan.ts';
import { prefills } from '../policy/prefill.ts';
import type { Provider, Route } from '../providers/provider.ts';
import type { RefusedReasoning } from './adaptation.ts';
import type { Call } from './call.ts';
import { deliverChecked, mustBeChecked, unstreamed, withTurns } from './checked-delivery.ts';
import { type Delivered, Delivery } from './delivery.ts';
import { documentsAsText, hasPdf } from './documents.ts';
import type { Gateway } from './gateway.ts';
import { asking, type Incoming } from './incoming.ts';
import { type Outgoing, type OutgoingOptions, type OutgoingRoute, prepare, remedied } from './outgoing.ts';
import { strictError } from './reply.ts';
import { acceptOf, authorized, httpRequest, outgoingRoute, pathOf, traced } from './wire-call.ts';

/** How often one call may be changed and sent again because a provider named something in it. */
const maxRemedies = 8;

/** Tries one target. The result says whether the client has been answered. */
export async function attempt(gateway: Gateway, source: Incoming, target: Target): Promise<Delivered> {
  try {
    const provider = gateway.provider(target.provider);
    const model = gateway.memory.nameOf(provider.name, target.model);
    const named = model === target.model ? target : { ...target, model };
    const result = await attemptModel(gateway, source, named, provider);
    const custom = result.delivered ? undefined : customName(provider, target.model, result.error);
    if (custom === undefined || custom === model) return result;
    const again = await attemptModel(gateway, source, { ...target, model: custom }, provider);
    if (!again.delivered) {
      // The receipt goes with the error that is told.
      source.call.record.upstreamModel = model;
      return result;
    }
    if (again.unanswered) return again;
    gateway.memory.learnName(provider.name, target.model, custom);
    source.call.record.healed.push(`called ${custom}: the provider knows no ${target.model}`);
    return again;
  } catch (error) {
    // What keeps a target from being asked at all, such as a credential that cannot be had, leaves the next one a chance.
    if (!(error instanceof GatewayError)) throw error;
    return { delivered: false, error };
  }
}

/**
 * A rule of the configuration says how a model is called, and that is what is sent. A provider that knows no such
 * model is asked once more by the name that its own custom makes of it (`claude-opus-4-8` is `claude-opus-4.8` at some).
 */
function customName(provider: Provider, model: string, error: GatewayError): string | undefined {
  const unknown =
    error.kind === 'not_found' ||
    (error.status === 400 &&
      /model/i.test(error.message) &&
      /not a valid|not found|not exist|unknown|invalid/i.test(error.message));
  const bare = model.slice(model.lastIndexOf('/') + 1);
  const custom = provider.modelName(bare);
  return unknown && custom !== bare ? custom : undefined;
}

/** One model at one provider: by each of the provider's routes until one is there. */
async function attemptModel(
  gateway: Gateway,
  source: Incoming,
  target: Target,
  provider: Provider,
): Promise<Delivered> {
  const { record } = source.call;
  record.provider = provider.name;
  record.upstreamModel = target.model;
  let result: Delivered | undefined;
  for (const route of provider.routes(target.model, source.call.dialect.name)) {
    result = await attemptRoute(gateway, source, target, provider, route);
    // A 404 may mean the route or the model. Only a later route that knows the model proves that it was the route.
    if (result.delivered && !result.unanswered) provider.prefer(target.model, route, source.call.dialect.name);
    if (result.delivered || !isMissing(result.error)) return result;
  }
  const nothing = (): GatewayError => new GatewayError('not_found', `${provider.name} does not serve ${target.model}.`);
  return result ?? { delivered: false, error: nothing() };
}

/** One route: with what the provider refuses taken out of the request. */
async function attemptRoute(
  gateway: Gateway,
  incoming: Incoming,
  target: Target,
  provider: Provider,
  route: Route,
): Promise<Delivered> {
  const { call, answer } = incoming;
  const { model } = target;
  const source = resumed(incoming, route, model);
  const remedies = gateway.memory.remedies(provider.name, model);
  const checked = answer?.isBegun !== true && mustBeChecked(source, route);
  const readable = takesPdfs(source, route) ? source : await withReadableDocuments(gateway, source, route);
  const told = checked ? unstreamed(readable) : readable;
  const way = outgoingRoute(route, model, told.stream);
  const options = { model, route, remedies, provider: provider.name, sealer: gateway.sealer };
  const making: Making = { incoming, told, way, route, options };
  let outgoing = prepare(told, way, options);
  let credentialsRenewed = false;
  const found: Remedy[] = [];
  for (let healed = 0; healed <= maxRemedies; healed++) {
    call.record.losses = summarized(outgoing.losses);
    call.record.carriage = outgoing.mode;
    call.record.spoken = route.speaks;
    const refused = target.strict ? strictError(outgoing.losses) : undefined;
    if (refused !== undefined) return { delivered: false, error: refused };
    let credentials: Headers | undefined;
    let result: Delivered;
    if (checked) {
      const sofar = [...remedies, ...found];
      const again = (turns: readonly Turn[]): Outgoing =>
        prepare(withTurns(told, turns), way, { ...making.options, remedies: sofar });
      result = await deliverChecked(gateway, provider, outgoing, source, again);
    } else {
      gateway.guardian.before(source, outgoing);
      ({ credentials, result } = await deliver(gateway, provider, outgoing, told));
    }
    if (!result.delivered && result.cut === true) return result;
    if (credentials !== undefined && !credentialsRenewed && isRefused(result, provider, credentials)) {
      credentialsRenewed = true;
      continue;
    }
    const anew = madeAnew(making, result);
    if (anew !== undefined) {
      outgoing = anew;
      continue;
    }
    const next = heal(call, outgoing, result);
    if (next === undefined) {
      // What was taken out in vain may be taken by this provider in another call.
      if (result.delivered && result.unanswered !== true) {
        for (const remedy of found) gateway.memory.learnRemedy(provider.name, model, remedy);
      }
      return withNumbers(gateway, provider, outgoing, result);
    }
    found.push(next.remedy);
    outgoing = next.outgoing;
  }
  return {
    delivered: false,
    error: new GatewayError('invalid_request', `${provider.name} refuses one field of this request after the other.`),
  };
}

/** What a request is made of, and what of the conversation its provider has refused so far. */
interface Making {
  readonly incoming: Incoming;
  told: Incoming;
  readonly way: OutgoingRoute;
  readonly route: Route;
  options: OutgoingOptions;
}

/** The request without what the provider has just refused of the conversation; nothing where it refused nothing of it. */
function madeAnew(making: Making, result: Delivered): Outgoing | undefined {
  const { incoming, way, route, options } = making;
  const { call, answer } = incoming;
  const refused = refusesReasoning(result, options.refused);
  if (refused !== undefined) {
    making.options = { ...options, refused };
    const what = refused.more ? 'the wish for' : 'past';
    call.record.healed.push(`left out ${what} reasoning: the provider refuses it here`);
    return prepare(making.told, way, making.options);
  }
  if (answer?.seam?.mayPrefill !== true || !refusesPrefill(result)) return undefined;
  answer.seam.mayPrefill = false;
  making.told = resumed(incoming, route, options.model);
  return prepare(making.told, way, options);
}

/** The call for an answer that another provider has begun. */
function resumed(source: Incoming, { speaks, quirks }: Route, model: string): Incoming {
  const seam = source.answer?.seam;
  if (seam === undefined) return source;
  const request = seam.ask(source.request(), prefills(model, speaks, quirks.assistant_prefix));
  return asking(source, () => request);
}

function refusesPrefill(result: Delivered): boolean {
  return (
    !result.delivered &&
    result.error.status === 400 &&
    /prefill|(?:last|final) (?:message|turn)|end with a user/i.test(result.error.message)
  );
}

function takesPdfs({ call }: Incoming, { speaks, quirks }: Route): boolean {
  return speaks === call.dialect.name || (quirks.files !== false && dialectNamed(speaks).upstream.pdf === undefined);
}

/** The call with its PDFs as text, or those of them that are too many. */
async function withReadableDocuments(gateway: Gateway, source: Incoming, { speaks, quirks }: Route): Promise<Incoming> {
  if (!hasPdf(source.outline().request)) return source;
  const asked = source.request();
  const most = quirks.files === false ? false : dialectNamed(speaks).upstream.pdf;
  const { request, losses } = await documentsAsText(asked, gateway.pdfs, most === false ? 0 : most);
  return request === asked ? source : { ...asking(source, () => request), losses };
}

/** Clients that compact their history when it has become too long want to know by how much; not every provider says. */
function withNumbers(gateway: Gateway, provider: Provider, outgoing: Outgoing, result: Delivered): Delivered {
  if (result.delivered || result.error.kind !== 'context_overflow' || result.reply !== undefined) return result;
  const { error } = result;
  if (error.details.tokens !== undefined && error.details.limit !== undefined) return result;
  const request = outgoing.outline();
  const guess = gateway.estimator.guess(`${provider.name}/${request.model}`, request, outgoing.body.length).tokens;
  const window =
    provider.contextWindow(request.model) ??
    gateway.prices.windowOf({ kind: provider.kind, provider: provider.name, model: request.model });
  const limit = error.details.limit ?? window ?? Math.floor(guess * 0.9);
  const tokens = error.details.tokens ?? Math.max(guess, limit + 1);
  return {
    ...result,
    error: new GatewayError(error.kind, error.message, { ...error.details, status: error.status, tokens, limit }),
  };
}

/** One HTTP call, from sending to the last byte, and by which credential. */
async function deliver(
  gateway: Gateway,
  provider: Provider,
  outgoing: Outgoing,
  source: Incoming,
): Promise<{ readonly result: Delivered; readonly credentials: Headers }> {
  const { call } = source;
  const plain = httpRequest(gateway, provider, outgoing, pathOf(outgoing, call), acceptOf(outgoing, call));
  const request = traced(gateway, call, plain);
  const pending = provider.authorize(request);
  const credentials = pending instanceof Promise ? await pending : pending;
  if (call.reply.gone) {
    call.record.error = 'client_gone';
    return { result: { delivered: true, unanswered: true }, credentials };
  }
  call.record.tries += 1;
  const delivery = new Delivery(gateway, source, outgoing, credentials);
  delivery.attach(gateway.sender.send(authorized(request, credentials), delivery));
  const result = await delivery.done;
  if (result.delivered && outgoing.mode === 'translated') {
    gateway.estimator.learn(
      `${provider.name}/${call.record.upstreamModel}`,
      outgoing,
      outgoing.body.length,
      totalInput(call.record.usage),
    );
  }
  return { result, credentials };
}

/** The request without what the provider has just refused by name. */
function heal(
  call: Call,
  outgoing: Outgoing,
  result: Delivered,
): { readonly outgoing: Outgoing; readonly remedy: Remedy } | undefined {
  if (result.delivered || (result.error.status !== 400 && result.error.status !== 422)) return undefined;
  const { message, details } = result.error;
  const remedy = remedyFor(outgoing.open(), { message, ...(details.param !== undefined && { param: details.param }) });
  const next = remedy === undefined ? undefined : remedied(outgoing, remedy);
  if (remedy === undefined || next === undefined) return undefined;
  const { what, path, why } = describeRemedy(remedy);
  call.record.healed.push(`${what} ${path}: ${why}`);
  return { outgoing: next, remedy };
}

/** What of the reasoning in a conversation a provider refuses beyond what it has refused already. */
function refusesReasoning(result: Delivered, sofar: RefusedReasoning | undefined): RefusedReasoning | undefined {
  if (result.delivered || result.error.status !== 400) return undefined;
  const { message } = result.error;
  const proofs =
    /type 'reasoning' was provided without its required/i.test(message) ||
    (/signature|encrypted[_ ]content|redacted_thinking/i.test(message) &&
      /invalid|not valid|verif|decrypt|corrupt|mismatch|malformed|could not be|required/i.test(message));
  if (proofs && sofar?.proofs !== true) return { proofs: true, more: sofar?.more ?? false };
  const more = /expected `?(?:redacted_)?thinking.{0,60}found `?tool_use/is.test(message);
  return more && sofar?.more !== true ? { proofs: sofar?.proofs ?? false, more: true } : undefined;
}

/** Some services say that a token has expired by 401, some by 403. True where there is another to be had. */
function isRefused(result: Delivered, provider: Provider, credentials: Headers): boolean {
  const refused = !result.delivered && (result.error.status === 401 || result.error.status === 403);
  return refused && provider.refused(credentials);
}

function isMissing(error: GatewayError): boolean {
  return error.status === 404 || error.status === 405;
}
