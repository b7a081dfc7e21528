import type { TextBlock } from '../../canon/content.ts';
import { type JsonObject, otherFields } from '../../canon/json.ts';
import { readUnder } from '../../canon/path.ts';
import type { ChatRequest, Sampling, Turn } from '../../canon/request.ts';
import type { Headers } from '../dialect.ts';
import { readContent, readTextBlock } from './block-read.ts';
import { anthropicName, asExt, dotted } from './ext.ts';
import {
  aBoolean,
  aNumber,
  at,
  isAbsent,
  optional,
  requiredCount,
  requiredList,
  requiredObject,
  requiredString,
  wrongField,
} from './field.ts';
import { readCacheMark } from './mark.ts';
import { readOutput } from './reasoning-read.ts';
import { readToolChoice, readTools } from './tool-read.ts';

/** What the service takes at most. */
const maxMessages = 100_000;

const requestFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'cache_control',
  'metadata',
  'service_tier',
]);
const turnFields: ReadonlySet<string> = new Set(['role', 'content']);
const metadataFields: ReadonlySet<string> = new Set(['user_id']);
const languageHeaders = ['anthropic-version', 'anthropic-beta'] as const;

/** Reads a client's request. Fields nobody else has are kept under their names; what contradicts the language is the client's error. */
export function readRequest(body: JsonObject, headers: Headers): ChatRequest {
  const model = requiredString(body.model, 'model');
  const maxTokens = requiredCount(body.max_tokens, 'max_tokens');
  const turns = readTurns(body.messages);
  const { choice, parallel, others: choiceOthers } = readToolChoice(body.tool_choice);
  const { reasoning, format, others: outputOthers } = readOutput(body);
  const metadata = optional(body.metadata, 'metadata', requiredObject) ?? none;
  const others = merged([
    otherFields(body, requestFields),
    dotted('metadata', otherFields(metadata, metadataFields)),
    choiceOthers,
    outputOthers,
  ]);
  return {
    from: anthropicName,
    model,
    stream: optional(body.stream, 'stream', aBoolean) ?? false,
    system: readSystem(body.system),
    turns,
    tools: readTools(body.tools),
    maxTokens,
    sampling: readSampling(body),
    ...defined({
      toolChoice: choice,
      parallelTools: parallel,
      stop: readStop(body.stop_sequences),
      reasoning,
      format,
      user: optional(metadata.user_id, 'metadata.user_id', requiredString),
      serviceTier: optional(body.service_tier, 'service_tier', requiredString),
      cache: readCacheMark(body.cache_control, 'cache_control'),
      headers: readHeaders(headers),
    }),
    ...asExt(others),
  };
}

const none: JsonObject = Object.freeze({});

/** All fields in one object; nothing where there are none, as in most requests. */
function merged(parts: readonly (JsonObject | undefined)[]): JsonObject | undefined {
  let whole: JsonObject | undefined;
  for (const part of parts) {
    if (part !== undefined && Object.keys(part).length > 0) whole = { ...whole, ...part };
  }
  return whole;
}

/** The object without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: T[K] } = {};
  for (const field in fields) if (fields[field] !== undefined) kept[field] = fields[field];
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function readTurns(value: unknown): Turn[] {
  const messages = requiredList(value, 'messages');
  if (messages.length === 0) throw wrongField('messages', 'at least one message is required');
  if (messages.length > maxMessages) throw wrongField('messages', `List should have at most ${maxMessages} items`);
  return readUnder('messages', (path) => messages.map((message, i) => readTurn(message, at(path, i))));
}

function readTurn(value: unknown, path: string): Turn {
  const message = requiredObject(value, path);
  const role = requiredString(message.role, at(path, 'role'));
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw wrongField(at(path, 'role'), "Input should be 'user', 'assistant' or 'system'");
  }
  // A system message may carry nothing but settings.
  if (isAbsent(message.content) && role !== 'system') throw wrongField(at(path, 'content'), 'Field required');
  const content = isAbsent(message.content) ? [] : readContent(message.content, at(path, 'content'));
  const others = otherFields(message, turnFields);
  return others === undefined ? { role, content } : { role, content, ...asExt(others) };
}

function readSystem(value: unknown): TextBlock[] {
  if (isAbsent(value) || value === '') return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw wrongField('system', 'Input should be a valid string or list');
  return readUnder('system', (path) => value.map((item, i) => readInstruction(item, at(path, i))));
}

function readInstruction(value: unknown, path: string): TextBlock {
  const block = requiredObject(value, path);
  if (block.type !== 'text') throw wrongField(at(path, 'type'), "Input should be 'text'");
  return readTextBlock(block, path);
}

function readSampling(body: JsonObject): Sampling {
  return defined({
    temperature: optional(body.temperature, 'temperature', aNumber),
    topP: optional(body.top_p, 'top_p', aNumber),
    topK: optional(body.top_k, 'top_k', aNumber),
  });
}

function readStop(value: unknown): string[] | undefined {
  const list = optional(value, 'stop_sequences', requiredList) ?? [];
  return list.length === 0 ? undefined : list.map((item, i) => requiredString(item, `stop_sequences.${i}`));
}

function readHeaders(headers: Headers): Headers | undefined {
  let found: { [name: string]: string } | undefined;
  for (const name of languageHeaders) {
    const value = headers[name];
    if (value === undefined) continue;
    found ??= {};
    found[name] = value;
  }
  return found;
}
