import { asOwnCall, checkCloudVersion } from '../anthropic/cloud.ts';
import { anthropic } from '../anthropic/dialect.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { problemOf, Refused } from '../problem.ts';
import { overflow } from './error.ts';
import { refuse } from './refusal.ts';

/** Members of a Messages request that Converse has members of its own for. */
const TAKEN = 'model messages system stream max_tokens temperature top_p stop_sequences'.split(' ');

/** True for a model's id (or the ARN of one) that is Anthropic's. */
export function isClaude(model: string): boolean {
  return /anthropic|claude/i.test(model);
}

/** Refuses a body for a Claude model that Bedrock's door, or the model behind it, refuses. */
export function checkClaudeBody(call: IncomingCall, body: JsonObject, model: string): void {
  if (body.anthropic_version === undefined) malformed('#: required key [anthropic_version] not found');
  checkCloudVersion(body.anthropic_version, 'bedrock');
  for (const name of ['model', 'stream']) {
    if (body[name] !== undefined) malformed(`#: extraneous key [${name}] is not permitted`);
  }
  if (body.anthropic_beta !== undefined && !isListOfTexts(body.anthropic_beta)) {
    malformed('#/anthropic_beta: expected type: JSONArray of String');
  }
  checkAsOwn(asOwnCall(call, { body, model, stream: call.stream === true }));
}

/**
 * Refuses fields for a Claude model (`additionalModelRequestFields` of Converse, and what they must agree with) that
 * Anthropic's service refuses.
 */
export function checkClaudeFields(call: IncomingCall, model: string): void {
  const { additionalModelRequestFields: fields, inferenceConfig, toolConfig } = call.body;
  const { maxTokens, temperature, topP } = objectOf(inferenceConfig);
  const { tools = [], ...rest } = objectOf(fields);
  const taken = TAKEN.find((name) => rest[name] !== undefined);
  if (taken !== undefined) refuse(`The additional field ${taken} conflicts with an existing field.`);
  const given = { max_tokens: maxTokens, temperature, top_p: topP };
  const offered = [...clientTools(objectOf(toolConfig)), ...listOf(tools)];
  const body: JsonObject = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1_000_000,
    messages: [{ role: 'user', content: 'a' }],
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
    ...(offered.length === 0 ? {} : { tools: offered }),
    ...choiceOf(objectOf(objectOf(toolConfig).toolChoice)),
    ...rest,
  };
  // Limits and refused fields are told of the request as it came, not of this one.
  const { fields: _fields, ...refused } = call.rules.refuse;
  const { models: _models, ...rules } = { ...call.rules, limits: {}, refuse: refused };
  checkAsOwn(asOwnCall({ ...call, operation: 'answer', rules }, { body, model, stream: false }));
}

/** Refuses what Anthropic's service refuses, in its words; of betas and of long prompts Bedrock says less. */
function checkAsOwn(call: IncomingCall): void {
  const problem = problemOf(() => anthropic.check(call));
  if (problem === undefined) return;
  if (problem.message.startsWith('Unexpected value(s)')) refuse('invalid beta flag');
  throw new Refused(problem.message.startsWith('prompt is too long') ? overflow() : problem);
}

function clientTools(config: JsonObject): JsonObject[] {
  return listOf(config.tools)
    .map((tool) => objectOf(objectOf(tool).toolSpec))
    .filter(({ name }) => name !== undefined)
    .map(({ name, inputSchema }) => ({ name, input_schema: objectOf(inputSchema).json }));
}

function choiceOf(choice: JsonObject): JsonObject {
  if (isObject(choice.any)) return { tool_choice: { type: 'any' } };
  return isObject(choice.tool) ? { tool_choice: { type: 'tool', name: textOf(choice.tool.name) } } : {};
}

function isListOfTexts(value: Json): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function malformed(what: string): never {
  return refuse(`Malformed input request: ${what}, please reformat your input and try again.`);
}
