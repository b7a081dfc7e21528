import { GatewayError } from '../canon/error.ts';
import { parseJson } from '../canon/json.ts';
import { publishCall } from '../observe/call.ts';
import type { Provider } from '../providers/provider.ts';
import { readRefusal } from './answer.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import { type Incoming, incoming, openBody } from './incoming.ts';
import { type Outgoing, type OutgoingOptions, prepare, prepareCount } from './outgoing.ts';
import { errorReply, jsonReply, receiptHeaders, withoutSecrets } from './reply.ts';
import { outgoingRoute, sendTo, withQuery } from './wire-call.ts';

/** Counts a prompt's tokens: by the provider's own counter where it has one, else by an estimate that says that it is one. */
export async function countTokens(gateway: Gateway, call: Call): Promise<void> {
  try {
    await count(gateway, call);
  } catch (error) {
    errorReply(
      call,
      error instanceof GatewayError ? error : new GatewayError('internal', 'The gateway failed.', { cause: error }),
    );
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
  const target = gateway.plan(request.model)[0];
  if (target === undefined) throw new GatewayError('not_found', `model: no target for "${request.model}"`);
  call.record.model = request.model;
  const provider = gateway.provider(target.provider);
  const model = gateway.memory.nameOf(provider.name, target.model);
  call.record.provider = provider.name;
  call.record.upstreamModel = model;
  const source: Incoming = { ...incoming(call), request: () => request };
  const outgoing = await countAt(gateway, provider, model, source);
  if (outgoing === undefined) return;
  const { tokens, error, samples } = await gateway.estimator.estimate(
    `${provider.name}/${model}`,
    request,
    outgoing.body.length,
  );
  answer(call, tokens, {
    'x-dragoman-estimate': `tokens=${tokens}; error=${Math.round(error * 100)}%; samples=${samples}`,
  });
}

/** Asks the provider's own counter. Gives the request to estimate by where there is none that answers. */
async function countAt(
  gateway: Gateway,
  provider: Provider,
  model: string,
  source: Incoming,
): Promise<Outgoing | undefined> {
  const { call } = source;
  const remedies = gateway.memory.remedies(provider.name, model);
  let last: (() => Outgoing) | undefined;
  for (const route of provider.routes(model, call.dialect.name)) {
    const options: OutgoingOptions = { model, route, remedies, provider: provider.name, sealer: gateway.sealer };
    const way = outgoingRoute(route, model, false);
    last = () => prepare(source, way, options);
    const outgoing = route.countPath === undefined ? undefined : prepareCount(source, way, options);
    if (outgoing === undefined || route.countPath === undefined) continue;
    const readCount = route.wrapping?.readCount;
    const foreign = outgoing.mode === 'translated' || readCount !== undefined;
    const path = foreign ? route.countPath : withQuery(route.countPath, call.query);
    const { status, headers, body } = await sendTo(gateway, provider, outgoing, path);
    const { upstream } = outgoing.route.dialect;
    if ([404, 405, 501].includes(status)) continue;
    if (status < 200 || status >= 300) {
      const refusal = readRefusal(outgoing.route, status, headers, body);
      // Amazon says so by a plain 400.
      if (/(?:doesn't|does not) support (?:token )?counting/i.test(refusal.message)) continue;
      throw withoutSecrets(refusal, gateway.redact);
    }
    if (!foreign) jsonReply(call, 200, body, receiptHeaders(call));
    else {
      const tokens = (readCount ?? upstream.count?.readResponse)?.(parseJson(body.toString()));
      if (tokens === undefined) continue;
      answer(call, tokens, {});
    }
    return undefined;
  }
  if (last === undefined) throw new GatewayError('not_supported', `${provider.name} serves no such model.`);
  return last();
}

function answer(call: Call, tokens: number, headers: { readonly [name: string]: string }): void {
  const written = call.dialect.client.writeCount?.(tokens) ?? { input_tokens: tokens };
  jsonReply(call, 200, Buffer.from(JSON.stringify(written)), { ...headers, ...receiptHeaders(call) });
}
