import { asGatewayError, GatewayError } from '../canon/error.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Address, Call, ClientDialect } from '../gateway/call.ts';
import { countTokens } from '../gateway/count.ts';
import { embed } from '../gateway/embed.ts';
import { exchange } from '../gateway/exchange.ts';
import { relay } from '../gateway/relay.ts';
import { errorReply } from '../gateway/reply.ts';
import { newRecord, publishCall } from '../observe/call.ts';
import { Pieces } from '../wire/pieces.ts';
import { bodyAtOnce, readBody } from './body.ts';
import { invokeCount, uncarried } from './carried.ts';
import type { ClientReply } from './client-reply.ts';
import { InvokeReply } from './invoke-reply.ts';
import { type CallPath, callPathOf } from './paths.ts';
import { guessedDialect, plainRoute, unauthorized, wrongMethod } from './plain-routes.ts';
import { relayPathOf } from './relay-paths.ts';
import type { ClientRequest } from './request.ts';
import type { Serving } from './serving.ts';
import { Visit } from './visit.ts';

/** Answers one HTTP request. Rejects only when the connection itself is lost. */
export async function route(serving: Serving, request: ClientRequest, reply: ClientReply): Promise<void> {
  const { url } = request;
  const cut = url.indexOf('?');
  const path = trimmed(cut === -1 ? url : url.slice(0, cut));
  const query = cut === -1 ? '' : url.slice(cut);
  const callPath = callPathOf(path, query) ?? relayPathOf(request, path);
  const id = nextId();
  const visit = new Visit(serving);
  reply.attend(visit);
  const call = newCall(
    id,
    request,
    reply,
    callPath ?? { dialect: guessedDialect(request, path), operation: path },
    query,
  );
  try {
    if (callPath === undefined) return await plainRoute(serving, { request, visit, path, query }, call);
    const { methods = ['POST'] } = callPath;
    if (!methods.includes(request.method)) throw wrongMethod(request, methods.join(', '));
    const caller = serving.access(request.headers, query);
    if (caller === undefined) throw unauthorized(request);
    if (serving.turn.calls > serving.maxCalls) {
      throw new GatewayError('overloaded', 'The gateway has as many calls as it can take.', { retryAfter: 1 });
    }
    if (serving.door.memory.isOver && serving.turn.calls > 1) {
      throw new GatewayError('overloaded', 'The gateway has no memory for more calls.', { retryAfter: 5 });
    }
    const streams = visit.counted(caller);
    if (streams !== undefined) call.streams = streams;
    const body = bodyAtOnce(request, serving.maxBody) ?? (await readBody(request, serving.maxBody));
    call.record.requestBytes = body.length;
    serving.turn.took(body.length);
    call.caller = caller;
    call.body = body;
    await run(serving, call, callPath);
  } catch (error) {
    turnAway(request, reply, call, error);
    // A call that gets as far as being run tells of itself.
    if (callPath === undefined) return;
    call.record.ms = performance.now() - call.began;
    publishCall(call.record);
  }
}

function run({ gateway }: Serving, call: Call, callPath: CallPath): Promise<void> {
  const { does, address, carrier, form, relay: wish } = callPath;
  if (wish !== undefined) return relay(gateway, call, wish);
  if (form !== undefined) return embed(gateway, addressed(call, address), form);
  const told = carrier === undefined ? addressed(call, address) : uncarried(call, address);
  if (does !== 'count') return exchange(gateway, told);
  const inner =
    address !== undefined && callPath.dialect === 'bedrock-converse' ? invokeCount(call, address) : undefined;
  return countTokens(gateway, inner ?? told);
}

/** The query of a path that names the model is about this call alone, the caller's key among it. */
function addressed(call: Call, address: Address | undefined): Call {
  return address === undefined ? call : { ...call, query: '', address };
}

function turnAway(request: ClientRequest, reply: ClientReply, call: Call, error: unknown): void {
  if (call.reply.gone) {
    call.record.error = 'client_gone';
    return;
  }
  if (!request.complete) reply.last();
  const told = asGatewayError(error);
  errorReply(call, told);
}

/** A call whose body and caller are not known yet. */
interface ArrivingCall extends Call {
  body: Pieces;
  caller: string;
  streams?: () => void;
}

function newCall(
  id: string,
  request: ClientRequest,
  plain: ClientReply,
  { dialect, operation, carrier }: Pick<CallPath, 'dialect' | 'operation' | 'carrier'>,
  query: string,
): ArrivingCall {
  const began = performance.now();
  const { 'x-claude-code-session-id': session, traceparent, tracestate } = request.headers;
  const record = newRecord(id, dialect, operation);
  // In a literal each field behind a spread costs a call of V8's runtime.
  if (typeof session === 'string') record.session = session;
  if (typeof traceparent === 'string') record.traceparent = traceparent;
  if (typeof tracestate === 'string') record.tracestate = tracestate;
  return {
    id,
    dialect: dialectNamed(dialect) as ClientDialect,
    headers: request.headers as { [name: string]: string },
    query,
    body: emptyBody,
    caller: '',
    reply: carrier === 'bedrock' ? new InvokeReply(plain) : plain,
    began,
    record,
  };
}

const emptyBody = new Pieces([]);
const processId = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
let counter = 0;

/** Unique among replicas and restarts, without asking for randomness on every call. */
function nextId(): string {
  counter += 1;
  return `req_${processId}${counter.toString(36).padStart(6, '0')}`;
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
