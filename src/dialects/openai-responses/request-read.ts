import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat, Reasoning, Sampling } from '../../canon/request.ts';
import type { Headers } from '../dialect.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { boolean, count, decimal, missingField, object, optional, required, string, strings } from './fields.ts';
import { requestHeaders } from './headers.ts';
import { readConversation } from './items-read.ts';
import { readToolChoice } from './tool-choice-read.ts';
import { ToolTable } from './tools-read.ts';

/** Fields with a canonical meaning. All others ride in `ext`. */
const known: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'reasoning',
  'text',
  'user',
  'safety_identifier',
  'service_tier',
  'prompt_cache_key',
  'metadata',
  'stream',
  'background',
]);

/** Reads a Responses request. Throws `invalid_request`, in OpenAI's words, where a field contradicts the language. */
export function readRequest(body: JsonObject, headers: Headers): ChatRequest {
  refuseWhatLiesElsewhere(body);
  const model = required(body, 'model', string);
  if (model === '') throw missingField('model');
  const table = new ToolTable(body);
  const { system, turns } = readConversation(body, table);
  const toolChoice = readToolChoice(body, table.tools);
  const parallelTools = optional(body, 'parallel_tool_calls', boolean);
  const maxTokens = optional(body, 'max_output_tokens', count);
  const reasoning = readReasoningWish(body);
  const text = optional(body, 'text', object) ?? {};
  const format = readFormat(text);
  const verbosity = optional(text, 'verbosity', string, 'text.');
  const user = optional(body, 'safety_identifier', string) ?? optional(body, 'user', string);
  const serviceTier = optional(body, 'service_tier', string);
  const cacheKey = optional(body, 'prompt_cache_key', string);
  const labels = optional(body, 'metadata', strings);
  const own = ownHeaders(headers);
  return {
    from: responsesName,
    model,
    stream: optional(body, 'stream', boolean) ?? false,
    system,
    turns,
    tools: table.tools,
    ...(toolChoice !== undefined && { toolChoice }),
    ...(parallelTools !== undefined && { parallelTools }),
    ...(maxTokens !== undefined && { maxTokens }),
    sampling: readSampling(body),
    ...(reasoning !== undefined && { reasoning }),
    ...(format !== undefined && { format }),
    ...(user !== undefined && { user }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(verbosity !== undefined && { verbosity }),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
    ...(own !== undefined && { headers: own }),
    ...asExt(readRest(body, { toolChoice: toolChoice === undefined, format: format === undefined })),
  };
}

/** What only the service has that holds it: told at once, since an answer without it would be another one. */
function refuseWhatLiesElsewhere(body: JsonObject): void {
  const refuse = (param: string, why: string): never => {
    throw new GatewayError('invalid_request', `'${param}' is not supported here: ${why}`, {
      param,
      code: 'unsupported_parameter',
    });
  };
  if (body.background === true) refuse('background', 'answers are given while the call is open, streamed or whole.');
  if (body.prompt !== undefined && body.prompt !== null)
    refuse('prompt', "templates lie with their provider. Send their text as 'instructions' or 'input'.");
}

function readSampling(body: JsonObject): Sampling {
  const temperature = optional(body, 'temperature', decimal);
  const topP = optional(body, 'top_p', decimal);
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
}

/** An effort, and whether a summary is to be shown. */
function readReasoningWish(body: JsonObject): Reasoning | undefined {
  const reasoning = optional(body, 'reasoning', object);
  if (reasoning === undefined) return undefined;
  const effort = optional(reasoning, 'effort', string, 'reasoning.');
  const summary = summaryOf(reasoning);
  const wish: Reasoning = {
    ...(effort === 'none' ? { mode: 'off' } : effort !== undefined && { effort }),
    ...(summary !== undefined && { display: 'summarized' }),
  };
  return Object.keys(wish).length > 0 ? wish : undefined;
}

function summaryOf(reasoning: JsonObject): string | undefined {
  return (
    optional(reasoning, 'summary', string, 'reasoning.') ??
    optional(reasoning, 'generate_summary', string, 'reasoning.')
  );
}

function readFormat(text: JsonObject): OutputFormat | undefined {
  const format = optional(text, 'format', object, 'text.');
  if (format?.type === 'json_object') return { type: 'json' };
  if (format?.type !== 'json_schema') return undefined;
  const path = 'text.format.';
  const name = optional(format, 'name', string, path);
  const description = optional(format, 'description', string, path);
  const strict = optional(format, 'strict', boolean, path);
  return {
    type: 'json_schema',
    schema: required(format, 'schema', object, path),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}

function ownHeaders(headers: Headers): Headers | undefined {
  const own = Object.entries(headers).filter(([name]) => requestHeaders.includes(name));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

const reasoningFields: ReadonlySet<string> = new Set(['effort', 'summary', 'generate_summary']);
const textFields: ReadonlySet<string> = new Set(['format', 'verbosity']);

/** What has no canonical meaning; and what has one whose form here was not understood, as the client wrote it. */
function readRest(body: JsonObject, unread: { toolChoice: boolean; format: boolean }): JsonObject {
  const rest: JsonObject = otherFields(body, known) ?? {};
  // Empty lists say something here, unlike in items.
  if (Array.isArray(body.include)) rest.include = body.include;
  if (body.safety_identifier !== undefined && body.user !== undefined && body.user !== null) rest.user = body.user;
  if (unread.toolChoice && isObject(body.tool_choice)) rest.tool_choice = body.tool_choice;
  const reasoning = isObject(body.reasoning) ? body.reasoning : {};
  const summary = summaryOf(reasoning);
  const reasoningRest = {
    ...otherFields(reasoning, reasoningFields),
    ...(summary !== undefined && summary !== 'auto' && { summary }),
  };
  if (Object.keys(reasoningRest).length > 0) rest.reasoning = reasoningRest;
  const text = isObject(body.text) ? body.text : {};
  const format = isObject(text.format) ? text.format : { type: 'text' };
  const textRest = { ...otherFields(text, textFields), ...(unread.format && format.type !== 'text' && { format }) };
  if (Object.keys(textRest).length > 0) rest.text = textRest;
  return rest;
}
