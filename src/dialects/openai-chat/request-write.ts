import type { Block } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat, Turn } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { writeMessages } from './messages-write.ts';
import { writeReasoningWish } from './reasoning-write.ts';
import { writeTools } from './tools-write.ts';
import { createWriting, type Writing } from './writing.ts';

/** Writes a Chat Completions request. The same request gives the same bytes. */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const writing = createWriting(request, options);
  const format = writeFormat(request.format, writing);
  const tools = writeTools(request, writing);
  const body: JsonObject = {
    model: request.model,
    messages: writeMessages(withTopMark(request, writing), format.instruction, writing),
  };
  add(body, tools);
  add(body, writeMaxTokens(request.maxTokens, writing));
  add(body, writeSampling(request, writing));
  add(body, writeStop(request.stop, writing));
  add(body, writeReasoningWish(request.reasoning, writing));
  add(body, format.fields);
  add(body, writeUser(request.user, writing));
  add(body, writeServiceTier(request.serviceTier, writing));
  if (request.verbosity !== undefined) body['verbosity'] = request.verbosity;
  if (request.cacheKey !== undefined) body['prompt_cache_key'] = request.cacheKey;
  if (request.labels !== undefined) body['metadata'] = request.labels;
  if (writing.own) add(body, writing.mark(request.cache, 'cache'));
  add(body, writeStream(request, writing));
  return finished(ownFields(body, request), request, tools, writing);
}

/** A few fields more: object literals with many parts that may be absent cost more than all that is in them. */
function add(body: JsonObject, fields: JsonObject | undefined): void {
  for (const field in fields) body[field] = fields[field];
}

function ownFields(body: JsonObject, { ext }: ChatRequest): JsonObject {
  const own = ext?.['openai-chat'];
  return own === undefined ? body : { ...body, ...own };
}

function finished(body: JsonObject, request: ChatRequest, tools: JsonObject, writing: Writing): JsonObject {
  mergeStreamOptions(body, request, writing);
  mergePlugins(body, request, tools);
  for (const field of writing.quirks.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    writing.lose('dropped', field, 'the provider refuses it');
  }
  const extra = writing.quirks.extra_body;
  return extra === undefined ? body : { ...body, ...extra };
}

/** "Mark the last cacheable block": servers that know no field for that know the block. */
function withTopMark(request: ChatRequest, { own, marks, lose }: Writing): ChatRequest {
  if (request.cache === undefined || (own && marks)) return request;
  if (!marks) {
    lose('dropped', 'cache', 'the provider takes no cache marks');
    return request;
  }
  const turn = request.turns.at(-1);
  const block = turn?.content.at(-1);
  if (turn === undefined || block === undefined || block.type === 'native') return request;
  const marked: Block = { ...block, cache: request.cache };
  const last: Turn = { ...turn, content: [...turn.content.slice(0, -1), marked] };
  return { ...request, turns: [...request.turns.slice(0, -1), last] };
}

function writeMaxTokens(wanted: number | undefined, { quirks, lose }: Writing): JsonObject {
  if (wanted === undefined) return {};
  const most = quirks.max_output_tokens ?? Number.POSITIVE_INFINITY;
  const given = Math.max(1, Math.min(wanted, most));
  if (given !== wanted) lose('approximated', 'max_tokens', `${wanted} is told as ${given}`);
  return { [quirks.max_tokens ?? 'max_tokens']: given };
}

function writeSampling({ sampling }: ChatRequest, { quirks, own, lose }: Writing): JsonObject {
  const { temperature, topP, topK, minP, frequencyPenalty, presencePenalty, repetitionPenalty, seed } = sampling;
  const body: JsonObject = {};
  if (temperature !== undefined) body['temperature'] = temperature;
  if (topP !== undefined) body['top_p'] = topP;
  if (frequencyPenalty !== undefined) body['frequency_penalty'] = frequencyPenalty;
  if (presencePenalty !== undefined) body['presence_penalty'] = presencePenalty;
  if (seed !== undefined) body[quirks.seed ?? 'seed'] = seed;
  const sayMore = (field: string, value: number): void => {
    if (quirks.extra_sampling ?? own) body[field] = value;
    else lose('dropped', field, `the provider has no ${field}`);
  };
  if (topK !== undefined) sayMore('top_k', topK);
  if (minP !== undefined) sayMore('min_p', minP);
  if (repetitionPenalty !== undefined) sayMore('repetition_penalty', repetitionPenalty);
  return body;
}

function writeStop(stop: readonly string[] | undefined, { quirks, lose }: Writing): JsonObject {
  if (stop === undefined || stop.length === 0) return {};
  const most = quirks.stop_max ?? 4;
  if (stop.length > most) lose('dropped', 'stop', `the provider takes ${most} stop sequences`);
  const given = stop.slice(0, most);
  return given.length > 0 ? { stop: given } : {};
}

function writeFormat(format: OutputFormat | undefined, writing: Writing): { fields: JsonObject; instruction?: string } {
  if (format === undefined) return { fields: {} };
  if (format.type === 'json') return { fields: { response_format: { type: 'json_object' } } };
  if (writing.quirks.json_schema === false) {
    writing.lose('approximated', 'format', 'the schema is told in the instructions');
    const schema = JSON.stringify(format.schema);
    const instruction = `Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n${schema}`;
    return { fields: { response_format: { type: 'json_object' } }, instruction };
  }
  const asked = {
    name: format.name ?? 'answer',
    ...(format.description !== undefined && { description: format.description }),
    schema: format.schema,
    ...(format.strict !== undefined && { strict: format.strict }),
  };
  return { fields: { response_format: { type: 'json_schema', json_schema: asked } } };
}

/** Characters that OpenAI allows for the name of a user. */
const longestUser = 64;

function writeUser(user: string | undefined, { own, lose }: Writing): JsonObject {
  if (user === undefined) return {};
  if (own || user.length <= longestUser) return { user };
  lose('approximated', 'user', 'a long name is told as its fingerprint');
  return { user: `user_${fingerprint(user, 32)}` };
}

/** Anthropic's word for "no priority", which Mistral shares, and this language's. */
const kindred: { readonly [tier: string]: string } = { standard_only: 'default', default: 'standard_only' };
const usualTiers: readonly string[] = ['auto', 'default', 'flex', 'priority'];

function writeServiceTier(tier: string | undefined, { quirks, own, lose }: Writing): JsonObject {
  if (tier === undefined) return {};
  const taken = quirks.service_tiers ?? usualTiers;
  if (taken.includes(tier) || (own && quirks.service_tiers === undefined)) return { service_tier: tier };
  const word = kindred[tier];
  if (word === undefined || !taken.includes(word)) {
    lose('dropped', 'service_tier', `there is no tier ${tier} here`);
    return {};
  }
  lose('mapped', 'service_tier', `${tier} is told as ${word}`);
  return { service_tier: word };
}

/** A streamed answer always brings its usage: the gateway counts, whatever the client asked for. */
function writeStream(request: ChatRequest, { quirks }: Writing): JsonObject {
  if (!request.stream) return {};
  return quirks.stream_options === false ? { stream: true } : { stream: true, stream_options: { include_usage: true } };
}

/** The client's own options beside ours, none where the server knows no such field. */
function mergeStreamOptions(body: JsonObject, request: ChatRequest, { quirks }: Writing): void {
  const own = request.ext?.['openai-chat']?.['stream_options'];
  if (!isObject(own)) return;
  if (request.stream && quirks.stream_options !== false) body['stream_options'] = { include_usage: true, ...own };
  else delete body['stream_options'];
}

/** Plugins that stand for tools, and all others. */
function mergePlugins(body: JsonObject, request: ChatRequest, tools: JsonObject): void {
  const own = objectsIn(request.ext?.['openai-chat']?.['plugins']);
  const searching = objectsIn(tools['plugins']);
  if (own.length > 0 && searching.length > 0) body['plugins'] = [...searching, ...own];
}
