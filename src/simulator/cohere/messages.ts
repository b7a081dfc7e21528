import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { checkKnown, checkOneOf, listAt, objectAt, refuse, stringAt } from './refusal.ts';

/** Members of a message by role, beside the role. */
const MESSAGES: Readonly<Record<string, readonly string[]>> = {
  system: ['content'],
  user: ['content'],
  assistant: ['content', 'tool_calls', 'tool_plan', 'citations'],
  tool: ['content', 'tool_call_id'],
};

/** Types of content by role. */
const CONTENT: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  user: ['text', 'image_url'],
  assistant: ['text', 'thinking'],
  tool: ['text', 'document'],
};

const IMAGE = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Refuses messages whose form or order the service refuses. */
export function checkMessages(body: JsonObject): void {
  const messages = listAt(body.messages, 'messages');
  if (messages.length === 0) refuse('at least one message must be provided.');
  const read = messages.map((message, index) => checkMessage(message, `messages[${index}]`));
  if (!read.some(({ role }) => role === 'user')) {
    refuse('message must be at least 1 token long or tool results must be specified.');
  }
  for (const [index, message] of read.entries()) {
    if (message.role === 'assistant') checkAnswered(message, read.slice(index + 1), index);
    if (message.role === 'tool') checkBelongs(message, read.slice(0, index), index);
  }
}

function checkMessage(value: Json, place: string): JsonObject {
  const message = objectAt(value, place);
  const role = stringAt(message.role, `${place}.role`);
  const known = Object.hasOwn(MESSAGES, role) ? MESSAGES[role] : undefined;
  if (known === undefined) refuse(`${place}.role must be one of: ${Object.keys(MESSAGES).join(', ')}.`);
  checkKnown(message, ['role', ...(known ?? [])]);
  const calls = message.tool_calls === undefined ? [] : listAt(message.tool_calls, `${place}.tool_calls`);
  for (const [index, call] of calls.entries()) checkCall(call, `${place}.tool_calls[${index}]`);
  if (message.tool_plan !== undefined) stringAt(message.tool_plan, `${place}.tool_plan`);
  if (message.citations !== undefined) checkCitations(message.citations, place);
  if (role === 'tool') stringAt(message.tool_call_id, `${place}.tool_call_id`);
  const isEmpty = checkContent(message, role, place);
  if (role === 'user' && isEmpty) refuse('message must be at least 1 token long or tool results must be specified.');
  if (role === 'tool' && isEmpty) refuse(`${place}: tool message content must not be empty.`);
  if (role === 'assistant' && isEmpty && calls.length === 0) refuse('all elements in history must have a message.');
  return message;
}

/** True when nothing is said. */
function checkContent({ content }: JsonObject, role: string, place: string): boolean {
  if (content === undefined || typeof content === 'string') return textOf(content) === '';
  const blocks = listAt(content, `${place}.content`);
  for (const [index, block] of blocks.entries()) {
    checkBlock(objectAt(block, `${place}.content[${index}]`), role, `${place}.content[${index}]`);
  }
  return blocks.length === 0;
}

function checkBlock(block: JsonObject, role: string, place: string): void {
  const type = stringAt(block.type, `${place}.type`);
  checkOneOf(type, CONTENT[role] ?? [], `${place}.type`);
  checkKnown(block, ['type', type]);
  if (type === 'text' || type === 'thinking') {
    if (stringAt(block[type], `${place}.${type}`) === '' && role !== 'assistant')
      refuse(`${place}.${type} must not be empty.`);
  } else if (type === 'image_url') {
    const image = objectAt(block.image_url, `${place}.image_url`);
    checkKnown(image, ['url', 'detail']);
    checkOneOf(image.detail, ['auto', 'low', 'high'], `${place}.image_url.detail`);
    const url = stringAt(image.url, `${place}.image_url.url`);
    if (!/^https?:\/\//.test(url) && !IMAGE.test(url)) refuse('image url must be a valid url or base64 data uri.');
  } else {
    checkDocument(block.document, `${place}.document`);
  }
}

/** Refuses a document that is none; in a list of documents a text alone is one, too. */
export function checkDocument(value: Json | undefined, place: string): void {
  const document = objectAt(value, place);
  checkKnown(document, ['data', 'id']);
  if (!isObject(document.data) && typeof document.data !== 'string') refuse(`${place}.data must be an object.`);
  if (document.id !== undefined) stringAt(document.id, `${place}.id`);
}

function checkCall(value: Json, place: string): void {
  const call = objectAt(value, place);
  checkKnown(call, ['id', 'type', 'function']);
  if (stringAt(call.id, `${place}.id`) === '') refuse(`${place}.id must not be empty.`);
  if (call.type !== 'function') refuse(`${place}.type must be one of: function.`);
  const called = objectAt(call.function, `${place}.function`);
  checkKnown(called, ['name', 'arguments']);
  if (stringAt(called.name, `${place}.function.name`) === '') refuse(`${place}.function.name must not be empty.`);
  const text = stringAt(called.arguments, `${place}.function.arguments`);
  if (!isJsonObject(text)) refuse(`${place}.function.arguments must be a JSON object.`);
}

/** The service says `null` where a tool takes nothing, and takes it back. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return value === null || isObject(value);
  } catch {
    return false;
  }
}

function checkCitations(value: Json, place: string): void {
  for (const [index, citation] of listAt(value, `${place}.citations`).entries()) {
    const known = ['start', 'end', 'text', 'sources', 'content_index', 'type'];
    checkKnown(objectAt(citation, `${place}.citations[${index}]`), known);
  }
}

/** Every call is answered by the tool messages right after it. */
function checkAnswered(message: JsonObject, after: readonly JsonObject[], index: number): void {
  const ids = listOf(message.tool_calls).map((call) => textOf(objectOf(call).id));
  if (new Set(ids).size < ids.length) refuse(`messages[${index}].tool_calls: the ids of tool calls must be unique.`);
  const end = after.findIndex(({ role }) => role !== 'tool');
  const results = (end < 0 ? after : after.slice(0, end)).map(({ tool_call_id: id }) => textOf(id));
  const missing = ids.filter((id) => !results.includes(id));
  if (missing.length === 0) return;
  refuse(`messages[${index}]: each tool call must be followed by a tool message: ${missing.join(', ')} is not.`);
}

function checkBelongs(message: JsonObject, before: readonly JsonObject[], index: number): void {
  const caller = before.findLast(({ role }) => role !== 'tool');
  const ids = listOf(caller?.tool_calls).map((call) => textOf(objectOf(call).id));
  if (ids.includes(textOf(message.tool_call_id))) return;
  refuse(
    `messages[${index}].tool_call_id: '${textOf(message.tool_call_id)}' was not found in the tool calls of the previous ` +
      'assistant message.',
  );
}
