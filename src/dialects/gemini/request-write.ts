import { withoutBillingLine } from '../../canon/billing-line.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Headers, WriteOptions } from '../dialect.ts';
import { writeGenerationConfig } from './config-write.ts';
import { writeContents } from './contents-write.ts';
import { fieldsOf } from './ext.ts';
import { writeToolConfig, writeTools } from './tools-write.ts';
import { beginWriting, type Writing } from './writing.ts';

/** Writes a `generateContent` request, with `model` and `stream` for its address. The same request gives the same bytes. */
export function writeRequest(request: ChatRequest, options: WriteOptions): JsonObject {
  const to = beginWriting(request, options);
  const config = writeGenerationConfig(to);
  const tools = writeTools(to);
  const toolConfig = writeToolConfig(to, tools);
  const system = writeSystem(to, config.instruction);
  const body: JsonObject = { model: request.model, stream: request.stream };
  if (system.length > 0) body.systemInstruction = { parts: system };
  body.contents = writeContents(to);
  if (tools.length > 0) body.tools = tools;
  if (toolConfig !== undefined) body.toolConfig = toolConfig;
  if (Object.keys(config.fields).length > 0) body.generationConfig = config.fields;
  Object.assign(body, writeServiceTier(to), writeLabels(to));
  return finished(body, to);
}

function finished(body: JsonObject, to: Writing): JsonObject {
  const { generationConfig: _, toolConfig: __, ...own } = fieldsOf(to.request.ext) ?? {};
  const whole = to.request.ext === undefined ? body : { ...body, ...own };
  dropRefused(whole, to);
  const extra = to.quirks.extra_body;
  return extra === undefined ? whole : { ...whole, ...extra };
}

/** Request headers that the client's language and this one share. */
export function writeHeaders({ from, headers }: ChatRequest): Headers {
  return from === 'gemini' ? (headers ?? {}) : {};
}

function writeSystem({ request, lose }: Writing, instruction: string | undefined): JsonObject[] {
  const blocks = withoutBillingLine(request.system, (path) =>
    lose('dropped', path, 'the billing line is meant for Anthropic'),
  );
  const texts = blocks.map(({ text }) => text).filter((text) => text !== '');
  if (instruction !== undefined) texts.push(instruction);
  return texts.map((text) => ({ text }));
}

/** Other languages' words for tiers. */
const tiers: ReadonlyMap<string, string> = new Map([
  ['default', 'standard'],
  ['standard_only', 'standard'],
  ['standard', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

function writeServiceTier({ request: { serviceTier }, own, lose }: Writing): JsonObject {
  if (serviceTier === undefined) return {};
  if (own) return { serviceTier };
  const word = tiers.get(serviceTier);
  if (word === undefined) lose('dropped', 'service_tier', `there is no tier ${serviceTier} here`);
  else if (word !== serviceTier) lose('mapped', 'service_tier', `${serviceTier} is told as ${word}`);
  return word === undefined ? {} : { serviceTier: word };
}

const labelName = /^[a-z][a-z0-9_-]{0,62}$/;
const labelValue = /^[a-z0-9_-]{0,63}$/;

/** Labels have to be short and plain here. */
function writeLabels({ request: { labels }, own, lose }: Writing): JsonObject {
  const entries = Object.entries(labels ?? {});
  const legal = own ? entries : entries.filter(([name, text]) => labelName.test(name) && labelValue.test(text));
  if (legal.length < entries.length) lose('dropped', 'labels', 'labels are lower-case letters, digits and dashes here');
  return legal.length > 0 ? { labels: Object.fromEntries(legal) } : {};
}

/** Drops what the provider is known to refuse, at the top or in a configuration. */
function dropRefused(body: JsonObject, { quirks, lose }: Writing): void {
  for (const field of quirks.refuses ?? []) {
    const places = [body, body.generationConfig, body.toolConfig];
    const holder = places.find((place) => isObject(place) && place[field] !== undefined);
    if (!isObject(holder)) continue;
    delete holder[field];
    lose('dropped', field, 'the provider refuses it');
  }
}
