import { GatewayError } from '../canon/error.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Carriage, FailedTry } from '../observe/call.ts';
import type { Redact } from '../observe/redact.ts';
import type { Call } from './call.ts';

/** Bytes of receipt that a header may have; the log has all of it. */
const maxReceipt = 4096;

type ReplyHeaders = { readonly [name: string]: string | number };

/** Headers that more are put to. A literal with a computed name, or with fields behind a spread, costs calls of V8's runtime. */
type Told = { [name: string]: string };

/** Errors that no second try can mend: without this hint some clients try for minutes. */
const hopeless: ReadonlySet<string> = new Set([
  'authentication',
  'permission',
  'billing',
  'not_supported',
  'not_found',
]);

/** Answers a call with a whole JSON body. */
export function jsonReply(call: Call, status: number, body: Uint8Array, headers: ReplyHeaders = {}): void {
  call.record.status = status;
  const told: { [name: string]: string | number } = {
    'content-type': 'application/json',
    'content-length': body.length,
  };
  told[call.dialect.client.requestIdHeader] = call.id;
  call.reply.head(status, Object.assign(told, headers));
  call.reply.end(body);
}

/** Headers of a streamed answer. @param request is asked for only by languages whose streams have several forms. */
export function streamHeaders(call: Call, request: () => ChatRequest): Told {
  const { client } = call.dialect;
  const told: Told = {
    'content-type': client.streamType?.(request()) ?? 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  };
  told[client.requestIdHeader] = call.id;
  return receiptHeaders(call, told);
}

/** Tells the client of a failure, in its own language. */
export function errorReply(call: Call, error: GatewayError): void {
  const { client } = call.dialect;
  call.record.error = error.kind;
  call.record.errorMessage = error.message;
  call.record.cause ??= error.cause;
  const status = client.statusOf?.(error) ?? error.status;
  const body = Buffer.from(JSON.stringify(client.writeError(error, call.id)));
  jsonReply(call, status, body, { ...client.errorHeaders?.(error), ...retryHeaders(error), ...receiptHeaders(call) });
}

/** When, and whether, to try again. */
export function retryHeaders(error: GatewayError): ReplyHeaders {
  const { retryAfter, shouldRetry } = error.details;
  const retry = shouldRetry ?? (hopeless.has(error.kind) ? false : undefined);
  return {
    ...(retryAfter !== undefined && { 'retry-after': Math.max(1, Math.ceil(retryAfter)) }),
    ...(retry !== undefined && { 'x-should-retry': String(retry) }),
  };
}

/** What a provider who speaks the client's language says in headers that the client knows. @param told is what it is put to. */
export function passedHeaders({ dialect }: Call, mode: Carriage, headers: Headers, told: Told = {}): Told {
  const names = mode === 'translated' ? undefined : dialect.pass?.responseHeaders;
  if (names === undefined) return told;
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) told[name] = value;
  }
  return told;
}

/** Who answered, and what did not arrive as it was said. @param told is what it is put to. */
export function receiptHeaders({ record, id }: Call, told: Told = {}): Told {
  const { provider, upstreamModel = '', carriage, losses } = record;
  told['x-dragoman-request-id'] = id;
  if (provider !== undefined) told['x-dragoman-route'] = headerText(`${provider}/${upstreamModel}`);
  if (carriage !== undefined) told['x-dragoman-carriage'] = carriage;
  if (losses.length > 0) told['x-dragoman-loss'] = receipt(losses);
  if (record.failures !== undefined)
    told['x-dragoman-failed'] = headerText(record.failures.map(failureText).join('; '));
  return told;
}

function failureText({ provider, model, error }: FailedTry): string {
  return `${provider}/${model} ${error}`;
}

/** What a whole answer has cost, US dollars; a stream's cost is known only when it is over, and stands in the log. */
export function costHeader(cost: number, told: Told): void {
  told['x-dragoman-cost'] = Number(cost.toPrecision(6)).toString();
}

/** The losses in one line: `dropped top_k (no such thing in openai-chat); moved ...`. */
export function receipt(losses: readonly Loss[]): string {
  let line = '';
  for (const [i, { what, path, why }] of losses.entries()) {
    const entry = headerText(`${i > 0 ? '; ' : ''}${what} ${path} (${why})`);
    if (line.length + entry.length > maxReceipt) return `${line}; and ${losses.length - i} more`;
    line += entry;
  }
  return line;
}

/** Header values are ASCII without control characters; everything else would break the connection or be misread. */
function headerText(text: string): string {
  const plain = /[^\x20-\x7e]/.test(text) ? text.replace(/[^\x20-\x7e]/g, '?') : text;
  return plain.slice(0, 1024);
}

/** The error as a client may see it: what others wrote of it without the secrets in it. */
export function withoutSecrets(error: GatewayError, redact: Redact): GatewayError {
  const { origin } = error.details;
  const message = redact(error.message);
  const text = origin === undefined ? '' : Buffer.from(origin.body).toString();
  const body = redact(text);
  if (message === error.message && body === text) return error;
  return new GatewayError(error.kind, message, {
    ...error.details,
    status: error.status,
    ...(origin !== undefined && { origin: { ...origin, body: Buffer.from(body) } }),
  });
}

/** The refusal of a translation that would lose something, where the configuration asks for that. */
export function strictError(losses: readonly Loss[]): GatewayError | undefined {
  const lost = losses.filter(({ what }) => what === 'dropped' || what === 'approximated');
  if (lost.length === 0) return undefined;
  const list = lost.map(({ what, path, why }) => `${path} would be ${what}: ${why}`).join('; ');
  return new GatewayError(
    'invalid_request',
    `Strict mode refuses this request, because the provider cannot take all of it: ${list}`,
    {
      ...(lost[0] !== undefined && { param: lost[0].path }),
      // Another target may take all of it.
      place: 'gateway',
      shouldRetry: false,
    },
  );
}
