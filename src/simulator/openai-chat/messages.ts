import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import type { Flavor } from '../scenario.ts';
import { checkImageUrl } from './image.ts';
import { checkKnown, checkLength, checkOneOf, checkToolName, refuse, refuseType } from './refusal.ts';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];
const MESSAGE_FIELDS = 'role content name refusal tool_calls function_call audio tool_call_id'.split(' ');
const PART_TYPES: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
  system: ['text'],
  developer: ['text'],
  tool: ['text'],
};
const MAX_ID = 64;

/** Refuses messages whose form or order OpenAI refuses; other kinds of server are laxer about extra members. */
export function checkMessages(body: JsonObject, flavor: Flavor): void {
  if (body.messages === undefined) {
    refuse("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (!Array.isArray(body.messages)) refuseType('messages', 'an array of objects', body.messages);
  const messages = listOf(body.messages);
  if (messages.length === 0) {
    refuse(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  for (const [index, message] of messages.entries()) checkMessage(message, index, flavor);
  checkToolOrder(messages.map(objectOf));
}

function checkMessage(value: Json, index: number, flavor: Flavor): void {
  const place = `messages[${index}]`;
  if (!isObject(value)) refuseType(place, 'an object', value);
  const message = objectOf(value);
  checkOneOf(message.role, ROLES, `${place}.role`);
  const role = textOf(message.role);
  if (flavor === 'openai') checkKnown(message, MESSAGE_FIELDS, place);
  const { content } = message;
  const calls = listOf(message.tool_calls);
  if (content === null || content === undefined) {
    const mayBeEmpty =
      role === 'assistant' && (calls.length > 0 || isObject(message.function_call) || message.refusal != null);
    if (!mayBeEmpty) refuse("Invalid value for 'content': expected a string, got null.", `messages.[${index}].content`);
  } else if (Array.isArray(content)) {
    checkParts(content, role, place, flavor);
  } else if (typeof content !== 'string') {
    refuseType(`${place}.content`, 'one of a string or array of objects', content);
  }
  if (message.tool_calls !== undefined) checkCalls(message, place);
  if (role === 'tool' && typeof message.tool_call_id !== 'string') {
    refuse(
      `Missing required parameter: '${place}.tool_call_id'.`,
      `${place}.tool_call_id`,
      'missing_required_parameter',
    );
  }
}

function checkParts(parts: readonly Json[], role: string, place: string, flavor: Flavor): void {
  if (parts.length === 0) {
    refuse(
      `Invalid '${place}.content': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `${place}.content`,
      'empty_array',
    );
  }
  for (const [index, value] of parts.entries()) {
    const at = `${place}.content[${index}]`;
    const part = objectOf(value);
    checkOneOf(part.type, PART_TYPES[role] ?? ['text'], `${at}.type`);
    if (part.type === 'text') {
      const extra = flavor === 'openai' ? [] : ['cache_control', 'citations', 'annotations'];
      checkKnown(part, ['type', 'text', 'prompt_cache_breakpoint', ...extra], at);
      if (typeof part.text !== 'string') refuseType(`${at}.text`, 'a string', part.text);
    }
    if (part.type === 'image_url') checkImage(part, at);
  }
}

function checkImage(part: JsonObject, place: string): void {
  const image = objectOf(part.image_url);
  if (!isObject(part.image_url)) refuseType(`${place}.image_url`, 'an object', part.image_url);
  checkKnown(image, ['url', 'detail'], `${place}.image_url`);
  checkImageUrl(textOf(image.url), `${place}.image_url.url`);
}

function checkCalls(message: JsonObject, place: string): void {
  if (message.role !== 'assistant')
    refuse(`Unknown parameter: '${place}.tool_calls'.`, `${place}.tool_calls`, 'unknown_parameter');
  const calls = listOf(message.tool_calls);
  if (calls.length === 0) {
    refuse(
      `Invalid '${place}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `${place}.tool_calls`,
      'empty_array',
    );
  }
  for (const [index, value] of calls.entries()) {
    const at = `${place}.tool_calls[${index}]`;
    const call = objectOf(value);
    if (typeof call.id !== 'string' || call.id === '') {
      refuse(`Missing required parameter: '${at}.id'.`, `${at}.id`, 'missing_required_parameter');
    }
    checkLength(textOf(call.id), MAX_ID, `${at}.id`);
    checkOneOf(call.type, ['function', 'custom'], `${at}.type`);
    const called = objectOf(call.function);
    if (call.type === 'function' && typeof called.arguments !== 'string') {
      refuseType(`${at}.function.arguments`, 'a string', called.arguments);
    }
    if (call.type === 'function') checkToolName(textOf(called.name), `${at}.function.name`);
  }
}

/** Every call is answered by the tool messages right after it, and no tool message stands elsewhere. */
function checkToolOrder(messages: readonly JsonObject[]): void {
  for (const [index, message] of messages.entries()) {
    const ids = listOf(message.tool_calls).map((call) => textOf(objectOf(call).id));
    const after = messages.slice(index + 1);
    const end = after.findIndex(({ role }) => role !== 'tool');
    const answered = (end < 0 ? after : after.slice(0, end)).map(({ tool_call_id: id }) => textOf(id));
    const missing = ids.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      refuse(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
          `The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
        `messages.[${index + 1}].role`,
      );
    }
    if (message.role === 'tool') checkAnswers(messages, index);
  }
}

function checkAnswers(messages: readonly JsonObject[], index: number): void {
  const before = messages.slice(0, index).findLast(({ role }) => role !== 'tool');
  const ids = listOf(before?.tool_calls).map((call) => textOf(objectOf(call).id));
  if (ids.length === 0) {
    refuse(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      `messages.[${index}].role`,
    );
  }
  if (!ids.includes(textOf(messages[index]?.tool_call_id))) {
    refuse(
      `Invalid parameter: 'tool_call_id' of '${textOf(messages[index]?.tool_call_id)}' not found in 'tool_calls' of previous message.`,
      `messages.[${index}].tool_call_id`,
    );
  }
}
