import type { Ext } from '../../canon/content.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest, OutputFormat } from '../../canon/request.ts';
import { ownFields } from './ext.ts';
import { endingFields } from './finish.ts';
import { writeTools } from './tools-write.ts';
import { createWriting } from './writing.ts';

/** Fields that repeat what the client asked for: whoever writes an answer takes them from the request. */
const echoed: ReadonlySet<string> = new Set([
  'background',
  'conversation',
  'frequency_penalty',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'presence_penalty',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]);

/** Fields of a response with a meaning of their own. */
const core: ReadonlySet<string> = new Set([
  'id',
  'object',
  'model',
  'output',
  'output_text',
  'error',
  'usage',
  ...endingFields,
]);

/** What a response says that neither the request nor canon does; nothing where it says no more than `known`. */
export function ownFieldsOf(response: JsonObject, known: JsonObject = {}): JsonObject {
  const own: JsonObject = {};
  for (const field in response) {
    const value = response[field];
    if (echoed.has(field) || core.has(field) || value === null || value === undefined) continue;
    if (value === known[field] || isSame(value, known[field])) continue;
    own[field] = value;
  }
  return own;
}

function isSame(value: unknown, other: unknown): boolean {
  return typeof value === 'object' && typeof other === 'object' && JSON.stringify(value) === JSON.stringify(other);
}

/** The fields that repeat the request, with the service's own values where the client has said nothing. */
export function echoOf(request: ChatRequest): JsonObject {
  const own = ownFields(request.ext);
  const { tools, tool_choice: choice } = writeTools(createWriting(request, { quirks: {}, lose: () => undefined }));
  return {
    background: false,
    instructions: request.system.flatMap((block) => (isInstruction(block) ? [block.text] : [])).join('\n\n') || null,
    max_output_tokens: request.maxTokens ?? null,
    max_tool_calls: own.max_tool_calls ?? null,
    metadata: request.labels ?? {},
    parallel_tool_calls: request.parallelTools ?? true,
    previous_response_id: own.previous_response_id ?? null,
    ...(own.conversation !== undefined && { conversation: own.conversation }),
    prompt_cache_key: request.cacheKey ?? null,
    prompt_cache_retention: own.prompt_cache_retention ?? null,
    reasoning: reasoningOf(request),
    safety_identifier: request.user ?? null,
    store: own.store ?? true,
    temperature: request.sampling.temperature ?? 1,
    text: textOf(request),
    tool_choice: own.tool_choice ?? choice ?? 'auto',
    tools: tools ?? [],
    top_logprobs: own.top_logprobs ?? 0,
    top_p: request.sampling.topP ?? 1,
    truncation: own.truncation ?? 'disabled',
    user: own.user ?? null,
    ...(request.serviceTier !== undefined && { service_tier: request.serviceTier }),
  };
}

function isInstruction({ ext }: { readonly ext?: Ext }): boolean {
  return ownFields(ext).role === undefined;
}

function reasoningOf({ reasoning, ext }: ChatRequest): JsonObject {
  const effort = reasoning?.mode === 'off' ? 'none' : reasoning?.effort;
  const summary = reasoning?.display === 'summarized' ? 'auto' : null;
  return { effort: effort ?? null, summary, ...objectIn(ownFields(ext).reasoning) };
}

function textOf({ format, verbosity, ext }: ChatRequest): JsonObject {
  return {
    format: format === undefined ? { type: 'text' } : formatOf(format),
    ...(verbosity !== undefined && { verbosity }),
    ...objectIn(ownFields(ext).text),
  };
}

function formatOf(format: OutputFormat): JsonObject {
  return format.type === 'json' ? { type: 'json_object' } : { ...format, name: format.name ?? 'answer' };
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
