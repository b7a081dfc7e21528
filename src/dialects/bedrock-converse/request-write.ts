import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { WriteOptions } from '../dialect.ts';
import { fieldsOf, unlessEmpty } from './ext.ts';
import { isPoint, writePoint } from './mark.ts';
import { type WrittenMessage, writeConversation } from './messages-write.ts';
import { type WrittenReasoning, writeReasoning } from './reasoning-write.ts';
import { type WrittenTools, writeTools } from './tool-write.ts';
import { beginWriting, type Writing } from './writing.ts';

/** What an answer may have, thinking left out, where the client named no limit but one for thinking. */
const answerTokens = 8192;
/** Cache points that a request may have. */
const mostPoints = 4;
/** Members that are put together from several parts. */
const composed: ReadonlySet<string> = new Set([
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'outputConfig',
  'system',
]);
/** Claude's betas that change what a model does; the others speak of fields that this language does not have. */
const usefulBeta =
  /^(?:interleaved-thinking|dev-full-thinking|context-1m|output-128k|fine-grained-tool-streaming|token-efficient-tools)-/;

/**
 * Writes a Converse request, with model and stream flag as members. The members always stand in the same order, the
 * conversation last, so that from turn to turn the bytes stay the same as far as the conversation does.
 */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const to = beginWriting(request, options);
  const { system, messages } = writeConversation(to);
  const tools = writeTools(to, messages);
  const maxTokens = writeMaxTokens(to);
  const reasoning = writeReasoning(to, maxTokens ?? Number.POSITIVE_INFINITY, tools.forced);
  const output = writeOutput(to, reasoning);
  for (const text of [output.instruction, tools.instruction]) if (text !== undefined) system.push({ text });
  markEnd(messages, to);
  limitPoints([tools.tools, system, ...messages.map(({ content }) => content)], to);
  const body: JsonObject = {
    model: request.model,
    ...(request.stream && { stream: true }),
    ...unlessEmpty('inferenceConfig', writeInference(to, maxTokens, reasoning)),
    ...unlessEmpty('additionalModelRequestFields', writeAdditional(to, tools, reasoning)),
    ...unlessEmpty('outputConfig', output.config),
    ...writeTier(to),
    ...writeLabels(to),
    ...writePaths(to),
    ...ownFields(to),
    ...unlessEmpty('toolConfig', writeToolConfig(to, tools)),
    ...(system.length > 0 && { system }),
    messages: messages.map(({ role, content, fields }) => ({ role, content, ...fields })),
  };
  return bent(body, to);
}

function writeMaxTokens(to: Writing): number | undefined {
  const { maxTokens, reasoning } = to.request;
  const most = to.quirks.max_output_tokens ?? Number.POSITIVE_INFINITY;
  if (maxTokens === undefined) {
    // Without a limit the model's own counts; where it is to think within a budget, the limit has to leave room for it.
    const budget = to.own || to.family !== 'claude' ? undefined : reasoning?.budget;
    return budget === undefined ? undefined : Math.min(most, budget + answerTokens);
  }
  if (maxTokens <= most) return maxTokens;
  to.lose('approximated', 'max_tokens', `the provider allows at most ${most}`);
  return most;
}

function writeInference(to: Writing, maxTokens: number | undefined, { excludes }: WrittenReasoning): JsonObject {
  const { temperature, topP } = to.request.sampling;
  const written: JsonObject = {};
  const say = (member: string, field: string, value: unknown): void => {
    if (value === undefined) return;
    if (excludes?.fields.includes(field) !== true) written[member] = value;
    else if (to.request.maxTokens !== undefined || field !== 'max_tokens') to.lose('dropped', field, excludes.why);
  };
  say('maxTokens', 'max_tokens', maxTokens);
  if (temperature !== undefined && temperature > 1 && !to.own)
    to.lose('approximated', 'temperature', 'the highest is 1');
  // One is what thinking models have anyway.
  if (temperature !== undefined) {
    const clamped = to.own ? temperature : Math.min(1, temperature);
    if (clamped === 1 && to.family === 'claude') written.temperature = clamped;
    else say('temperature', 'temperature', clamped);
  }
  say('topP', 'top_p', topP);
  const stop = writeStop(to);
  return {
    ...written,
    ...(stop.length > 0 && { stopSequences: stop }),
    ...objectIn(fieldsOf(to.request.ext).inferenceConfig),
  };
}

function writeStop(to: Writing): readonly string[] {
  const stop = to.request.stop ?? [];
  const seen = to.own ? stop : stop.filter((text) => text.trim() !== '');
  if (seen.length < stop.length) to.lose('dropped', 'stop', 'white space alone cannot stop an answer');
  const most = to.quirks.stop_max ?? seen.length;
  if (seen.length > most) to.lose('dropped', 'stop', `the provider takes at most ${most}`);
  return seen.slice(0, most);
}

/** The model's own parameters, each in the words of its maker. */
function writeAdditional(to: Writing, { additional: choice }: WrittenTools, reasoning: WrittenReasoning): JsonObject {
  const betas = writeBetas(to);
  const written: JsonObject = {
    ...reasoning.additional,
    ...writeTopK(to, reasoning),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(betas.length > 0 && { anthropic_beta: betas }),
  };
  for (const [field, value] of Object.entries(objectIn(fieldsOf(to.request.ext).additionalModelRequestFields))) {
    const known = written[field];
    written[field] = isObject(known) && isObject(value) ? { ...known, ...value } : value;
  }
  return written;
}

function writeTopK(to: Writing, { excludes }: WrittenReasoning): JsonObject {
  const { topK } = to.request.sampling;
  if (topK === undefined) return {};
  if (excludes?.fields.includes('top_k') === true) {
    to.lose('dropped', 'top_k', excludes.why);
    return {};
  }
  if (to.family === 'nova') return { inferenceConfig: { topK } };
  if (to.own || to.family === 'claude' || to.quirks.extra_sampling === true) return { top_k: topK };
  to.lose('dropped', 'top_k', 'the model has no top_k');
  return {};
}

function writeBetas({ request, own, family }: Writing): string[] {
  const names = request.headers?.['anthropic-beta']?.split(',').map((name) => name.trim()) ?? [];
  if (own) return names;
  return family === 'claude' ? names.filter((name) => usefulBeta.test(name)) : [];
}

function writeOutput(
  to: Writing,
  { effort }: WrittenReasoning,
): { readonly config: JsonObject; readonly instruction?: string } {
  const { format, ext } = to.request;
  const others = objectIn(fieldsOf(ext).outputConfig);
  const config = { ...(effort !== undefined && { effort }), ...others };
  if (format === undefined) return { config };
  if (format.type === 'json') {
    to.lose('approximated', 'format', 'JSON without a schema is asked for in the instructions');
    return {
      config,
      instruction: 'Answer with a single JSON object and nothing else: no prose around it, no code fence.',
    };
  }
  const schema = JSON.stringify(format.schema);
  if (to.quirks.json_schema === false) {
    to.lose('approximated', 'format', 'the schema is asked for in the instructions');
    const instruction = `Answer with a single JSON value that satisfies this JSON Schema, and nothing else:\n${schema}`;
    return { config, instruction };
  }
  const { name, description } = format;
  const jsonSchema = { schema, ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  return { config: { textFormat: { type: 'json_schema', structure: { jsonSchema } }, ...config } };
}

/** Words of other languages for the tiers that this one has. */
const tiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'default'],
  ['standard_only', 'default'],
  ['standard', 'default'],
]);
const known: readonly string[] = ['default', 'flex', 'priority', 'reserved'];

function writeTier(to: Writing): JsonObject {
  const { serviceTier: tier } = to.request;
  if (tier === undefined) return {};
  const word = to.own || known.includes(tier) ? tier : tiers.get(tier);
  if (word === undefined) to.lose('dropped', 'service_tier', `there is no tier ${tier} here`);
  else if (word !== tier) to.lose('mapped', 'service_tier', `${tier} is ${word} here`);
  return word === undefined ? {} : { serviceTier: { type: word } };
}

/** Most labels, and what they may look like. */
const mostLabels = 16;
const legalLabel = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

function writeLabels(to: Writing): JsonObject {
  const labels = Object.entries(to.request.labels ?? {});
  const legal = to.own
    ? labels
    : labels.filter(([name, text]) => name !== '' && legalLabel.test(name) && legalLabel.test(text));
  const kept = to.own ? legal : legal.slice(0, mostLabels);
  if (kept.length < labels.length) to.lose('dropped', 'labels', 'labels are few, short and of plain characters');
  return unlessEmpty('requestMetadata', Object.fromEntries(kept));
}

/** Which of the stop sequences was met is told only to those who ask. */
function writePaths({ request, own, family }: Writing): JsonObject {
  if (own || family !== 'claude' || request.stop === undefined) return {};
  return { additionalModelResponseFieldPaths: [request.stream ? '/delta/stop_sequence' : '/stop_sequence'] };
}

function writeToolConfig(to: Writing, { tools, toolChoice }: WrittenTools): JsonObject {
  const others = objectIn(fieldsOf(to.request.ext).toolConfig);
  if (tools.length === 0) return others;
  return { tools, ...(toolChoice !== undefined && { toolChoice }), ...others };
}

function ownFields({ request: { ext } }: Writing): JsonObject {
  return Object.fromEntries(Object.entries(fieldsOf(ext)).filter(([field]) => !composed.has(field)));
}

/** "Mark the last cacheable block": here the block has to be named, and it is the end of what the user said last. */
function markEnd(messages: readonly WrittenMessage[], to: Writing): void {
  const { cache } = to.request;
  if (cache === undefined) return;
  const last = messages.findLast(({ role }) => role === 'user');
  if (!to.marks) to.loseOnce('dropped', 'cache', 'the provider takes no cache points');
  else if (isPoint(last?.content.at(-1) ?? {})) to.lose('approximated', 'cache', 'the last block is marked already');
  else last?.content.push(writePoint({ cache }, to.own));
}

/** Of too many cache points the first stays, which covers what never changes, and the last ones, which reach furthest. */
function limitPoints(lists: readonly JsonObject[][], to: Writing): void {
  if (to.own) return;
  const points = lists.flatMap((list) => list.filter(isPoint));
  const superfluous = new Set(points.slice(1, points.length - mostPoints + 1));
  if (points.length <= mostPoints) return;
  to.lose('dropped', 'cache', `at most ${mostPoints} cache points are taken`);
  for (const list of lists) list.splice(0, list.length, ...list.filter((object) => !superfluous.has(object)));
}

/** Bends the body to what the provider is known to refuse or to want. */
function bent(body: JsonObject, to: Writing): JsonObject {
  for (const field of to.quirks.refuses ?? []) {
    if (body[field] === undefined) continue;
    delete body[field];
    to.lose('dropped', field, 'the provider refuses it');
  }
  return Object.assign(body, to.quirks.extra_body);
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
