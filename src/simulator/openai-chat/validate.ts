import type { IncomingCall } from '../dialect.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { Refused } from '../problem.ts';
import type { Flavor, Rules } from '../scenario.ts';
import { estimateTokens } from '../tokens.ts';
import { overflow } from './error.ts';
import { extraFields, flavorOf, modelInPath } from './flavor.ts';
import { checkMessages } from './messages.ts';
import { checkMetadata, checkRange, checkTokenLimit } from './numbers.ts';
import { checkOneOf, checkRefused, refuse, refuseType } from './refusal.ts';
import { strictFault } from './strict-schema.ts';
import { checkTools } from './tools.ts';

const FIELDS: readonly string[] = (
  'messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens ' +
  'metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key ' +
  'prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier ' +
  'stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options'
).split(' ');

/** Models that think before they speak: OpenAI's own names only, since other servers take the old parameters. */
const REASONING_MODEL = /^(o\d|gpt-5)/;
const MAX_STOPS = 4;

/** Numbers with bounds: name, least, most. */
const RANGES: readonly (readonly [string, number, number])[] = [
  ['temperature', 0, 2],
  ['top_p', 0, 1],
  ['frequency_penalty', -2, 2],
  ['presence_penalty', -2, 2],
  ['n', 1, 128],
  ['top_logprobs', 0, 20],
];

/** Refuses what Chat Completions refuses. */
export function checkRequest(call: IncomingCall): void {
  const { body, rules } = call;
  const flavor = flavorOf(call);
  checkTopLevel(body, flavor, rules);
  checkModel(call);
  checkRefused(body, rules.refuse.fields);
  checkMessages(body, flavor);
  checkTools(body, flavor);
  checkScalars(body);
  checkStop(body);
  checkStreamOptions(body);
  checkResponseFormat(body);
  if (flavor === 'openai') checkReasoningModel(body);
  checkLimits(body, rules);
}

function checkTopLevel(body: JsonObject, flavor: Flavor, rules: Rules): void {
  const extra = extraFields(flavor, rules);
  if (extra === undefined) return;
  const unknown = Object.keys(body).filter((name) => !FIELDS.includes(name) && !extra.includes(name));
  if (unknown.length === 0) return;
  if (flavor === 'databricks') refuse(`Bad request: json: unknown field "${unknown[0] ?? ''}"`);
  refuse(`Unrecognized request argument${unknown.length > 1 ? 's' : ''} supplied: ${unknown.sort().join(', ')}`);
}

function checkModel(call: IncomingCall): void {
  const model = textOf(call.body.model) || (modelInPath(call.path) ?? '');
  if (model === '') refuse('you must provide a model parameter');
  const { models } = call.rules;
  if (models === undefined || models.includes(model)) return;
  throw new Refused({
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
  });
}

function checkScalars(body: JsonObject): void {
  for (const name of ['stream', 'logprobs', 'parallel_tool_calls', 'store']) {
    const value = body[name];
    if (value !== undefined && value !== null && typeof value !== 'boolean') refuseType(name, 'a boolean', value);
  }
  for (const [name, least, most] of RANGES) checkRange(body[name], name, least, most);
  for (const name of ['max_tokens', 'max_completion_tokens']) checkTokenLimit(body[name], name, 1);
  const { reasoning_effort: effort, metadata } = body;
  if (effort !== undefined && effort !== null) {
    checkOneOf(effort, ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'], 'reasoning_effort');
  }
  checkMetadata(metadata);
}

function checkStop(body: JsonObject): void {
  const count = listOf(body.stop).length;
  if (count <= MAX_STOPS) return;
  refuse(
    `Invalid 'stop': array too long. Expected an array with maximum length ${MAX_STOPS}, but got an array with length ${count} instead.`,
    'stop',
    'array_above_max_length',
  );
}

function checkStreamOptions(body: JsonObject): void {
  if (body.stream_options === undefined || body.stream_options === null) return;
  if (body.stream !== true) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
  const known = ['include_usage', 'include_obfuscation'];
  const unknown = Object.keys(objectOf(body.stream_options)).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    refuse(`Unknown parameter: 'stream_options.${unknown}'.`, `stream_options.${unknown}`, 'unknown_parameter');
  }
}

function checkResponseFormat(body: JsonObject): void {
  if (body.response_format === undefined || body.response_format === null) return;
  const format = objectOf(body.response_format);
  checkOneOf(format.type, ['json_object', 'json_schema', 'text'], 'response_format.type');
  if (format.type === 'json_object' && !/json/i.test(JSON.stringify(body.messages ?? ''))) {
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  if (format.type !== 'json_schema') return;
  const place = 'response_format.json_schema';
  const wanted = objectOf(format.json_schema);
  if (!isObject(format.json_schema))
    refuse(`Missing required parameter: '${place}'.`, place, 'missing_required_parameter');
  if (typeof wanted.name !== 'string') {
    refuse(`Missing required parameter: '${place}.name'.`, `${place}.name`, 'missing_required_parameter');
  }
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(textOf(wanted.name))) {
    refuse(
      `Invalid '${place}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${place}.name`,
      'invalid_value',
    );
  }
  const wrong = wanted.strict === true ? strictFault(wanted.schema) : undefined;
  if (wrong !== undefined)
    refuse(`Invalid schema for response_format '${textOf(wanted.name)}': ${wrong}`, 'response_format');
}

function checkReasoningModel(body: JsonObject): void {
  if (!REASONING_MODEL.test(textOf(body.model))) return;
  if (body.max_tokens !== undefined && body.max_tokens !== null) {
    refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  }
  const temperature = numberOf(body.temperature);
  if (temperature !== undefined && temperature !== 1) {
    refuse(
      `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`,
      'temperature',
      'unsupported_value',
    );
  }
  for (const name of ['top_p', 'stop', 'presence_penalty', 'frequency_penalty', 'logprobs', 'logit_bias']) {
    const value = body[name];
    if (value === undefined || value === null || value === false) continue;
    refuse(`Unsupported parameter: '${name}' is not supported with this model.`, name, 'unsupported_parameter');
  }
}

function checkLimits(body: JsonObject, rules: Rules): void {
  const { maxOutputTokens, contextWindow } = rules.limits;
  const name = numberOf(body.max_completion_tokens) === undefined ? 'max_tokens' : 'max_completion_tokens';
  const most = numberOf(body[name]) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    refuse(
      `${name} is too large: ${most}. This model supports at most ${maxOutputTokens} completion tokens, whereas you provided ${most}.`,
      name,
      'invalid_value',
    );
  }
  if (contextWindow === undefined) return;
  const input = estimateTokens(body.messages, body.tools);
  if (input > contextWindow) throw new Refused(overflow(input, contextWindow));
  if (input + most > contextWindow) {
    refuse(
      `This model's maximum context length is ${contextWindow} tokens. However, you requested ${input + most} tokens ` +
        `(${input} in the messages, ${most} in the completion). Please reduce the length of the messages or completion.`,
      'messages',
      'context_length_exceeded',
    );
  }
}
