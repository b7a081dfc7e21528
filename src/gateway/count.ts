import { asGatewayError, GatewayError } from '../canon/error.ts';
import { parseJson } from '../canon/json.ts';
import { publishCall } from '../observe/call.ts';
import type { Target } from '../policy/plan.ts';
import { judge } from '../policy/verdict.ts';
import type { Provider, Route } from '../providers/provider.ts';
import { readRefusal } from './answer.ts';
import { type Call, noteFailure } from './call.ts';
import { cleaned, sendCredentialed } from './credentialed.ts';
import type { Gateway } from './gateway.ts';
import { asking, type Incoming, incoming, openBody } from './incoming.ts';
import { type Outgoing, type OutgoingOptions, prepare, prepareCount } from './outgoing.ts';
import { errorReply, jsonReply, receiptHeaders } from './reply.ts';
import { httpRequest, outgoingRoute, withQuery } from './wire-call.ts';

/** Counts a prompt's tokens: by the provider's own counter where it has one, else by an estimate that says that it is one. */
export async function countTokens(gateway: Gateway, call: Call): Promise<void> {
  try {
    await count(gateway, call);
  } catch (error) {
    const told = asGatewayError(error);
    if (call.reply.gone) call.record.error = 'client_gone';
    else errorReply(call, told);
  } finally {
    call.record.ms = performance.now() - call.began;
    publishCall(call.record);
  }
}

async function count(gateway: Gateway, call: Call): Promise<void> {
  const { client } = call.dialect;
  const body = openBody(call);
  const inner = client.readCount?.(body) ?? body;
  const request = client.readRequest(inner, call.headers);
  call.record.model = request.model;
  const source = asking(incoming(call), () => request);
  let first: Uncounted | undefined;
  for (const target of likeliestFirst(gateway, request.model)) {
    const uncounted = await countAt(gateway, target, source);
    if (uncounted === undefined) return;
    first ??= uncounted;
    // Of those that have no counter one is as good as another.
    if (!uncounted.hasFailed) break;
  }
  if (first === undefined) throw new GatewayError('not_found', `model: no target for "${request.model}"`);
  const { provider, model, prompt } = first;
  note(call, provider, model);
  const { tokens, error, samples } = await gateway.estimator.estimate(
    `${provider.name}/${model}`,
    request,
    prompt().body.length,
  );
  answer(call, tokens, {
    'x-dragoman-estimate': `tokens=${tokens}; error=${Math.round(error * 100)}%; samples=${samples}`,
  });
}

/** The targets of a model, those first that a call would be sent to now. */
function likeliestFirst(gateway: Gateway, name: string): Target[] {
  const now = performance.now();
  const rests = ({ provider, model }: Target): boolean => gateway.health.of(provider, model).restsUntil(now) > 0;
  return gateway.plan(name).toSorted((one, other) => Number(rests(one)) - Number(rests(other)));
}

/** A target that has not counted. */
interface Uncounted {
  readonly provider: Provider;
  readonly model: string;
  /** The request as it would be sent there. */
  readonly prompt: () => Outgoing;
  /** It has a counter, which does not answer. */
  readonly hasFailed: boolean;
}

/** Answers with what the provider's own counter says. Gives what to estimate by where there is none that answers. */
async function countAt(gateway: Gateway, target: Target, source: Incoming): Promise<Uncounted | undefined> {
  const { call } = source;
  const provider = gateway.provider(target.provider);
  const model = gateway.memory.nameOf(provider.name, target.model);
  const began = performance.now();
  const remedies = gateway.memory.remedies(provider.name, model);
  let prompt: (() => Outgoing) | undefined;
  note(call, provider, model);
  try {
    for (const route of provider.routes(model, call.dialect.name)) {
      const options: OutgoingOptions = { model, route, remedies, provider: provider.name, sealer: gateway.sealer };
      const way = outgoingRoute(route, model, false);
      prompt = () => prepare(source, way, options);
      const outgoing = route.countPath === undefined ? undefined : prepareCount(source, way, options);
      if (outgoing !== undefined && (await hasCounted(gateway, provider, { route, outgoing, call }))) return undefined;
    }
  } catch (error) {
    if (call.reply.gone || prompt === undefined) throw error;
    if (!(error instanceof GatewayError) || judge(error).blame === 'client') throw error;
    noteFailure(call, { provider: provider.name, model }, error, { began, ms: performance.now() - began });
    return { provider, model, prompt, hasFailed: true };
  }
  if (prompt === undefined) throw new GatewayError('not_supported', `${provider.name} serves no such model.`);
  return { provider, model, prompt, hasFailed: false };
}

function note({ record }: Call, provider: Provider, model: string): void {
  record.provider = provider.name;
  record.upstreamModel = model;
}

/** Asks one counter. False where there is none after all. @throws what it refuses the request for, or why it cannot be asked. */
async function hasCounted(
  gateway: Gateway,
  provider: Provider,
  { route: { countPath = '', wrapping }, outgoing, call }: { route: Route; outgoing: Outgoing; call: Call },
): Promise<boolean> {
  const readCount = wrapping?.readCount;
  const foreign = outgoing.mode === 'translated' || readCount !== undefined;
  const path = foreign ? countPath : withQuery(countPath, call.query);
  const leaving = new AbortController();
  call.reply.onGone(() => leaving.abort());
  const request = httpRequest(gateway, provider, outgoing, path, 'application/json');
  const around = { provider, call, signal: leaving.signal };
  const { answer: told, credentials } = await sendCredentialed(gateway, around, request);
  const { status, headers, body } = told;
  const { upstream } = outgoing.route.dialect;
  if ([404, 405, 501].includes(status)) return false;
  if (status < 200 || status >= 300) {
    const refusal = readRefusal(outgoing.route, status, headers, body);
    // Amazon says so by a plain 400.
    if (/(?:doesn't|does not) support (?:token )?counting/i.test(refusal.message)) return false;
    throw cleaned(gateway, credentials, refusal);
  }
  if (!foreign) {
    jsonReply(call, 200, body, receiptHeaders(call));
    return true;
  }
  const tokens = (readCount ?? upstream.count?.readResponse)?.(parseJson(body.toString()));
  if (tokens === undefined) return false;
  answer(call, tokens, {});
  return true;
}

function answer(call: Call, tokens: number, headers: { readonly [name: string]: string }): void {
  const written = call.dialect.client.writeCount?.(tokens) ?? { input_tokens: tokens };
  jsonReply(call, 200, Buffer.from(JSON.stringify(written)), { ...headers, ...receiptHeaders(call) });
}
