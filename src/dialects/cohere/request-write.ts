import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Sampling } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { asksForCitations } from './document.ts';
import { writeFormat } from './format-write.ts';
import { writeMessages } from './messages-write.ts';
import { writeThinkingWish } from './thinking-write.ts';
import { writeTools } from './tools-write.ts';
import { createWriting, type Writing } from './writing.ts';

/** Stop sequences that the service takes. */
const mostStops = 5;

/** What a number may be here, both ends included. */
const ranges: { readonly [field in keyof Sampling]?: readonly [name: string, least: number, most: number] } = {
  temperature: ['temperature', 0, 1],
  topP: ['p', 0.01, 0.99],
  topK: ['k', 0, 500],
  frequencyPenalty: ['frequency_penalty', 0, 1],
  presencePenalty: ['presence_penalty', 0, 1],
};

/** As losses name them. */
const features: { readonly [field in keyof Sampling]?: string } = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
};

/** Writes a request for `/v2/chat`. The same request gives the same bytes. */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const writing = createWriting(request, options);
  const tools = writeTools(request, writing);
  const thinking = writeThinkingWish(request, writing);
  const citable = asksForCitations(request);
  // Neither tools nor documents go together with a form of the answer.
  const format = writeFormat(request.format, tools['tools'] !== undefined || citable, writing);
  const { messages, documents } = writeMessages(
    request,
    { instruction: format.instruction, thinks: thinking?.['type'] === 'enabled' },
    writing,
  );
  const body: JsonObject = {
    model: request.model,
    stream: request.stream,
    messages,
    ...(documents.length > 0 && { documents }),
    ...(citable && { citation_options: { mode: 'ENABLED' } }),
    ...tools,
    ...format.fields,
    ...writeMaxTokens(request.maxTokens, writing),
    ...writeSampling(request.sampling, writing),
    ...writeStop(request.stop, writing),
    ...(thinking !== undefined && { thinking }),
    ...request.ext?.cohere,
  };
  for (const field of writing.quirks.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    writing.lose('dropped', field, 'the provider refuses it');
  }
  return { ...body, ...writing.quirks.extra_body };
}

function writeMaxTokens(wanted: number | undefined, { quirks, lose }: Writing): JsonObject {
  if (wanted === undefined) return {};
  const given = Math.min(wanted, quirks.max_output_tokens ?? Number.POSITIVE_INFINITY);
  if (given !== wanted) lose('approximated', 'max_tokens', `${wanted} is told as ${given}`);
  return { max_tokens: given };
}

function writeSampling(sampling: Sampling, { lose }: Writing): JsonObject {
  const written: JsonObject = {};
  for (const [field, [name, least, most]] of Object.entries(ranges)) {
    const wanted = sampling[field as keyof Sampling];
    if (wanted === undefined) continue;
    const given = Math.max(least, Math.min(most, wanted));
    if (given !== wanted)
      lose('approximated', features[field as keyof Sampling] ?? name, `${wanted} is told as ${given}`);
    written[name] = given;
  }
  const { seed } = sampling;
  if (seed !== undefined && seed >= 0) written['seed'] = seed;
  else if (seed !== undefined) lose('dropped', 'seed', 'a seed cannot be negative here');
  return written;
}

function writeStop(stop: readonly string[] | undefined, { quirks, lose }: Writing): JsonObject {
  if (stop === undefined || stop.length === 0) return {};
  const most = quirks.stop_max ?? mostStops;
  if (stop.length > most) lose('dropped', 'stop', `the provider takes ${most} stop sequences`);
  const given = stop.slice(0, most);
  return given.length > 0 ? { stop_sequences: given } : {};
}
