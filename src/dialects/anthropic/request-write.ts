import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Headers, WriteOptions } from '../dialect.ts';
import { anthropicName, fieldsOf, undotted } from './ext.ts';
import { writeCacheMark } from './mark.ts';
import { writeOutput } from './reasoning-write.ts';
import { writeToolChoice, writeTools } from './tool-write.ts';
import { goesOnUnthought, writeTurns } from './turn-write.ts';
import { beginWriting, type Writing } from './writing.ts';

/** The answer's limit where the client named none: the service insists on one, and every model of it can do this. */
const defaultMaxTokens = 8192;
/** The version that still knows sampling parameters. */
const defaultVersion = '2023-06-01';

const tiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['standard_only', 'standard_only'],
  ['default', 'standard_only'],
]);
/** Objects whose unknown members are kept under dotted names. */
const nested = ['thinking.', 'output_config.', 'tool_choice.', 'metadata.'];

/**
 * Writes a request. The fields always stand in the same order, the conversation last, so that from turn to turn
 * the bytes stay the same as far as the conversation does.
 */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const to = beginWriting(request, options);
  const maxTokens = writeMaxTokens(to);
  const { system, messages } = writeTurns(to);
  const output = writeOutput(to, maxTokens, goesOnUnthought(messages));
  if (output.instruction !== undefined) system.push({ type: 'text', text: output.instruction });
  const tools = writeTools(to);
  const toolChoice = writeToolChoice(to, tools.length);
  const body: JsonObject = { model: request.model, max_tokens: maxTokens };
  if (request.stream) body.stream = true;
  Object.assign(body, writeSampling(to, output.thinks), writeStop(to), output.fields);
  if (toolChoice !== undefined) body.tool_choice = toolChoice;
  Object.assign(body, writeMetadata(request), writeTier(to));
  if (to.marks) Object.assign(body, writeCacheMark(request.cache));
  const whole = request.ext === undefined ? body : { ...body, ...ownFields(request) };
  if (tools.length > 0) whole.tools = tools;
  if (system.length > 0) whole.system = system;
  whole.messages = messages;
  return bent(whole, to);
}

/** The headers of the language: its version, and the betas the client asked for. */
export function writeHeaders({ from, headers, sampling }: ChatRequest): Headers {
  const beta = headers?.['anthropic-beta'];
  const sampled = from !== anthropicName && Object.keys(sampling).length > 0;
  return {
    'anthropic-version': (sampled ? undefined : headers?.['anthropic-version']) ?? defaultVersion,
    ...(beta !== undefined && { 'anthropic-beta': beta }),
  };
}

function writeMaxTokens(to: Writing): number {
  const { maxTokens, reasoning } = to.request;
  const most = to.quirks.max_output_tokens ?? Number.POSITIVE_INFINITY;
  // Thinking counts as answer: a budget for it comes on top of what an answer needs.
  if (maxTokens === undefined) return Math.min(most, defaultMaxTokens + (reasoning?.budget ?? 0));
  if (maxTokens <= most) return maxTokens;
  to.lose('approximated', 'max_tokens', `the provider allows at most ${most}`);
  return most;
}

function writeSampling(to: Writing, thinks: boolean): JsonObject {
  const { temperature, topP, topK } = to.request.sampling;
  const fixed = to.foreign && thinks;
  const written: JsonObject = {};
  if (temperature !== undefined) {
    if (temperature > 1) to.lose('approximated', 'temperature', 'the highest is 1');
    const clamped = Math.min(1, temperature);
    if (!fixed || clamped === 1) written.temperature = clamped;
    else to.lose('dropped', 'temperature', 'it cannot be chosen while the model thinks');
  }
  if (topP !== undefined) written.top_p = topP;
  if (topK !== undefined) {
    if (fixed) to.lose('dropped', 'top_k', 'it cannot be chosen while the model thinks');
    else written.top_k = topK;
  }
  return written;
}

function writeStop(to: Writing): JsonObject {
  const { stop } = to.request;
  if (stop === undefined) return {};
  const seen = to.foreign ? stop.filter((text) => text.trim() !== '') : stop;
  if (seen.length < stop.length) to.lose('dropped', 'stop', 'white space alone cannot stop an answer');
  const most = to.quirks.stop_max ?? seen.length;
  if (seen.length > most) to.lose('dropped', 'stop', `the provider takes at most ${most}`);
  return seen.length === 0 ? {} : { stop_sequences: seen.slice(0, most) };
}

function writeMetadata({ user, ext }: ChatRequest): JsonObject {
  const metadata = { ...(user !== undefined && { user_id: user }), ...undotted('metadata', fieldsOf(ext)) };
  return Object.keys(metadata).length > 0 ? { metadata } : {};
}

function writeTier(to: Writing): JsonObject {
  const tier = to.request.serviceTier;
  if (tier === undefined) return {};
  const known = to.foreign ? tiers.get(tier) : tier;
  if (known === undefined) to.lose('dropped', 'service_tier', `there is no tier ${tier}`);
  else if (known !== tier) to.lose('mapped', 'service_tier', `${tier} is ${known} here`);
  return known === undefined ? {} : { service_tier: known };
}

/** Fields that only this language has, but for those that belong into others. */
function ownFields({ ext }: ChatRequest): JsonObject {
  const entries = Object.entries(fieldsOf(ext) ?? {});
  return Object.fromEntries(entries.filter(([field]) => !nested.some((owner) => field.startsWith(owner))));
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
