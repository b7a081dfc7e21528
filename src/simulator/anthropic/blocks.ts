import { isObject, type Json, type JsonObject, listOf, textOf } from '../json.ts';
import { isOwnSignature } from '../signature.ts';
import { BLOCKS, OBJECTS, PLACES } from './fields.ts';
import { checkDocument, checkImage } from './media.ts';
import { checkMembers, listAt, objectAt, refuse, rowFor, stringAt } from './refusal.ts';

const ID = /^[a-zA-Z0-9_-]+$/;

/** What content is checked for; `version` is the anthropic-version of the request. */
export interface ContentRules {
  readonly place: string;
  readonly where: keyof typeof PLACES;
  readonly version: string;
}

/** Refuses content (a string or blocks) that the service would refuse. */
export function checkContent(content: Json | undefined, rules: ContentRules): void {
  if (typeof content === 'string') return;
  for (const [index, value] of listAt(content, `${rules.place}.content`).entries()) {
    checkBlock(value, { ...rules, place: `${rules.place}.content.${index}` });
  }
}

function checkBlock(value: Json, rules: ContentRules): void {
  const block = objectAt(value, rules.place);
  const row = rowFor(block, BLOCKS, rules.place);
  const type = textOf(block.type);
  const place = `${rules.place}.${type}`;
  if (!PLACES[rules.where].some((known) => known === type)) {
    refuse(`${rules.place}: Block type \`${type}\` is not allowed in ${rules.where.replace('_', ' ')} content`);
  }
  const bare = type === 'thinking' || type === 'redacted_thinking';
  checkMembers(block, row, place, bare ? ['type'] : ['type', 'cache_control']);
  if (isObject(block.cache_control))
    checkMembers(block.cache_control, OBJECTS.cache_control ?? [], `${place}.cache_control`);
  CHECKS[type]?.(block, { ...rules, place });
}

type BlockCheck = (block: JsonObject, rules: ContentRules) => void;

function checkText(block: JsonObject, { place, where, version }: ContentRules): void {
  const text = stringAt(block.text, `${place}.text`);
  if (text === '') {
    if (block.cache_control !== undefined && block.cache_control !== null) {
      refuse(`${place}: cache_control cannot be set for empty text blocks`);
    }
    refuse('messages: text content blocks must be non-empty');
  }
  if (text.trim() === '') refuse('messages: text content blocks must contain non-whitespace text');
  if (where === 'user' && version >= '2026-10-21' && listOf(block.citations).length > 0) {
    refuse(`${place}.citations: Extra inputs are not permitted`);
  }
}

function checkThinking(block: JsonObject, { place }: ContentRules): void {
  const text = stringAt(block.thinking, `${place}.thinking`);
  const signature = stringAt(block.signature, `${place}.signature`);
  const blockPlace = place.replace(/\.thinking$/, '');
  if (!isOwnSignature(text, signature)) refuse(`${blockPlace}: Invalid \`signature\` in \`thinking\` block`);
}

function checkCall(block: JsonObject, { place }: ContentRules): void {
  if (!ID.test(stringAt(block.id, `${place}.id`)))
    refuse(`${place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  const name = stringAt(block.name, `${place}.name`);
  if (name.length < 1) refuse(`${place}.name: String should have at least 1 character`);
  if (name.length > 200) refuse(`${place}.name: String should have at most 200 characters`);
  objectAt(block.input, `${place}.input`);
}

function checkResult(block: JsonObject, rules: ContentRules): void {
  const { place } = rules;
  if (!ID.test(stringAt(block.tool_use_id, `${place}.tool_use_id`))) {
    refuse(`${place}.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  if (block.is_error !== undefined && block.is_error !== null && typeof block.is_error !== 'boolean') {
    refuse(`${place}.is_error: Input should be a valid boolean`);
  }
  if (block.content === undefined || block.content === null || typeof block.content === 'string') return;
  checkContent(block.content, { ...rules, where: 'tool_result' });
  const kinds = new Set(listOf(block.content).map((inner) => (isObject(inner) ? inner.type : undefined)));
  if (block.is_error === true && (kinds.size > 1 || !(kinds.has('text') || kinds.size === 0))) {
    refuse(`${place}: all content must be type \`text\` if \`is_error\` is true`);
  }
}

function checkAssistantDocument(block: JsonObject, rules: ContentRules): void {
  if (rules.where === 'assistant' && rules.version >= '2026-10-21') {
    refuse(`${rules.place}: Block type \`document\` is not allowed in assistant content`);
  }
  checkDocument(block, rules.place);
}

const CHECKS: Readonly<Record<string, BlockCheck>> = {
  text: checkText,
  thinking: checkThinking,
  tool_use: checkCall,
  server_tool_use: checkCall,
  mcp_tool_use: checkCall,
  tool_result: checkResult,
  image: (block, { place }) => checkImage(block, place),
  document: checkAssistantDocument,
  redacted_thinking: (block, { place }) => {
    stringAt(block.data, `${place}.data`);
  },
};
