/**
 * READ THIS FIRST: one call, from the client's bytes to the last byte of the answer.
 *
 *   server      names the dialect by path, knows the caller, gathers the body
 *   exchange    finds the model's name in the bytes, and tries targets until one has answered
 *   journey     which target is next: another one, or the same one after a while
 *   attempt     one target: its routes, its quirks, what it is known to refuse
 *   outgoing    the request as it leaves: the client's bytes, or a translation
 *   delivery    the answer as it comes: passed, translated, or turned into an error
 *   seam        where a stream breaks off, and another target goes on in the same message
 */
import { asGatewayError, GatewayError } from '../canon/error.ts';
import { publishCall } from '../observe/call.ts';
import type { Target } from '../policy/plan.ts';
import { attempt } from './attempt.ts';
import type { Call } from './call.ts';
import { ClientAnswer } from './client-answer.ts';
import type { Delivered } from './delivery.ts';
import { costOf, type Gateway } from './gateway.ts';
import { type Incoming, incoming } from './incoming.ts';
import { Journey, type Traveller } from './journey.ts';
import { race } from './race.ts';
import { errorReply, jsonReply, receiptHeaders, retryHeaders } from './reply.ts';
import { routeOrder } from './route-order.ts';

/** Characters of a model's name that are recorded; no model has a longer one. */
export const maxName = 512;

/** Answers one model call. Never throws: whatever happens, the client gets an answer in its language. */
export async function exchange(gateway: Gateway, call: Call): Promise<void> {
  let journey: Journey | undefined;
  try {
    journey = setOut(gateway, call);
    journey.begin();
    let result = await ask(gateway, journey);
    while (journey.hasFailed(result) && (await journey.goOn(result))) {
      result = await attempt(gateway, journey.source, journey.target);
    }
    if (!result.delivered) tell(journey.source, result);
  } catch (error) {
    fail(call, error);
  } finally {
    arrive(gateway, call, journey);
  }
}

/** Asks the first target, with another one beside it where that is wished for. */
function ask(gateway: Gateway, journey: Journey): Promise<Delivered> {
  const afterMs = journey.hedgeMs;
  return afterMs === undefined ? attempt(gateway, journey.source, journey.target) : race(gateway, journey, afterMs);
}

/** Tells the client of a failure: in the stream where it has seen a part of it, else instead of an answer. */
function tell({ call, answer }: Incoming, result: Extract<Delivered, { delivered: false }>): void {
  // It may have left while another try was waited for.
  if (call.reply.gone) call.record.error = 'client_gone';
  else if (answer?.isBegun === true) answer.end(result.error);
  else refuse(call, result);
}

/** Adds up what the call has come to. */
function arrive(gateway: Gateway, call: Call, journey: Journey | undefined): void {
  const source = journey?.source;
  journey?.leave();
  source?.answer?.settle((record) => costOf(gateway, record));
  if (source !== undefined && source.call.record !== call.record) Object.assign(call.record, source.call.record);
  gateway.carriages.learn(call.record);
  settle(gateway, call);
}

/** Does what answers a call of another sort, and tells of it when it is over. Never throws. */
export async function answered(gateway: Gateway, call: Call, work: () => Promise<Delivered>): Promise<void> {
  try {
    const result = await work();
    if (!result.delivered) refuse(call, result);
  } catch (error) {
    fail(call, error);
  } finally {
    settle(gateway, call);
  }
}

/** Looks at the request as far as it must be looked at, and finds out where it may go. */
function setOut(gateway: Gateway, asked: Call): Journey {
  const call = gateway.conversations.resolved(asked);
  const source = incoming(call, gateway);
  const name = source.model ?? '';
  call.record.model = name.slice(0, maxName);
  call.record.stream = source.stream;
  if (source.stream) call.streams?.();
  if (source.model === undefined) source.request();
  const plan = gateway.planRoute(name);
  if (source.stream && plan.onCut !== 'error') source.answer = new ClientAnswer(call);
  return new Journey(gateway, source, plan, routeOrder(gateway, source, plan));
}

/** Tries targets in their order, and again after a while, as an exchange does, for what is no answer in a conversation. */
export async function inTurn(
  gateway: Gateway,
  traveller: Traveller,
  targets: readonly Target[],
  tryOne: (target: Target) => Promise<Delivered>,
): Promise<Delivered> {
  const journey = new Journey(gateway, traveller, { targets, strategy: 'ordered', sticky: false, onCut: 'error' });
  try {
    journey.begin();
    let result = await settled(tryOne, journey.target);
    while (journey.hasFailed(result) && (await journey.goOn(result))) result = await settled(tryOne, journey.target);
    return result;
  } finally {
    journey.leave();
  }
}

/** What keeps a target from being asked at all, such as a credential that cannot be had, leaves the next one a chance. */
async function settled(tryOne: (target: Target) => Promise<Delivered>, target: Target): Promise<Delivered> {
  try {
    return await tryOne(target);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { delivered: false, error };
  }
}

/** The provider's refusal, in its own bytes when it spoke the client's language. */
function refuse(call: Call, { error, reply }: Extract<Delivered, { delivered: false }>): void {
  if (call.reply.gone) return;
  const { origin } = error.details;
  if (reply === undefined || origin === undefined) return errorReply(call, error);
  call.record.error = error.kind;
  call.record.errorMessage = error.message;
  jsonReply(call, reply.status, origin.body, {
    'content-type': origin.contentType,
    ...call.dialect.client.errorHeaders?.(error),
    ...retryHeaders(error),
    ...reply.headers,
    ...receiptHeaders(call),
  });
}

/** A failure of our own: told truthfully, without its details, which are in the log. */
function fail(call: Call, error: unknown): void {
  const told = asGatewayError(error);
  call.record.cause ??= told.cause;
  if (call.reply.gone) return;
  if (call.reply.headSent) call.reply.destroy();
  else errorReply(call, told);
}

function settle(gateway: Gateway, call: Call): void {
  call.record.ms = performance.now() - call.began;
  const cost = call.record.cost ?? costOf(gateway, call.record);
  if (cost !== undefined) call.record.cost = cost;
  gateway.guardian.after(call.record);
  gateway.meter.settle(call.record);
  publishCall(call.record);
}
