import { totalInput } from '../canon/usage.ts';
import type { CallRecord, FailedTry, TraceIds } from './call.ts';
import { type Attributes, attributes, double, nanoseconds, type Span, type SpanEvent } from './otlp.ts';
import { placeIn, randomId } from './trace-context.ts';

/** What is known of a provider beside its name. */
export interface ProviderFacts {
  /** Its name among the semantic conventions, or its kind. */
  readonly system: string;
  readonly address: string;
  readonly port: number;
}

/** A call that is over, and when that was: milliseconds since 1970. */
export interface EndedCall {
  readonly record: CallRecord;
  readonly endedAt: number;
}

/** What makes spans of calls. */
export interface SpanOptions {
  facts(provider: string): ProviderFacts | undefined;
  /** Which share of the calls is kept that are no part of a client's trace. */
  readonly share: number;
}

const server = 2;
const client = 3;
const failed = 2;

/** Losses and mends that are told of one call. */
const mostTold = 20;

/** Names of operations that the semantic conventions know, by ours. */
const operations: ReadonlyMap<string, string> = new Map([
  ...[
    'messages',
    'chat.completions',
    'responses',
    'converse',
    'converse-stream',
    'invoke',
    'invoke-with-response-stream',
    'vertex.rawPredict',
    'vertex.streamRawPredict',
  ].map((name) => [name, 'chat'] as const),
  ['generateContent', 'generate_content'],
  ['streamGenerateContent', 'generate_content'],
  ['completions', 'text_completion'],
  ...['embedContent', 'batchEmbedContents', 'predict'].map((name) => [name, 'embeddings'] as const),
]);

/** The spans of a call: its own, and one for each try at a provider. None where nobody keeps the trace. */
export function spansOf({ record, endedAt }: EndedCall, { facts, share }: SpanOptions): readonly Span[] {
  const place = record.trace ?? placeIn(record, share);
  if (!place.sampled) return [];
  const clock: Clock = { begin: endedAt - record.ms };
  const operation = operations.get(record.operation) ?? record.operation;
  const known = record.provider === undefined ? undefined : facts(record.provider);
  const error = errorOf(record);
  const own: Span = {
    ...identity(place, record),
    name: named(operation, record.model),
    kind: server,
    startTimeUnixNano: nanoseconds(clock.begin),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributes({
      ...callAttributes(record, operation),
      'gen_ai.provider.name': known?.system ?? record.provider,
      'error.type': error,
    }),
    events: eventsOf(record, clock),
    status: error === undefined ? {} : { code: failed },
  };
  return [own, ...triesOf(record, clock).map((attempt) => trySpan(attempt, { own, place, operation, facts }))];
}

function identity({ traceId, spanId, parentId, sampled }: TraceIds, { tracestate }: CallRecord) {
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    ...(parentId !== undefined && tracestate !== undefined && { traceState: tracestate }),
    flags: sampled ? 1 : 0,
  };
}

/** A client that leaves is no error of anybody's. */
function errorOf({ error }: CallRecord): string | undefined {
  return error === 'client_gone' ? undefined : error;
}

function callAttributes(record: CallRecord, operation: string): Attributes {
  const { usage } = record;
  const input = totalInput(usage);
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.request.model': record.model === '' ? undefined : record.model,
    'gen_ai.request.stream': record.stream ? true : undefined,
    'gen_ai.response.model': record.responseModel,
    'gen_ai.response.finish_reasons': record.finish === undefined ? undefined : [record.finish],
    'gen_ai.response.time_to_first_chunk':
      record.stream && record.firstByteMs !== undefined ? double(record.firstByteMs / 1000) : undefined,
    'gen_ai.conversation.id': record.session,
    'gen_ai.usage.input_tokens': input > 0 ? input : undefined,
    'gen_ai.usage.output_tokens': usage.output,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheRead,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoning,
    'http.response.status_code': record.status === 0 ? undefined : record.status,
    'dragoman.request.id': record.id,
    'dragoman.operation': record.operation,
    'dragoman.client.language': record.client,
    'dragoman.client.gone': record.error === 'client_gone' ? true : undefined,
    'dragoman.provider': record.provider,
    'dragoman.provider.model': record.upstreamModel,
    'dragoman.provider.language': record.spoken,
    'dragoman.carriage': record.carriage,
    'dragoman.tries': record.tries,
    'dragoman.cost': record.cost === undefined ? undefined : double(record.cost),
    'dragoman.losses': some(record.losses.map(({ what, path }) => `${what} ${path}`)),
    'dragoman.mends': some(record.mends),
    'dragoman.healed': record.healed.length === 0 ? undefined : record.healed.length,
  };
}

function some(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list.slice(0, mostTold);
}

function eventsOf({ firstByteMs, seams = [], cacheMiss, ms }: CallRecord, { begin }: Clock): SpanEvent[] {
  const events: SpanEvent[] = [];
  const tell = (at: number, name: string, told: Attributes): void => {
    events.push({ timeUnixNano: nanoseconds(begin + at), name, attributes: attributes(told) });
  };
  if (cacheMiss !== undefined) {
    const { at, by, tokens, cost } = cacheMiss;
    tell(0, 'dragoman.cache_miss', {
      'dragoman.cache_miss.at': at,
      'dragoman.cache_miss.by': by,
      'dragoman.cache_miss.tokens': tokens,
      'dragoman.cache_miss.cost': cost === undefined ? undefined : double(cost),
    });
  }
  if (firstByteMs !== undefined) tell(firstByteMs, 'dragoman.first_token', {});
  for (const seam of seams) {
    tell(seam.ms ?? ms, 'dragoman.seam', {
      'dragoman.seam.block': seam.block,
      'dragoman.seam.at': seam.at,
      'dragoman.seam.from': seam.from,
      'dragoman.seam.to': seam.to,
      'error.type': seam.why,
    });
  }
  return events;
}

/** One try at a provider. Times are milliseconds since 1970. */
interface Try {
  readonly provider: string;
  readonly model: string;
  readonly from: number;
  readonly to: number;
  readonly status?: number;
  readonly error?: string;
}

/** When the call came, milliseconds since 1970. */
interface Clock {
  readonly begin: number;
}

/** The tries in their order. Where nobody noted when one was sent, it followed the one before at once. */
function triesOf(record: CallRecord, { begin }: Clock): Try[] {
  const { provider, upstreamModel = '', failures = [], tries, ms, status } = record;
  const found: Try[] = [];
  let now = begin;
  for (const failure of failures) {
    found.push(failedTry(failure, now, begin));
    now = found.at(-1)?.to ?? now;
  }
  if (provider === undefined || tries <= failures.length) return found;
  const error = errorOf(record);
  const end = Math.max(now, begin + ms);
  const last: Try = { provider, model: upstreamModel, from: now, to: end, ...(status > 0 && { status }) };
  found.push(error === undefined ? last : { ...last, error });
  return found;
}

function failedTry({ provider, model, error, status, ms, at }: FailedTry, now: number, begin: number): Try {
  const from = at === undefined ? now : begin + at;
  return { provider, model, error, from, to: from + ms, ...(status > 0 && { status }) };
}

interface Around {
  readonly own: Span;
  readonly place: TraceIds;
  readonly operation: string;
  facts(provider: string): ProviderFacts | undefined;
}

function trySpan({ provider, model, from, to, status, error }: Try, { own, place, operation, facts }: Around): Span {
  const known = facts(provider);
  return {
    traceId: place.traceId,
    spanId: randomId(8),
    parentSpanId: place.spanId,
    ...(own.traceState !== undefined && { traceState: own.traceState }),
    flags: own.flags,
    name: named(operation, model),
    kind: client,
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(to),
    attributes: attributes({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': known?.system ?? provider,
      'gen_ai.request.model': model === '' ? undefined : model,
      'server.address': known?.address,
      'server.port': known?.port,
      'http.response.status_code': status,
      'error.type': error,
      'dragoman.provider': provider,
    }),
    events: [],
    status: error === undefined ? {} : { code: failed },
  };
}

function named(operation: string, model: string): string {
  return model === '' ? operation : `${operation} ${model}`;
}
