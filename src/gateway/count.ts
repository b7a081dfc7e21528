import { GatewayError } from '../canon/error.ts';
import { publishCall } from '../observe/call.ts';
import { outgoingRoute, sendTo, withQuery } from './attempt.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import { incoming, type Outgoing, parseBody, prepare, scanned } from './outgoing.ts';
import { errorReply, jsonReply, receiptHeaders } from './reply.ts';

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
  // A prompt to be counted needs no answer's length; the canonical reader asks for one.
  const parsed = parseBody(call.body);
  const scan = scanned(call.body);
  const name = scan.model ?? '';
  const request = call.dialect.client.readRequest({ max_tokens: 1, ...parsed }, call.headers);
  const target = gateway.plan(name)[0];
  if (target === undefined) throw new GatewayError('not_found', `model: no target for "${name}"`);
  call.record.model = name;
  const provider = gateway.provider(target.provider);
  const model = gateway.memory.nameOf(provider.name, target.model);
  call.record.provider = provider.name;
  call.record.upstreamModel = model;
  const remedies = gateway.memory.remedies(provider.name, model);
  const source = { ...incoming(call, scan), request: () => request };
  let outgoing: Outgoing | undefined;
  for (const route of provider.routes(model)) {
    outgoing = prepare(source, outgoingRoute(route, model, false), { model, route, remedies });
    if (outgoing.mode === 'translated' || route.countPath === undefined) continue;
    const answer = await sendTo(gateway, provider, outgoing, withQuery(route.countPath, call.query));
    if ([404, 405, 501].includes(answer.status)) continue;
    if (answer.status >= 200 && answer.status < 300) return jsonReply(call, 200, answer.body, receiptHeaders(call));
    throw outgoing.route.dialect.upstream.readError(answer.status, answer.headers, answer.body);
  }
  if (outgoing === undefined) throw new GatewayError('not_supported', `${provider.name} serves no such model.`);
  const { tokens, error, samples } = gateway.estimator.estimate(
    `${provider.name}/${model}`,
    request,
    outgoing.body.length,
  );
  jsonReply(call, 200, Buffer.from(JSON.stringify({ input_tokens: tokens })), {
    'x-dragoman-estimate': `tokens=${tokens}; error=${Math.round(error * 100)}%; samples=${samples}`,
    ...receiptHeaders(call),
  });
}
