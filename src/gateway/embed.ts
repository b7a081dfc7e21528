import type { GatewayError } from '../canon/error.ts';
import { summarized } from '../canon/loss.ts';
import type { Headers } from '../dialects/dialect.ts';
import { describeRemedy, type Remedy, remedyFor } from '../policy/heal.ts';
import type { Target } from '../policy/plan.ts';
import type { Door, Provider } from '../providers/provider.ts';
import type { WholeAnswer } from '../upstream/whole.ts';
import { Pieces } from '../wire/pieces.ts';
import type { Call } from './call.ts';
import { cleaned, sendCredentialed } from './credentialed.ts';
import type { Delivered } from './delivery.ts';
import {
  type EmbedOutgoing,
  type EmbedSource,
  embedSource,
  type ProviderAnswer,
  prepareEmbedding,
} from './embed-request.ts';
import { answered, inTurn, maxName } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { incoming } from './incoming.ts';
import { explained, notOffered } from './offering.ts';
import { jsonReply, passedHeaders, receiptHeaders, strictError } from './reply.ts';
import type { Unsigned } from './wire-call.ts';

/** Calls to a provider at once, for one wish that takes several. */
const atOnce = 4;

/** How often one wish may be changed and sent again because a provider named something in it. */
const maxRemedies = 4;

/** Fields without which the answer would be another one. */
const kept = /dimension|^(?:input|texts|content|contents|requests|instances|parts|inputText)$/i;

/** Answers a wish for vectors. Never throws. @param form what the client's language calls its sort of body. */
export async function embed(gateway: Gateway, call: Call, form: string): Promise<void> {
  await answered(gateway, call, () => {
    const source = embedSource(call, form, incoming(call));
    const model = source.incoming.model ?? source.request().model;
    call.record.model = model.slice(0, maxName);
    const targets = gateway.planOperation('embeddings', model);
    if (targets.length === 0) throw notOffered(gateway, 'embeddings');
    return inTurn(gateway, { call }, targets, (target) => attempt(gateway, source, target));
  });
}

async function attempt(gateway: Gateway, source: EmbedSource, target: Target): Promise<Delivered> {
  const { call } = source;
  const { record } = call;
  const provider = gateway.provider(target.provider);
  const model = gateway.memory.nameOf(provider.name, target.model);
  record.provider = provider.name;
  record.upstreamModel = model;
  const door = provider.door('embeddings', { model, form: source.form });
  if (door === undefined) return { delivered: false, error: notOffered(gateway, 'embeddings', provider) };
  const known = gateway.memory.remedies(provider.name, model);
  const found: Remedy[] = [];
  for (;;) {
    const outgoing = await prepareEmbedding(source, { door, model, remedies: [...known, ...found] });
    record.losses = summarized(outgoing.losses);
    record.carriage = outgoing.mode;
    const refused = target.strict ? strictError(outgoing.losses) : undefined;
    if (refused !== undefined) return { delivered: false, error: refused };
    const result = await ask(gateway, call, outgoing, { provider, door });
    const remedy = found.length < maxRemedies ? remedyIn(outgoing, result) : undefined;
    if (remedy === undefined) {
      if (result.delivered && result.unanswered !== true) {
        for (const each of found) gateway.memory.learnRemedy(provider.name, model, each);
      }
      return result;
    }
    const { what, path, why } = describeRemedy(remedy);
    record.healed.push(`${what} ${path}: ${why}`);
    found.push(remedy);
  }
}

/** What to change where the provider refuses a field by its name. The length of vectors is never given up. */
function remedyIn({ bodies }: EmbedOutgoing, result: Delivered): Remedy | undefined {
  const [first] = bodies;
  if (result.delivered || first === undefined || ![400, 422].includes(result.error.status)) return undefined;
  const { message, details } = result.error;
  const refusal = { message, ...(details.param !== undefined && { param: details.param }) };
  const remedy = remedyFor({ body: first.opened, betas: [] }, refusal);
  const dropped = remedy?.type === 'drop' ? remedy.path.at(-1) : undefined;
  return dropped === undefined || kept.test(dropped) ? undefined : remedy;
}

/** Sends all bodies, some at a time. The first refusal ends the others, and so does a client that leaves. */
async function ask(gateway: Gateway, call: Call, outgoing: EmbedOutgoing, way: Way): Promise<Delivered> {
  const leaving = new AbortController();
  call.reply.onGone(() => leaving.abort());
  const answers: ProviderAnswer[] = [];
  let refusal: Delivered | undefined;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < outgoing.bodies.length && refusal === undefined; at = next++) {
      const request = requestFor(gateway, way, outgoing.bodies[at]?.body ?? new Pieces([]));
      const around = { provider: way.provider, call, signal: leaving.signal };
      const { answer, credentials } = await sendCredentialed(gateway, around, request);
      if (answer.status >= 200 && answer.status < 300) answers[at] = answer;
      else {
        refusal ??= refused(gateway, call, outgoing, { ...way, answer, credentials });
        leaving.abort();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, outgoing.bodies.length) }, work));
  } catch (error) {
    leaving.abort();
    if (refusal === undefined && !call.reply.gone) throw error;
  }
  if (call.reply.gone) {
    call.record.error = 'client_gone';
    return { delivered: true, unanswered: true };
  }
  return refusal ?? reply(call, outgoing, answers);
}

interface Way {
  readonly provider: Provider;
  readonly door: Door;
}

function requestFor(gateway: Gateway, { provider, door }: Way, body: Pieces): Unsigned {
  return {
    method: 'POST',
    origin: door.origin,
    path: door.path(''),
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': gateway.userAgent },
    body,
    timeouts: provider.timeouts,
  };
}

function reply(call: Call, outgoing: EmbedOutgoing, answers: readonly ProviderAnswer[]): Delivered {
  const { body, usage } = outgoing.answer(answers);
  call.record.usage = usage;
  call.record.firstByteMs = performance.now() - call.began;
  jsonReply(call, 200, body, receiptHeaders(call, passedHeaders(call, outgoing.mode, answers[0]?.headers ?? {})));
  return { delivered: true };
}

function refused(
  gateway: Gateway,
  call: Call,
  outgoing: EmbedOutgoing,
  { provider, answer, credentials }: Way & { readonly answer: WholeAnswer; readonly credentials: Headers },
): Delivered {
  const { status, headers, body } = answer;
  const error: GatewayError = cleaned(gateway, credentials, outgoing.dialect.upstream.readError(status, headers, body));
  const instead = explained(gateway, 'embeddings', provider, error);
  if (instead !== undefined) return { delivered: false, error: instead };
  if (outgoing.mode === 'translated' || error.details.origin === undefined) return { delivered: false, error };
  return { delivered: false, error, reply: { status, headers: passedHeaders(call, outgoing.mode, headers) } };
}
