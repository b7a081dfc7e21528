import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { ownFields } from './ext.ts';
import { writeConversation } from './items-write.ts';
import { reasons, writeReasoningWish } from './reasoning-write.ts';
import { fitsStrict } from './strict.ts';
import { writeTools } from './tools-write.ts';
import { createWriting, type Writing } from './writing.ts';

/** Writes a Responses request. The same request gives the same bytes. */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const writing = createWriting(request, options);
  const format = writeFormat(request.format, writing);
  const conversation = writeConversation(format.instruction, writing);
  if (request.cache !== undefined)
    writing.lose('dropped', 'cache', 'what is cached is marked, or left to the provider');
  const { reasoning: reasoningRest, text: textRest, ...own } = ownFields(request.ext);
  const reasoning = { ...writeReasoningWish(request.reasoning, writing), ...objectIn(reasoningRest) };
  const text = {
    ...(format.format !== undefined && { format: format.format }),
    ...(request.verbosity !== undefined && { verbosity: request.verbosity }),
    ...objectIn(textRest),
  };
  const body: JsonObject = {
    model: request.model,
    ...conversation,
    ...writeTools(writing),
    ...writeMaxTokens(request.maxTokens, writing),
    ...(request.sampling.temperature !== undefined && { temperature: request.sampling.temperature }),
    ...(request.sampling.topP !== undefined && { top_p: request.sampling.topP }),
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    ...writeKeeping(writing),
    ...writeUser(request.user, writing),
    ...writeServiceTier(request.serviceTier, writing),
    ...(request.cacheKey !== undefined && { prompt_cache_key: request.cacheKey }),
    ...writeLabels(request.labels, writing),
    ...(request.stream && { stream: true }),
    ...own,
  };
  for (const field of writing.quirks.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    writing.lose('dropped', field, 'the provider refuses it');
  }
  return { ...body, ...writing.quirks.extra_body };
}

/** Fewest tokens that an answer may be limited to. */
const leastTokens = 16;

function writeMaxTokens(wanted: number | undefined, { quirks, own, lose }: Writing): JsonObject {
  if (wanted === undefined) return {};
  const most = quirks.max_output_tokens ?? Number.POSITIVE_INFINITY;
  const given = Math.min(own ? wanted : Math.max(leastTokens, wanted), most);
  if (given !== wanted) lose('approximated', 'max_tokens', `${wanted} is told as ${given}`);
  return { max_output_tokens: given };
}

/** Clients of other languages bring the whole conversation each time: nothing has to be kept for them but what only the provider can read. */
function writeKeeping(writing: Writing): JsonObject {
  if (writing.own) return {};
  const encrypted = reasons(writing.request, writing) ? { include: ['reasoning.encrypted_content'] } : undefined;
  return { store: false, ...encrypted };
}

function writeFormat(
  format: OutputFormat | undefined,
  writing: Writing,
): { readonly format?: JsonObject; readonly instruction?: string } {
  if (format === undefined) return {};
  if (format.type === 'json') return { format: { type: 'json_object' } };
  if (writing.quirks.json_schema === false) {
    writing.lose('approximated', 'format', 'the schema is told in the instructions');
    const instruction = `Answer with one JSON object and nothing else. It must satisfy this JSON Schema:\n${JSON.stringify(format.schema)}`;
    return { format: { type: 'json_object' }, instruction };
  }
  return {
    format: {
      type: 'json_schema',
      name: format.name ?? 'answer',
      ...(format.description !== undefined && { description: format.description }),
      schema: format.schema,
      ...writeStrict(format, writing),
    },
  };
}

function writeStrict(
  { strict, schema }: Extract<OutputFormat, { type: 'json_schema' }>,
  { own, lose }: Writing,
): JsonObject {
  if (strict === undefined) return {};
  if (!strict || own || fitsStrict(schema)) return { strict };
  lose('approximated', 'format', 'not strict: the schema leaves open what a strict one may not');
  return { strict: false };
}

/** Characters that OpenAI allows for the name of a user. */
const longestUser = 64;

function writeUser(user: string | undefined, { own, lose }: Writing): JsonObject {
  if (user === undefined) return {};
  if (own || user.length <= longestUser) return { safety_identifier: user };
  lose('approximated', 'user', 'a long name is told as its fingerprint');
  return { safety_identifier: `user_${fingerprint(user, 32)}` };
}

const tiers: readonly string[] = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'];

function writeServiceTier(tier: string | undefined, { quirks, own, lose }: Writing): JsonObject {
  if (tier === undefined) return {};
  const taken = quirks.service_tiers ?? tiers;
  if (taken.includes(tier) || (own && quirks.service_tiers === undefined)) return { service_tier: tier };
  if (tier === 'standard_only' || tier === 'standard') {
    lose('mapped', 'service_tier', `${tier} is told as default`);
    return { service_tier: 'default' };
  }
  lose('dropped', 'service_tier', `there is no tier ${tier} here`);
  return {};
}

/** Most labels, and most characters of a name and of what it stands for. */
const mostLabels = 16;
const longestName = 64;
const longestLabel = 512;

function writeLabels(labels: ChatRequest['labels'], { own, lose }: Writing): JsonObject {
  if (labels === undefined) return {};
  if (own) return { metadata: labels };
  const all = Object.entries(labels);
  const fitting = all
    .filter(([name, text]) => name.length <= longestName && text.length <= longestLabel)
    .slice(0, mostLabels);
  if (fitting.length < all.length) lose('dropped', 'labels', 'there are too many, or they are too long');
  return fitting.length === 0 ? {} : { metadata: Object.fromEntries(fitting) };
}

/** What is sent to have a prompt's tokens counted. */
const countedFields: readonly string[] = [
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
  'previous_response_id',
  'personality',
];

/** The body of a call that counts the prompt's tokens. */
export function writeCountRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const body = writeRequest(request, options);
  return Object.fromEntries(
    countedFields.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])),
  );
}

/** Tokens in the answer to such a call. */
export function readCount(body: unknown): number | undefined {
  const tokens = isObject(body) ? body.input_tokens : undefined;
  return typeof tokens === 'number' ? tokens : undefined;
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
