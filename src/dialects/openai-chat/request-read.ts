import type { Ext } from '../../canon/content.ts';
import { isObject, type JsonObject, otherFields } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat, Reasoning, Sampling } from '../../canon/request.ts';
import type { Headers } from '../dialect.ts';
import {
  boolean,
  count,
  decimal,
  integer,
  missingField,
  object,
  optional,
  required,
  string,
  strings,
  wrongType,
  wrongValue,
} from './fields.ts';
import { requestHeaders } from './headers.ts';
import { readMessages } from './messages-read.ts';
import { readCacheMark } from './parts-read.ts';
import { readToolChoice, readTools } from './tools-read.ts';
import { otherPlugins } from './web-search.ts';

/** Fields with a canonical meaning. All others ride in `ext`. */
const known = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'stop',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'response_format',
  'user',
  'service_tier',
  'verbosity',
  'prompt_cache_key',
  'metadata',
  'stream',
  'stream_options',
  'cache_control',
  'web_search_options',
]);

/** Reads a Chat Completions request. Throws `invalid_request`, in OpenAI's words, where a field contradicts the language. */
export function readRequest(body: JsonObject, headers: Headers): ChatRequest {
  const model = required(body, 'model', string);
  if (model === '') throw missingField('model');
  const stream = optional(body, 'stream', boolean) ?? false;
  const tools = readTools(body);
  const toolChoice = readToolChoice(body);
  const parallelTools = optional(body, 'parallel_tool_calls', boolean);
  const maxTokens = readMaxTokens(body);
  const stop = readStop(body['stop']);
  const reasoning = readReasoningWish(body);
  const format = readFormat(body);
  const user = optional(body, 'user', string) ?? optional(body, 'safety_identifier', string);
  const serviceTier = optional(body, 'service_tier', string);
  const verbosity = optional(body, 'verbosity', string);
  const cacheKey = optional(body, 'prompt_cache_key', string);
  const labels = optional(body, 'metadata', strings);
  const cache = readCacheMark(body);
  const own = ownHeaders(headers);
  return {
    from: 'openai-chat',
    model,
    stream,
    ...readStreamOptions(body, stream),
    ...readMessages(body['messages']),
    tools,
    ...(toolChoice !== undefined && { toolChoice }),
    ...(parallelTools !== undefined && { parallelTools }),
    ...(maxTokens !== undefined && { maxTokens }),
    sampling: readSampling(body),
    ...(stop !== undefined && { stop }),
    ...(reasoning !== undefined && { reasoning }),
    ...(format !== undefined && { format }),
    ...(user !== undefined && { user }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(verbosity !== undefined && { verbosity }),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(labels !== undefined && { labels }),
    ...(cache !== undefined && { cache }),
    ...(own !== undefined && { headers: own }),
    ...readExt(body, { toolChoice: toolChoice === undefined, format: format === undefined }),
  };
}

function readMaxTokens(body: JsonObject): number | undefined {
  const old = optional(body, 'max_tokens', count);
  const current = optional(body, 'max_completion_tokens', count);
  if (old !== undefined && current !== undefined && old !== current) {
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    throw wrongValue('max_tokens', message, 'invalid_parameter_combination');
  }
  return current ?? old;
}

const samplingFields = {
  temperature: decimal,
  top_p: decimal,
  top_k: integer,
  min_p: decimal,
  frequency_penalty: decimal,
  presence_penalty: decimal,
  repetition_penalty: decimal,
  seed: integer,
} as const;

/** The fields with their names here. */
const samplingNames = Object.entries(samplingFields).map(([field, check]) => {
  return { field, check, name: field.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) };
});

function readSampling(body: JsonObject): Sampling {
  const sampling: { [field: string]: number } = {};
  for (const { field, check, name } of samplingNames) {
    const value = optional(body, field, check);
    if (value !== undefined) sampling[name] = value;
  }
  return sampling;
}

function readStop(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop)) throw wrongType('stop', 'one of a string or array of strings', stop);
  return stop.map((one: unknown, i) => string(one, `stop[${i}]`));
}

function readStreamOptions(body: JsonObject, stream: boolean): { usageInStream?: boolean } {
  const options = optional(body, 'stream_options', object);
  if (options === undefined) return {};
  if (!stream) {
    throw wrongValue('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  const usage = optional(options, 'include_usage', boolean, 'stream_options.');
  return usage === true ? { usageInStream: true } : {};
}

/** `reasoning_effort`; OpenRouter's `reasoning`; Anthropic's `thinking`, which many servers took over. */
function readReasoningWish(body: JsonObject): Reasoning | undefined {
  const effort = optional(body, 'reasoning_effort', string);
  const wish = { ...readThinking(body), ...readOpenRouter(body), ...(effort !== undefined && withEffort(effort)) };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

function withEffort(effort: string): Reasoning {
  return effort === 'none' ? { mode: 'off' } : { effort };
}

function readOpenRouter(body: JsonObject): Reasoning | undefined {
  const reasoning = optional(body, 'reasoning', object);
  if (reasoning === undefined) return undefined;
  const effort = optional(reasoning, 'effort', string, 'reasoning.');
  const budget = optional(reasoning, 'max_tokens', integer, 'reasoning.');
  const enabled = optional(reasoning, 'enabled', boolean, 'reasoning.');
  const exclude = optional(reasoning, 'exclude', boolean, 'reasoning.');
  return {
    ...(enabled === false && { mode: 'off' }),
    ...(enabled === true && effort === undefined && budget === undefined && { mode: 'adaptive' }),
    ...(effort !== undefined && withEffort(effort)),
    ...(budget !== undefined && { mode: 'budget', budget }),
    ...(exclude === true && { display: 'omitted' }),
  };
}

function readThinking(body: JsonObject): Reasoning | undefined {
  const thinking = body['thinking'];
  if (!isObject(thinking)) return undefined;
  const budget = optional(thinking, 'budget_tokens', integer, 'thinking.');
  if (thinking['type'] === 'disabled') return { mode: 'off' };
  return budget === undefined ? { mode: 'adaptive' } : { mode: 'budget', budget };
}

function readFormat(body: JsonObject): OutputFormat | undefined {
  const format = optional(body, 'response_format', object);
  if (format === undefined) return undefined;
  if (format['type'] === 'json_object') return { type: 'json' };
  if (format['type'] !== 'json_schema') return undefined;
  const path = 'response_format.json_schema.';
  const asked = required(format, 'json_schema', object, 'response_format.');
  const name = optional(asked, 'name', string, path);
  const description = optional(asked, 'description', string, path);
  const strict = optional(asked, 'strict', boolean, path);
  return {
    type: 'json_schema',
    schema: optional(asked, 'schema', object, path) ?? {},
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}

function ownHeaders(headers: Headers): Headers | undefined {
  const own = Object.entries(headers).filter(([name]) => requestHeaders.includes(name));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

/** What has no canonical meaning; and what has one whose form here was not understood, as the client wrote it. */
function readExt(body: JsonObject, unread: { toolChoice: boolean; format: boolean }): { ext?: Ext } {
  const rest = otherFields(body, known) ?? {};
  const plugins = otherPlugins(rest['plugins']);
  if (plugins === undefined) delete rest['plugins'];
  else rest['plugins'] = plugins;
  if (body['web_search_options'] !== undefined && !isObject(body['web_search_options']))
    rest['web_search_options'] = body['web_search_options'];
  // These say what is so anyway.
  if (rest['n'] === 1) delete rest['n'];
  if (rest['logprobs'] === false) delete rest['logprobs'];
  if (body['user'] === undefined) delete rest['safety_identifier'];
  if (unread.toolChoice && isObject(body['tool_choice'])) rest['tool_choice'] = body['tool_choice'];
  const format = body['response_format'];
  if (unread.format && isObject(format) && format['type'] !== 'text') rest['response_format'] = format;
  const { include_usage: _, ...options } = isObject(body['stream_options']) ? body['stream_options'] : {};
  if (Object.keys(options).length > 0) rest['stream_options'] = options;
  return Object.keys(rest).length > 0 ? { ext: { 'openai-chat': rest } } : {};
}
