import type { Operation } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from '../json.ts';
import { Refused } from '../problem.ts';
import { findRefused } from '../refused-fields.ts';
import type { Rules } from '../scenario.ts';
import { estimateTokens } from '../tokens.ts';
import { checkMessages } from './conversation.ts';
import { overflow } from './error.ts';
import { BETA_FIELDS, COUNT_FIELDS, OBJECTS, SAMPLING_FIELDS, THINKING, TOP_LEVEL } from './fields.ts';
import { checkMembers, listAt, objectAt, refuse, rowFor, stringAt } from './refusal.ts';
import { checkTools } from './tools.ts';

const VERSIONS = ['2023-06-01', '2026-10-21'];
const MAX_CACHE_MARKS = 4;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Refuses what the Messages API refuses. */
export function checkRequest(call: IncomingCall): void {
  const { body, rules, operation } = call;
  const version = checkVersion(call);
  const betas = checkBetas(call);
  checkTopLevel(body, operation, version, betas, rules);
  checkRefused(body, rules);
  checkScalars(body, version, operation);
  checkThinking(body, betas);
  checkOutputConfig(body);
  checkSystem(body.system);
  checkTools(body);
  checkMessages(body.messages, version);
  checkCacheMarks(body);
  checkThinkingInHistory(body);
  checkLimits(body, rules, operation);
}

function checkVersion(call: IncomingCall): string {
  const version = call.headers['anthropic-version'];
  if (version === undefined || version === '') refuse('anthropic-version: header is required');
  if (!VERSIONS.includes(String(version))) refuse(`anthropic-version: "${String(version)}" is not a valid version`);
  return String(version);
}

function checkBetas(call: IncomingCall): readonly string[] {
  const header = call.headers['anthropic-beta'];
  const names = (Array.isArray(header) ? header : [header ?? ''])
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const { betas, betasExcept } = call.rules.refuse;
  const bad = names.filter(
    (name) => betas?.includes(name) || (betasExcept !== undefined && !betasExcept.includes(name)),
  );
  if (bad.length > 0) {
    const list = bad.map((name) => `\`${name}\``).join(', ');
    refuse(
      `Unexpected value(s) ${list} for the \`anthropic-beta\` header. Please consult our documentation at ` +
        'docs.anthropic.com or try again without the header.',
    );
  }
  return names;
}

function checkTopLevel(
  body: JsonObject,
  operation: Operation,
  version: string,
  betas: readonly string[],
  rules: Rules,
): void {
  const gone = version >= '2026-10-21' ? SAMPLING_FIELDS : [];
  const byBeta = Object.entries(BETA_FIELDS)
    .filter(([, prefixes]) => betas.some((beta) => prefixes.some((prefix) => beta.startsWith(prefix))))
    .map(([name]) => name);
  const known = (operation === 'count' ? COUNT_FIELDS : TOP_LEVEL).filter((name) => !gone.includes(name));
  checkMembers(body, known, '', [...byBeta, ...rules.allow]);
}

/** What this server in particular does not take; the wording is one that Claude Code knows how to answer. */
function checkRefused(body: JsonObject, rules: Rules): void {
  const found = findRefused(body, rules.refuse.fields);
  if (found === undefined) return;
  const usual = found.path.endsWith('.role')
    ? `${found.path}: Input should be 'user' or 'assistant'`
    : `${found.path}: Extra inputs are not permitted`;
  throw new Refused({ status: found.status, message: found.message ?? usual });
}

function checkScalars(body: JsonObject, version: string, operation: Operation): void {
  if (stringAt(body.model, 'model') === '') refuse('model: String should have at least 1 character');
  if (body.stream !== undefined && typeof body.stream !== 'boolean') refuse('stream: Input should be a valid boolean');
  if (operation === 'answer') {
    const most = numberOf(body.max_tokens);
    if (most === undefined || !Number.isInteger(most)) refuse('max_tokens: Input should be a valid integer');
    if ((most ?? 0) < 0) refuse('max_tokens: Input should be greater than or equal to 0');
  }
  if (version < '2026-10-21') checkSampling(body);
  for (const [index, sequence] of (body.stop_sequences === undefined
    ? []
    : listAt(body.stop_sequences, 'stop_sequences')
  ).entries()) {
    if (stringAt(sequence, `stop_sequences.${index}`).trim() === '') {
      refuse('stop_sequences: each stop sequence must contain non-whitespace');
    }
  }
  for (const name of ['metadata', 'diagnostics', 'context_management', 'cache_control']) {
    if (body[name] !== undefined && body[name] !== null)
      checkMembers(objectAt(body[name], name), OBJECTS[name] ?? [], name);
  }
  if (body.service_tier !== undefined && body.service_tier !== 'auto' && body.service_tier !== 'standard_only') {
    refuse("service_tier: Input should be 'auto' or 'standard_only'");
  }
}

function checkSampling(body: JsonObject): void {
  for (const name of ['temperature', 'top_p']) {
    if (body[name] === undefined || body[name] === null) continue;
    const value = numberOf(body[name]);
    if (value === undefined) refuse(`${name}: Input should be a valid number`);
    if ((value ?? 0) < 0 || (value ?? 0) > 1) refuse(`${name}: range: 0..1`);
  }
  const thinking = objectOf(body.thinking).type;
  if ((thinking === 'enabled' || thinking === 'adaptive') && (numberOf(body.temperature) ?? 1) !== 1) {
    refuse('`temperature` may only be set to 1 when thinking is enabled.');
  }
}

function checkThinking(body: JsonObject, betas: readonly string[]): void {
  if (body.thinking === undefined || body.thinking === null) return;
  const thinking = objectAt(body.thinking, 'thinking');
  const type = textOf(thinking.type);
  checkMembers(thinking, rowFor(thinking, THINKING, 'thinking'), `thinking.${type}`, ['type']);
  const displays = ['summarized', 'omitted'];
  if (betas.some((beta) => beta.startsWith('thinking-display-updates-'))) displays.push('updates');
  if (thinking.display !== undefined && thinking.display !== null && !displays.includes(textOf(thinking.display))) {
    refuse(`thinking.${type}.display: Input should be ${displays.map((name) => `'${name}'`).join(' or ')}`);
  }
  if (type !== 'enabled') return;
  const budget = numberOf(thinking.budget_tokens);
  if (budget === undefined || !Number.isInteger(budget))
    refuse('thinking.enabled.budget_tokens: Input should be a valid integer');
  if ((budget ?? 0) < 1024) refuse('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  const most = numberOf(body.max_tokens);
  const interleaved = betas.some((beta) => beta.startsWith('interleaved-thinking-'));
  if (most !== undefined && (budget ?? 0) >= most && !interleaved) {
    refuse(
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com',
    );
  }
}

function checkOutputConfig(body: JsonObject): void {
  if (body.output_config === undefined || body.output_config === null) return;
  const config = objectAt(body.output_config, 'output_config');
  checkMembers(config, OBJECTS.output_config ?? [], 'output_config');
  if (config.effort !== undefined && config.effort !== null && !EFFORTS.includes(textOf(config.effort))) {
    refuse(`output_config.effort: Input should be ${EFFORTS.map((name) => `'${name}'`).join(', ')}`);
  }
  if (config.format === undefined || config.format === null) return;
  const format = objectAt(config.format, 'output_config.format');
  checkMembers(format, OBJECTS['output_config.format'] ?? [], 'output_config.format');
  if (format.type !== 'json_schema') refuse("output_config.format.type: Input should be 'json_schema'");
  objectAt(format.schema, 'output_config.format.schema');
  if (body.output_format !== undefined) refuse('output_format: cannot be used together with output_config.format');
}

function checkSystem(system: Json | undefined): void {
  if (system === undefined || typeof system === 'string') return;
  for (const [index, value] of listAt(system, 'system').entries()) {
    const block = objectAt(value, `system.${index}`);
    if (block.type !== 'text') refuse(`system.${index}.type: Input should be 'text'`);
    checkMembers(block, ['text!', 'citations'], `system.${index}`, ['type', 'cache_control']);
    if (stringAt(block.text, `system.${index}.text`) !== '') continue;
    if (isObject(block.cache_control)) refuse(`system.${index}: cache_control cannot be set for empty text blocks`);
    refuse('system: text content blocks must be non-empty');
  }
}

function checkCacheMarks(body: JsonObject): void {
  const messages = listOf(body.messages).filter(isObject);
  const blocks = [...listOf(body.system), ...listOf(body.tools), ...messages.flatMap(({ content }) => listOf(content))];
  const inner = blocks.filter(isObject).flatMap(({ content }) => listOf(content));
  const marks = [body as Json, ...blocks, ...inner].filter((block) => isObject(block) && isObject(block.cache_control));
  for (const mark of marks) {
    const control = objectOf(objectOf(mark).cache_control);
    if (control.type !== 'ephemeral') refuse("cache_control.type: Input should be 'ephemeral'");
    if (control.ttl !== undefined && control.ttl !== null && control.ttl !== '5m' && control.ttl !== '1h') {
      refuse("cache_control.ttl: Input should be '5m' or '1h'");
    }
  }
  if (marks.length > MAX_CACHE_MARKS) {
    refuse(`A maximum of ${MAX_CACHE_MARKS} blocks with cache_control may be provided. Found ${marks.length}.`);
  }
}

/** With a thinking budget, a turn whose tools were just answered must begin with its thinking. */
function checkThinkingInHistory(body: JsonObject): void {
  if (objectOf(body.thinking).type !== 'enabled') return;
  const messages = listOf(body.messages).filter(isObject);
  const last = messages.at(-1);
  if (!listOf(last?.content).some((block) => objectOf(block).type === 'tool_result')) return;
  const index = messages.findLastIndex(({ role }) => role === 'assistant');
  const first = textOf(objectOf(listOf(messages[index]?.content)[0]).type) || 'text';
  const before = messages.findLastIndex(
    ({ role, content }, at) => at < index && role === 'user' && !isOnlyResults(content),
  );
  const turn = messages.slice(before + 1, index + 1).flatMap(({ content }) => listOf(content));
  if (turn.some((block) => ['thinking', 'redacted_thinking'].includes(textOf(objectOf(block).type)))) return;
  refuse(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When ` +
      '`thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set ' +
      'of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`.',
  );
}

function isOnlyResults(content: Json | undefined): boolean {
  const blocks = listOf(content);
  return blocks.length > 0 && blocks.every((block) => objectOf(block).type === 'tool_result');
}

function checkLimits(body: JsonObject, rules: Rules, operation: Operation): void {
  const model = textOf(body.model);
  if (rules.models !== undefined && !rules.models.includes(model)) {
    throw new Refused({ status: 404, message: `model: ${model}` });
  }
  const { maxOutputTokens, contextWindow } = rules.limits;
  const most = numberOf(body.max_tokens) ?? 0;
  if (maxOutputTokens !== undefined && most > maxOutputTokens) {
    refuse(
      `max_tokens: ${most} > ${maxOutputTokens}, which is the maximum allowed number of output tokens for ${model}`,
    );
  }
  if (contextWindow === undefined || operation === 'count') return;
  const input = estimateTokens(body.system, body.messages, body.tools);
  if (input > contextWindow) throw new Refused(overflow(input, contextWindow));
  if (input + most > contextWindow) {
    refuse(
      `input length and \`max_tokens\` exceed context limit: ${input} + ${most} > ${contextWindow}, decrease input ` +
        'length or `max_tokens` and try again',
    );
  }
}
