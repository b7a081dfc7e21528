import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { problemOf, Refused } from '../problem.ts';
import { findRefused } from '../refused-fields.ts';
import { estimateTokens } from '../tokens.ts';
import { checkClaudeBody, checkClaudeFields, isClaude } from './claude.ts';
import { checkMessages } from './conversation.ts';
import { countedIn, jsonIn } from './counted.ts';
import { overflow } from './error.ts';
import { refuse, refuseAsModel, refuseConstraint } from './refusal.ts';
import { checkShape } from './shape-check.ts';
import { checkToolConfig } from './tools.ts';

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];
const MAX_METADATA = 16;
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/;

/** Refuses what Converse, or the count of its tokens, refuses. */
export function checkRequest(call: IncomingCall): void {
  const { body, rules, operation } = call;
  const model = call.model ?? '';
  if (rules.models !== undefined && !rules.models.includes(model)) refuse('The provided model identifier is invalid.');
  checkRefused(call);
  if (operation === 'count') return checkCount(call, model);
  checkShape(body, 'Converse', '', rules.allow);
  checkTalk(body, model);
  checkInference(objectOf(body.inferenceConfig));
  checkOutput(objectOf(body.outputConfig));
  checkRest(body);
  if (isClaude(model)) {
    asModel(() => checkClaudeFields(call, model));
    checkThinkingInHistory(body);
  }
  checkLimits(call);
}

function checkRefused({ body, rules }: IncomingCall): void {
  const found = findRefused(body, rules.refuse.fields);
  if (found === undefined) return;
  const path = found.path.replaceAll('.', '/');
  throw new Refused({
    status: found.status,
    message:
      found.message ??
      `Malformed input request: #/${path}: extraneous key [${found.path.split('.').at(-1) ?? ''}] is not permitted, ` +
        'please reformat your input and try again.',
  });
}

/** What is said and with which tools: the same for an answer and for a count. */
function checkTalk(body: JsonObject, model: string): void {
  const { messages, system, toolConfig } = body;
  if (listOf(messages).length === 0) {
    refuseConstraint([], 'messages', 'Member must have length greater than or equal to 1');
  }
  for (const [index, value] of listOf(system).entries()) checkSystem(objectOf(value), index);
  if (isObject(toolConfig)) checkToolConfig(toolConfig);
  checkMessages(body, isClaude(model));
  checkCachePoints(body);
}

function checkSystem(block: JsonObject, index: number): void {
  if (block.text !== undefined && textOf(block.text).trim() === '') {
    refuse(
      `The text field in the SystemContentBlock object at system.${index} is blank. Add text to the text field, and try again.`,
    );
  }
  if (block.cachePoint !== undefined && index === 0) {
    refuse('There is nothing available to cache. Please remove the invalid cache point and try again.');
  }
}

function checkCachePoints(body: JsonObject): void {
  const contents = listOf(body.messages).flatMap((message) => listOf(objectOf(message).content));
  const blocks = [...listOf(body.system), ...listOf(objectOf(body.toolConfig).tools), ...contents].map(objectOf);
  const count = blocks.filter(({ cachePoint }) => cachePoint !== undefined).length;
  if (count > 4) refuseAsModel(`A maximum of 4 blocks with cache_control may be provided. Found ${count}.`);
}

function checkCount(call: IncomingCall, model: string): void {
  checkShape(call.body, 'CountTokens', '');
  if (!isClaude(model)) refuse("The provided model doesn't support counting tokens.");
  const { converse, invoked } = countedIn(call.body);
  if (converse !== undefined) return checkTalk(converse, model);
  // What is counted is what would be answered: the body must be good for that.
  if (invoked !== undefined) return checkClaudeBody({ ...call, operation: 'answer', stream: false }, invoked, model);
  refuse('Malformed input request: the body is not valid JSON.');
}

function checkInference({ maxTokens, temperature, topP, stopSequences }: JsonObject): void {
  if ((numberOf(maxTokens) ?? 1) < 1) {
    refuseConstraint(maxTokens, 'inferenceConfig.maxTokens', 'Member must have value greater than or equal to 1');
  }
  for (const [name, value] of [['temperature', temperature] as const, ['topP', topP] as const]) {
    const number = numberOf(value) ?? 0;
    const place = `inferenceConfig.${name}`;
    if (number < 0) refuseConstraint(value, place, 'Member must have value greater than or equal to 0');
    if (number > 1) refuseConstraint(value, place, 'Member must have value less than or equal to 1');
  }
  for (const [index, sequence] of listOf(stopSequences).entries()) {
    const place = `inferenceConfig.stopSequences.${index}`;
    if (sequence === '') refuseConstraint('', place, 'Member must have length greater than or equal to 1');
    if (textOf(sequence).trim() === '') refuseAsModel('stop_sequences: each stop sequence must contain non-whitespace');
  }
}

function checkOutput({ textFormat, effort }: JsonObject): void {
  if (effort !== undefined && !EFFORTS.includes(textOf(effort))) {
    refuse(`The value at outputConfig.effort must be one of the following: ${EFFORTS.join(', ')}.`);
  }
  if (textFormat === undefined) return;
  const { schema } = objectOf(objectOf(objectOf(textFormat).structure).jsonSchema);
  if (!isObject(jsonIn(textOf(schema)))) {
    refuse('The value at outputConfig.textFormat.structure.jsonSchema.schema must be a valid JSON schema.');
  }
}

function checkRest(body: JsonObject): void {
  const { requestMetadata, guardrailConfig, additionalModelResponseFieldPaths: paths } = body;
  const entries = Object.entries(objectOf(requestMetadata));
  if (entries.length > MAX_METADATA) {
    refuseConstraint(
      requestMetadata,
      'requestMetadata',
      `Member must have length less than or equal to ${MAX_METADATA}`,
    );
  }
  for (const [name, value] of entries) {
    if (METADATA.test(name) && (value === '' || METADATA.test(textOf(value)))) continue;
    refuseConstraint(
      { [name]: value },
      'requestMetadata',
      'Map keys and values must satisfy constraint: [Member must have length less than or equal to 256, Member must ' +
        'satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]{1,256}]',
    );
  }
  const { guardrailIdentifier: id, guardrailVersion: version } = objectOf(guardrailConfig);
  if ((id === undefined) !== (version === undefined)) {
    refuse('The guardrailConfig object must have both a guardrailIdentifier and a guardrailVersion.');
  }
  for (const [index, path] of listOf(paths).entries()) {
    if (/^(\/[^/]+)+$/.test(textOf(path))) continue;
    refuse(`The value at additionalModelResponseFieldPaths.${index} is not a valid JSON Pointer.`);
  }
}

/** Runs a check of the model behind the service: what it says is passed on. */
function asModel(check: () => void): void {
  const problem = problemOf(check);
  if (problem === undefined) return;
  if (problem.message.startsWith('The additional field')) refuse(problem.message);
  refuseAsModel(problem.message);
}

/** With a thinking budget, the turn whose tools were just answered must begin with its thinking. */
function checkThinkingInHistory(body: JsonObject): void {
  if (objectOf(objectOf(body.additionalModelRequestFields).thinking).type !== 'enabled') return;
  const messages = listOf(body.messages).map(objectOf);
  const isAnswering = listOf(messages.at(-1)?.content).some((block) => objectOf(block).toolResult !== undefined);
  const index = messages.findLastIndex(({ role }) => role === 'assistant');
  const first = objectOf(listOf(messages[index]?.content)[0]);
  if (!isAnswering || first.reasoningContent !== undefined) return;
  const before = messages.findLastIndex(
    ({ role, content }, at) => at < index && role === 'user' && !isOnlyResults(content),
  );
  const turn = messages.slice(before + 1, index).flatMap(({ content }) => listOf(content));
  if (turn.some((block) => objectOf(block).reasoningContent !== undefined)) return;
  const found = first.toolUse === undefined ? 'text' : 'tool_use';
  refuseAsModel(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When ` +
      '`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set ' +
      'of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`.',
  );
}

function isOnlyResults(content: Json | undefined): boolean {
  return listOf(content).every((block) => objectOf(block).toolResult !== undefined);
}

function checkLimits({ body, rules }: IncomingCall): void {
  const { maxOutputTokens, contextWindow } = rules.limits;
  const most = numberOf(objectOf(body.inferenceConfig).maxTokens) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    refuse(
      `The maximum tokens you requested exceeds the model limit of ${maxOutputTokens}. Try again with a maximum tokens ` +
        `value that is lower than ${maxOutputTokens}.`,
    );
  }
  if (contextWindow === undefined) return;
  const input = estimateTokens(body.system, body.messages, body.toolConfig);
  if (input > contextWindow) throw new Refused(overflow());
  if (input + most > contextWindow) {
    refuseAsModel(
      `input length and \`max_tokens\` exceed context limit: ${input} + ${most} > ${contextWindow}, decrease input ` +
        'length or `max_tokens` and try again',
    );
  }
}
