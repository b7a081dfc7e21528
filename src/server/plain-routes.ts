import type { DialectName } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import type { Call } from '../gateway/call.ts';
import { listModels } from '../gateway/models.ts';
import { isKeptPath, keptRoute } from './conversation-routes.ts';
import { health } from './health.ts';
import { tellMetrics } from './metrics-route.ts';
import { decoded } from './paths.ts';
import type { PlainRequest } from './plain-request.ts';
import { answerProbe } from './probes.ts';
import type { ClientRequest } from './request.ts';
import type { MetricsSource, Serving } from './serving.ts';

/** Answers paths without a model call behind them. @throws not_found */
export async function plainRoute(serving: Serving, plain: PlainRequest, call: Call): Promise<void> {
  const { request, path, query } = plain;
  const method = request.method;
  if (path === '/' || path === '/api/hello') return greet(call);
  if (path === '/livez' || path === '/readyz') {
    if (method !== 'GET' && method !== 'HEAD') throw wrongMethod(request, 'GET');
    const known = serving.access(request.headers, query) !== undefined;
    return answerProbe(serving, call, { path, verbose: new URLSearchParams(query).has('verbose'), known });
  }
  if (path === '/health' || path === '/health/detailed') return healthRoute(serving, plain, call);
  if (path === '/metrics' && serving.metrics !== undefined) {
    return metricsRoute(serving, serving.metrics, plain, call);
  }
  if (isKeptPath(path)) {
    const caller = serving.access(request.headers, query);
    if (caller === undefined) throw unauthorized(request);
    return keptRoute(serving, request, { ...call, caller }, { path, query });
  }
  const models = modelPath.exec(path);
  if (models === null) throw new GatewayError('not_found', `There is nothing at ${method} ${path}.`);
  if (method !== 'GET') throw wrongMethod(request, 'GET');
  if (serving.access(request.headers, query) === undefined) throw unauthorized(request);
  const id = models[2] ?? models[4];
  return listModels(serving.gateway, call, id === undefined ? undefined : decoded(id));
}

/** Lists of models: OpenAI's, Anthropic's and Google's, and Bedrock's two. */
const modelPath =
  /^(?:(\/v1|\/v1beta|\/openai\/v1)?\/models(?:\/(.+))?|\/(inference-profiles|foundation-models)(?:\/(.+))?)$/;

function healthRoute(serving: Serving, { request, path, query }: PlainRequest, call: Call): void {
  const detailed = path === '/health/detailed';
  if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request, 'GET');
  if (detailed && serving.access(request.headers, query) === undefined) throw unauthorized(request);
  health(serving, call, detailed);
}

async function metricsRoute(serving: Serving, source: MetricsSource, plain: PlainRequest, call: Call): Promise<void> {
  const { request, query } = plain;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request, 'GET');
  if (!source.open && serving.access(request.headers, query) === undefined) throw unauthorized(request);
  await tellMetrics(source, plain, call);
}

/** Whose language a request speaks that is not a model call: told by its path, else by the headers that only one has. */
export function guessedDialect({ headers }: ClientRequest, path: string): DialectName {
  if (path.startsWith('/v1beta') || headers['x-goog-api-key'] !== undefined) return 'gemini';
  if (/^\/(?:inference-profiles|foundation-models|model)\b/.test(path)) return 'bedrock-converse';
  if (/^(?:\/v1)?\/responses\b/.test(path)) return 'openai-responses';
  return headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined ? 'anthropic' : 'openai-chat';
}

export function unauthorized({ headers }: ClientRequest): GatewayError {
  const given = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'].some((name) => headers[name] !== undefined);
  const message = given
    ? "The API key is not one of this gateway's."
    : 'An API key is needed: send it as "Authorization: Bearer KEY" or "x-api-key: KEY".';
  return new GatewayError('authentication', message, { shouldRetry: false });
}

export function wrongMethod({ method, url }: ClientRequest, right: string): GatewayError {
  return new GatewayError('not_found', `${method} ${withoutQuery(url)} is not served; use ${right}.`, {
    status: 405,
    shouldRetry: false,
  });
}

/** A query may hold a key. */
function withoutQuery(url = ''): string {
  return url.replace(/\?.*$/s, '');
}

/** Clients knock at the door before they work. */
function greet(call: Call): void {
  const body = Buffer.from('{"service":"dragoman","status":"ok"}');
  call.record.status = 200;
  call.reply.head(200, { 'content-type': 'application/json', 'content-length': body.length });
  call.reply.end(body);
}
