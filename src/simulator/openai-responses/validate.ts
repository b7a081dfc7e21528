import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { extraFields } from '../openai-chat/flavor.ts';
import { checkMetadata, checkRange, checkTokenLimit } from '../openai-chat/numbers.ts';
import { checkKnown, checkOneOf, checkRefused, refuse, refuseType } from '../openai-chat/refusal.ts';
import { strictFault } from '../openai-chat/strict-schema.ts';
import { Refused } from '../problem.ts';
import { estimateTokens } from '../tokens.ts';
import { overflow } from './error.ts';
import { checkInput } from './input.ts';
import { checkMembers, refuseMissing } from './members.ts';
import { earlierItems, itemsOf } from './memory.ts';
import { checkOwnItems, checkPairs } from './order.ts';
import { checkTools } from './tools.ts';

const FIELDS: readonly string[] = (
  'access_programs background client_metadata context_management conversation image include input instructions ' +
  'max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt ' +
  'prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream ' +
  'stream_options temperature text tool_choice tools top_logprobs top_p truncation user'
).split(' ');

const COUNT_FIELDS: readonly string[] = (
  'conversation input instructions model parallel_tool_calls personality previous_response_id reasoning text ' +
  'tool_choice tools truncation'
).split(' ');

/** What chat completions call otherwise. */
const MOVED: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_output_tokens',
  max_tokens: 'max_output_tokens',
  messages: 'input',
  reasoning_effort: 'reasoning.effort',
  response_format: 'text.format',
  verbosity: 'text.verbosity',
};

const INCLUDABLE = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
];

/** OpenAI's own names only: other servers take what these refuse. */
const REASONING_MODEL = /^(?:o\d|gpt-[5-9])(?!.*chat)/;
const PLAIN_MODEL = /^(?:gpt-[34]|chatgpt-)/;
const MIN_OUTPUT = 16;

/** Refuses what Responses refuse. */
export function checkRequest(call: IncomingCall): void {
  const { body, rules } = call;
  checkTopLevel(call);
  checkModel(call);
  checkRefused(body, rules.refuse.fields);
  checkScalars(body);
  checkStream(body);
  checkInclude(body);
  checkReasoning(body);
  checkText(body);
  checkTools(body);
  checkConversation(call);
  if (rules.flavor === 'openai') checkReasoningModel(body);
  checkLimits(call);
}

function checkTopLevel({ body, rules, operation }: IncomingCall): void {
  const extra = extraFields(rules.flavor, rules);
  if (extra === undefined) return;
  const known = [...(operation === 'count' ? COUNT_FIELDS : FIELDS), ...extra];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const moved = Object.hasOwn(MOVED, unknown) ? MOVED[unknown] : undefined;
  if (moved === undefined) refuse(`Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
  refuse(
    `Unsupported parameter: '${unknown}'. In the Responses API, this parameter has moved to '${moved}'. Try again with ` +
      'the new parameter. See the API documentation for more information: ' +
      'https://platform.openai.com/docs/api-reference/responses/create.',
    null,
    'unsupported_parameter',
  );
}

function checkModel({ body, rules, operation }: IncomingCall): void {
  const model = textOf(body.model);
  if (model === '' && operation === 'answer' && body.prompt === undefined) refuseMissing('model');
  if (rules.models === undefined || model === '' || rules.models.includes(model)) return;
  refuse(`The requested model '${model}' does not exist.`, 'model', 'model_not_found');
}

function checkScalars(body: JsonObject): void {
  for (const name of ['stream', 'store', 'background', 'parallel_tool_calls']) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== 'boolean') refuseType(name, 'a boolean', value);
  }
  for (const name of ['instructions', 'previous_response_id', 'prompt_cache_key', 'safety_identifier', 'user']) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== 'string') refuseType(name, 'a string', value);
  }
  checkRange(body.temperature, 'temperature', 0, 2);
  checkRange(body.top_p, 'top_p', 0, 1);
  checkRange(body.top_logprobs, 'top_logprobs', 0, 20);
  checkTokenLimit(body.max_output_tokens, 'max_output_tokens', MIN_OUTPUT);
  checkTokenLimit(body.max_tool_calls, 'max_tool_calls', 1);
  checkMetadata(body.metadata);
  checkWord(body, 'truncation', ['auto', 'disabled']);
  checkWord(body, 'service_tier', ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']);
  checkWord(body, 'prompt_cache_retention', ['in_memory', '24h']);
}

function checkWord(object: JsonObject, name: string, words: readonly string[], place = name): void {
  const value = object[name];
  if (value !== undefined && value !== null) checkOneOf(value, words, place);
}

function checkStream(body: JsonObject): void {
  if (body.stream_options === undefined || body.stream_options === null) return;
  if (body.stream !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  checkKnown(objectOf(body.stream_options), ['include_obfuscation'], 'stream_options');
}

function checkInclude(body: JsonObject): void {
  for (const [index, value] of listOf(body.include).entries()) checkOneOf(value, INCLUDABLE, `include[${index}]`);
}

function checkReasoning(body: JsonObject): void {
  const { reasoning } = body;
  if (reasoning === undefined || reasoning === null) return;
  if (!isObject(reasoning)) refuseType('reasoning', 'an object', reasoning);
  const wanted = objectOf(reasoning);
  checkKnown(wanted, ['effort', 'summary', 'generate_summary', 'context', 'mode'], 'reasoning');
  const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
  checkWord(wanted, 'effort', efforts, 'reasoning.effort');
  for (const name of ['summary', 'generate_summary']) {
    checkWord(wanted, name, ['concise', 'detailed', 'auto'], `reasoning.${name}`);
  }
  checkWord(wanted, 'context', ['auto', 'current_turn', 'all_turns'], 'reasoning.context');
}

function checkText(body: JsonObject): void {
  if (body.text === undefined || body.text === null) return;
  const text = objectOf(body.text);
  checkKnown(text, ['format', 'verbosity'], 'text');
  checkWord(text, 'verbosity', ['low', 'medium', 'high'], 'text.verbosity');
  if (text.format === undefined || text.format === null) return;
  const format = objectOf(text.format);
  checkOneOf(format.type, ['json_object', 'json_schema', 'text'], 'text.format.type');
  if (format.type === 'json_object' && !/json/i.test(JSON.stringify([body.instructions, body.input]))) {
    refuse(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    );
  }
  if (format.type === 'json_schema') checkSchema(format);
}

function checkSchema(format: JsonObject): void {
  checkMembers(format, ['name!', 'schema!', 'strict', 'description'], 'text.format');
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(textOf(format.name))) {
    refuse(
      "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      'text.format.name',
      'invalid_value',
    );
  }
  if (!isObject(format.schema)) refuseType('text.format.schema', 'an object', format.schema);
  const wrong = format.strict === true ? strictFault(format.schema) : undefined;
  if (wrong === undefined) return;
  refuse(
    `Invalid schema for response_format '${textOf(format.name)}': ${wrong}`,
    'text.format.schema',
    'invalid_json_schema',
  );
}

function checkConversation({ body, memory }: IncomingCall): void {
  const { input, previous_response_id: previous, prompt, conversation } = body;
  const isEmpty = input === undefined || input === null || (Array.isArray(input) && input.length === 0);
  if (isEmpty && [previous, prompt, conversation].every((value) => value === undefined || value === null)) {
    refuse(
      "Missing required parameter: one of 'input', 'previous_response_id', 'prompt' or 'conversation' must be provided.",
      'input',
      'missing_required_parameter',
    );
  }
  checkInput(input);
  if (typeof previous === 'string' && memory.get(previous) === undefined) {
    refuse(`Previous response with id '${previous}' not found.`, 'previous_response_id', 'previous_response_not_found');
  }
  const earlier = earlierItems(previous, memory);
  const given = itemsOf(input);
  checkOwnItems(earlier, given, memory);
  checkPairs([...earlier, ...given]);
}

function checkReasoningModel(body: JsonObject): void {
  const model = textOf(body.model);
  const { effort } = objectOf(body.reasoning);
  const refuseField = (name: string): never =>
    refuse(`Unsupported parameter: '${name}' is not supported with this model.`, name);
  const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null;
  if (REASONING_MODEL.test(model) && effort !== 'none') {
    for (const name of ['temperature', 'top_p', 'top_logprobs']) if (isGiven(body[name])) refuseField(name);
  }
  if (!PLAIN_MODEL.test(model)) return;
  if (isGiven(effort))
    refuse(
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
      'reasoning.effort',
      'unsupported_parameter',
    );
  if (listOf(body.include).includes('reasoning.encrypted_content')) {
    refuse('Encrypted content is not supported with this model.', 'include');
  }
}

function checkLimits({ body, rules, memory, operation }: IncomingCall): void {
  const { maxOutputTokens, contextWindow } = rules.limits;
  const most = numberOf(body.max_output_tokens) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    refuse(
      `Invalid 'max_output_tokens': integer above maximum value. Expected a value <= ${maxOutputTokens}, but got ${most} instead.`,
      'max_output_tokens',
      'integer_above_max_value',
    );
  }
  if (contextWindow === undefined || body.truncation === 'auto' || operation === 'count') return;
  const earlier = earlierItems(body.previous_response_id, memory);
  if (estimateTokens(body.instructions, earlier, body.input, body.tools) > contextWindow) {
    throw new Refused(overflow());
  }
}
