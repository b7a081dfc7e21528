import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DialectName } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Call, ClientDialect } from '../gateway/call.ts';
import { countTokens } from '../gateway/count.ts';
import { exchange } from '../gateway/exchange.ts';
import { listModels } from '../gateway/models.ts';
import { errorReply } from '../gateway/reply.ts';
import { publishCall } from '../observe/call.ts';
import { readBody } from './body.ts';
import { health } from './health.ts';
import { HttpReply } from './http-reply.ts';
import type { Serving } from './serving.ts';

/** A path that takes a model call. */
interface CallRoute {
  readonly dialect: DialectName;
  readonly operation: string;
  readonly run: (serving: Serving, call: Call) => Promise<void>;
}

const chat: CallRoute = {
  dialect: 'openai-chat',
  operation: 'chat.completions',
  run: ({ gateway }, call) => exchange(gateway, call),
};

/** The one place where paths meet languages. */
const callRoutes: ReadonlyMap<string, CallRoute> = new Map([
  [
    '/v1/messages',
    { dialect: 'anthropic', operation: 'messages', run: ({ gateway }, call) => exchange(gateway, call) },
  ],
  [
    '/v1/messages/count_tokens',
    { dialect: 'anthropic', operation: 'count_tokens', run: ({ gateway }, call) => countTokens(gateway, call) },
  ],
  ['/v1/chat/completions', chat],
  ['/chat/completions', chat],
]);

/** Answers one HTTP request. Rejects only when the connection itself is lost. */
export async function route(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/';
  const cut = url.indexOf('?');
  const path = trimmed(cut === -1 ? url : url.slice(0, cut));
  const query = cut === -1 ? '' : url.slice(cut);
  const callRoute = callRoutes.get(path);
  const call = newCall(request, response, callRoute ?? { dialect: guessedDialect(request), operation: path }, query);
  serving.open.add(call.id);
  response.once('close', () => serving.open.delete(call.id));
  try {
    if (callRoute === undefined) return await plainRoute(serving, request, call, path);
    if (request.method !== 'POST') throw wrongMethod(request, 'POST');
    if (!serving.access(request.headers)) throw unauthorized(request);
    if (serving.open.size > serving.maxCalls) {
      throw new GatewayError('overloaded', 'The gateway has as many calls as it can take.', { retryAfter: 1 });
    }
    const body = await readBody(request, serving.maxBody);
    call.record.requestBytes = body.length;
    await callRoute.run(serving, { ...call, body });
  } catch (error) {
    turnAway(request, response, call, error);
    // A call that gets as far as being run tells of itself.
    if (callRoute === undefined) return;
    call.record.ms = performance.now() - call.began;
    publishCall(call.record);
  }
}

function turnAway(request: IncomingMessage, response: ServerResponse, call: Call, error: unknown): void {
  if (call.reply.gone) {
    call.record.error = 'client_gone';
    return;
  }
  if (!request.complete) response.setHeader('connection', 'close');
  const told =
    error instanceof GatewayError ? error : new GatewayError('internal', 'The gateway failed.', { cause: error });
  errorReply(call, told);
}

/** Paths without a model call behind them. */
async function plainRoute(serving: Serving, request: IncomingMessage, call: Call, path: string): Promise<void> {
  const method = request.method ?? 'GET';
  if (path === '/' || path === '/api/hello') return greet(call);
  if (path === '/health' || path === '/health/detailed') {
    if (method !== 'GET' && method !== 'HEAD') throw wrongMethod(request, 'GET');
    if (path === '/health/detailed' && !serving.access(request.headers)) throw unauthorized(request);
    return health(serving, call, path === '/health/detailed');
  }
  const models = /^(?:\/v1)?\/models(?:\/(.+))?$/.exec(path);
  if (models === null) throw new GatewayError('not_found', `There is nothing at ${method} ${path}.`);
  if (method !== 'GET') throw wrongMethod(request, 'GET');
  if (!serving.access(request.headers)) throw unauthorized(request);
  return listModels(serving.gateway, call, models[1] === undefined ? undefined : decoded(models[1]));
}

function newCall(
  request: IncomingMessage,
  response: ServerResponse,
  { dialect, operation }: { dialect: DialectName; operation: string },
  query: string,
): Call {
  const id = nextId();
  const began = performance.now();
  const session = request.headers['x-claude-code-session-id'];
  return {
    id,
    dialect: dialectNamed(dialect) as ClientDialect,
    headers: request.headers as { [name: string]: string },
    query,
    body: emptyBody,
    reply: new HttpReply(response),
    began,
    record: {
      id,
      client: dialect,
      operation,
      model: '',
      stream: false,
      ...(typeof session === 'string' && { session }),
      tries: 0,
      status: 0,
      usage: {},
      losses: [],
      mends: [],
      healed: [],
      requestBytes: 0,
      ms: 0,
    },
  };
}

const emptyBody = Buffer.alloc(0);
const processId = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
let counter = 0;

/** Unique among replicas and restarts, without asking for randomness on every call. */
function nextId(): string {
  counter += 1;
  return `req_${processId}${counter.toString(36).padStart(6, '0')}`;
}

/** Who asks for something that is not there, or with a wrong key, is answered in the language it seems to speak. */
function guessedDialect(request: IncomingMessage): DialectName {
  return request.headers['anthropic-version'] !== undefined || request.headers['x-api-key'] !== undefined
    ? 'anthropic'
    : 'openai-chat';
}

function unauthorized({ headers }: IncomingMessage): GatewayError {
  const given = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  const message = given
    ? "The API key is not one of this gateway's."
    : 'An API key is needed: send it as "Authorization: Bearer KEY" or "x-api-key: KEY".';
  return new GatewayError('authentication', message, { shouldRetry: false });
}

function wrongMethod({ method, url }: IncomingMessage, right: string): GatewayError {
  return new GatewayError('not_found', `${method ?? ''} ${url ?? ''} is not served; use ${right}.`, {
    status: 405,
    shouldRetry: false,
  });
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Clients knock at the door before they work. */
function greet(call: Call): void {
  const body = Buffer.from('{"service":"dragoman","status":"ok"}');
  call.record.status = 200;
  call.reply.head(200, { 'content-type': 'application/json', 'content-length': body.length });
  call.reply.end(body);
}
