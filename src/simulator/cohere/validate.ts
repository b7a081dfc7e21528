import type { IncomingCall } from '../dialect.ts';
import { type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { Refused } from '../problem.ts';
import { findRefused } from '../refused-fields.ts';
import { estimateTokens } from '../tokens.ts';
import { overflow } from './error.ts';
import { checkDocument, checkMessages } from './messages.ts';
import { checkKnown, checkOneOf, listAt, objectAt, refuse, stringAt } from './refusal.ts';
import { checkTools } from './tools.ts';

const FIELDS = (
  'model messages stream tools strict_tools documents citation_options response_format safety_mode max_tokens ' +
  'stop_sequences temperature seed frequency_penalty presence_penalty k p logprobs tool_choice thinking priority'
).split(' ');

/** Numbers with bounds: name, least, most. */
const RANGES: readonly (readonly [string, number, number])[] = [
  ['temperature', 0, 1],
  ['p', 0.01, 0.99],
  ['k', 0, 500],
  ['frequency_penalty', 0, 1],
  ['presence_penalty', 0, 1],
  ['priority', 0, 999],
];
const INTEGERS = ['max_tokens', 'seed', 'k', 'priority'];
const MAX_STOPS = 5;
const MODES = ['ENABLED', 'DISABLED', 'FAST', 'ACCURATE', 'OFF'];

/** Refuses what Chat refuses. */
export function checkChat(call: IncomingCall): void {
  const { body, rules } = call;
  checkKnown(body, [...FIELDS, ...rules.allow]);
  checkModel(call);
  checkRefused(call);
  checkMessages(body);
  checkTools(body);
  checkScalars(body);
  checkDocuments(body);
  checkResponseFormat(body);
  checkThinking(body);
  checkLimits(call);
}

/** Refuses a model that is not named, or that does not exist. */
export function checkModel({ body, rules }: IncomingCall): void {
  const model = textOf(body.model);
  if (model === '') throw new Refused({ status: 400, message: 'a model parameter is required for this endpoint.' });
  if (rules.models === undefined || rules.models.includes(model)) return;
  throw new Refused({
    status: 404,
    message: `model '${model}' not found, make sure the correct model ID was used and that you have access to the model.`,
  });
}

/** Refuses a field that this server in particular does not take. */
export function checkRefused({ body, rules }: IncomingCall): void {
  const found = findRefused(body, rules.refuse.fields);
  if (found === undefined) return;
  const message = `invalid request: ${found.path} is not supported for this model.`;
  throw new Refused({ status: found.status, message: found.message ?? message });
}

function checkScalars(body: JsonObject): void {
  for (const name of ['stream', 'logprobs', 'strict_tools']) {
    if (body[name] !== undefined && typeof body[name] !== 'boolean') refuse(`${name} must be a boolean.`);
  }
  for (const [name, least, most] of RANGES) checkRange(body[name], name, least, most);
  for (const name of INTEGERS) {
    const value = body[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || (numberOf(value) ?? 0) < 0) refuse(`${name} must be a non-negative integer.`);
  }
  if ((numberOf(body.frequency_penalty) ?? 0) !== 0 && (numberOf(body.presence_penalty) ?? 0) !== 0) {
    refuse('cannot specify both frequency_penalty and presence_penalty.');
  }
  const stops = body.stop_sequences === undefined ? [] : listAt(body.stop_sequences, 'stop_sequences');
  if (stops.length > MAX_STOPS) refuse(`stop_sequences can have at most ${MAX_STOPS} items.`);
  for (const [index, stop] of stops.entries()) {
    if (stringAt(stop, `stop_sequences[${index}]`) === '') refuse('stop_sequences must not contain an empty string.');
  }
  checkOneOf(body.safety_mode, ['CONTEXTUAL', 'STRICT', 'OFF'], 'safety_mode');
}

function checkRange(value: Json | undefined, name: string, least: number, most: number): void {
  if (value === undefined) return;
  const number = numberOf(value);
  if (number !== undefined && number >= least && number <= most) return;
  const shown = Number.isInteger(most) && most === 1 ? '1.0' : String(most);
  refuse(`${name} must be between ${least} and ${shown} inclusive.`);
}

function checkDocuments(body: JsonObject): void {
  if (body.citation_options !== undefined) {
    const options = objectAt(body.citation_options, 'citation_options');
    checkKnown(options, ['mode']);
    checkOneOf(options.mode, MODES, 'citation_options.mode');
  }
  if (body.documents === undefined) return;
  const documents = listAt(body.documents, 'documents');
  if (documents.length === 0) refuse('list of documents must not be empty');
  for (const [index, document] of documents.entries()) {
    if (typeof document !== 'string') checkDocument(document, `documents[${index}]`);
  }
}

function checkResponseFormat(body: JsonObject): void {
  if (body.response_format === undefined) return;
  const format = objectAt(body.response_format, 'response_format');
  checkKnown(format, ['type', 'json_schema']);
  if (format.type === undefined) refuse('response_format.type must be one of: text, json_object.');
  checkOneOf(format.type, ['text', 'json_object'], 'response_format.type');
  if (format.type === 'text') {
    if (format.json_schema !== undefined) refuse('response_format.json_schema needs the type json_object.');
    return;
  }
  if (body.documents !== undefined) refuse('response_format is not supported with RAG.');
  if (listOf(body.tools).length > 0) refuse('response_format is not supported with tools.');
  if (format.json_schema === undefined) return;
  const schema = objectAt(format.json_schema, 'response_format.json_schema');
  if (schema.type !== 'object') refuse("response_format.json_schema.type must be 'object'.");
}

function checkThinking(body: JsonObject): void {
  if (body.thinking === undefined) return;
  const thinking = objectAt(body.thinking, 'thinking');
  checkKnown(thinking, ['type', 'token_budget']);
  if (thinking.type === undefined) refuse('thinking.type must be one of: enabled, disabled.');
  checkOneOf(thinking.type, ['enabled', 'disabled'], 'thinking.type');
  const budget = thinking.token_budget;
  if (budget !== undefined && (!Number.isInteger(budget) || (numberOf(budget) ?? 0) < 1)) {
    refuse('thinking.token_budget must be a positive integer.');
  }
}

function checkLimits({ body, rules }: IncomingCall): void {
  const { maxOutputTokens, contextWindow } = rules.limits;
  const most = numberOf(body.max_tokens) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    throw new Refused({
      status: 400,
      message:
        `too many tokens: max tokens must be less than or equal to ${maxOutputTokens}, the maximum output for this ` +
        `model - received ${most}.`,
    });
  }
  const input = estimateTokens(body.messages, body.tools, objectOf(body).documents);
  if (contextWindow !== undefined && input + most > contextWindow) {
    throw new Refused(overflow(input + most, contextWindow));
  }
}
