import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { checkImageUrl } from '../openai-chat/image.ts';
import { checkLength, checkOneOf, checkToolName, refuse, refuseType } from '../openai-chat/refusal.ts';
import { ID_PREFIXES, ITEMS, PARTS } from './items.ts';
import { checkMembers, refuseMissing } from './members.ts';
import { checkTool } from './tools.ts';

const MAX_ID = 64;
const ROLES = ['assistant', 'system', 'developer', 'user'];
const INPUT_PARTS = ['input_text', 'input_image', 'input_file'];
const OUTPUT_PARTS = ['output_text', 'refusal'];
const STATUSES = ['in_progress', 'completed', 'incomplete'];

/** Refuses an input whose items have a form that the service refuses; their order is not looked at. */
export function checkInput(input: Json | undefined): void {
  if (input === undefined || input === null || typeof input === 'string') return;
  if (!Array.isArray(input)) refuseType('input', 'one of a string or array of input items', input);
  const seen = new Set<string>();
  for (const [index, value] of listOf(input).entries()) {
    if (!isObject(value)) refuseType(`input[${index}]`, 'an input item', value);
    const item = objectOf(value);
    checkItem(item, `input[${index}]`);
    const id = textOf(item.id);
    if (id !== '' && seen.has(id) && item.type !== 'item_reference') {
      refuse(`Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`, 'input');
    }
    seen.add(id);
  }
}

/** The type of an item, which a message and a reference may leave out. */
export function typeOfItem(item: JsonObject): string {
  if (typeof item.type === 'string') return item.type;
  return item.role === undefined && item.id !== undefined ? 'item_reference' : 'message';
}

function checkItem(item: JsonObject, place: string): void {
  const type = typeOfItem(item);
  checkOneOf(type, Object.keys(ITEMS), place);
  checkMembers(item, ITEMS[type] ?? [], place);
  checkIds(item, type, place);
  CHECKS[type]?.(item, place);
}

function checkIds(item: JsonObject, type: string, place: string): void {
  for (const name of ['id', 'call_id']) {
    const value = item[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') refuseType(`${place}.${name}`, 'a string', value);
    checkLength(textOf(value), MAX_ID, `${place}.${name}`);
  }
  const prefix = ID_PREFIXES[type];
  if (prefix === undefined || typeof item.id !== 'string' || item.id.startsWith(prefix)) return;
  refuse(
    `Invalid '${place}.id': '${item.id}'. Expected an ID that begins with '${prefix}'.`,
    `${place}.id`,
    'invalid_value',
  );
}

type ItemCheck = (item: JsonObject, place: string) => void;

const CHECKS: Readonly<Record<string, ItemCheck>> = {
  message(item, place) {
    checkOneOf(item.role, ROLES, place);
    if (item.phase !== undefined && item.phase !== null) {
      checkOneOf(item.phase, ['commentary', 'final_answer'], `${place}.phase`);
    }
    checkContent(item.content, item.role === 'assistant' ? OUTPUT_PARTS : INPUT_PARTS, `${place}.content`);
  },
  function_call(item, place) {
    checkToolName(textOf(item.name), `${place}.name`);
    if (typeof item.arguments !== 'string') refuseType(`${place}.arguments`, 'a string', item.arguments);
    checkStatus(item, place);
  },
  custom_tool_call(item, place) {
    checkToolName(textOf(item.name), `${place}.name`);
    if (typeof item.input !== 'string') refuseType(`${place}.input`, 'a string', item.input);
  },
  function_call_output(item, place) {
    if ((item.call_id ?? item.name ?? null) === null) refuseMissing(`${place}.call_id`);
    checkContent(item.output, INPUT_PARTS, `${place}.output`);
    checkStatus(item, place);
  },
  custom_tool_call_output: (item, place) => checkContent(item.output, INPUT_PARTS, `${place}.output`),
  reasoning(item, place) {
    if (!Array.isArray(item.summary)) refuseType(`${place}.summary`, 'an array of objects', item.summary);
    checkParts(listOf(item.summary), ['summary_text'], `${place}.summary`);
    if (item.content !== null) checkParts(listOf(item.content), ['reasoning_text'], `${place}.content`);
  },
  additional_tools: (item, place) =>
    listOf(item.tools).forEach((tool, index) => {
      checkTool(objectOf(tool), `${place}.tools[${index}]`);
    }),
};

function checkStatus(item: JsonObject, place: string): void {
  if (item.status !== undefined && item.status !== null) checkOneOf(item.status, STATUSES, `${place}.status`);
}

function checkContent(content: Json | undefined, types: readonly string[], place: string): void {
  if (typeof content === 'string') return;
  if (!Array.isArray(content)) refuseType(place, 'one of an array of objects or string', content);
  checkParts(listOf(content), types, place);
}

function checkParts(parts: readonly Json[], types: readonly string[], place: string): void {
  for (const [index, value] of parts.entries()) {
    const at = `${place}[${index}]`;
    if (!isObject(value)) refuseType(at, 'an object', value);
    const part = objectOf(value);
    const type = textOf(part.type);
    if (part.type === undefined) refuseMissing(`${at}.type`);
    checkOneOf(type, types, at);
    checkMembers(part, PARTS[type] ?? [], at);
    for (const name of ['text', 'refusal']) {
      if (part[name] !== undefined && typeof part[name] !== 'string')
        refuseType(`${at}.${name}`, 'a string', part[name]);
    }
    if (type === 'input_image') checkImage(part, at);
    if (type === 'input_file') checkFile(part, at);
  }
}

function checkImage(part: JsonObject, place: string): void {
  const { image_url: url = null, file_id: file = null, detail = null } = part;
  if (url === null && file === null) refuseMissing(`${place}.image_url`);
  if (url !== null && typeof url !== 'string') refuseType(`${place}.image_url`, 'an image URL', url);
  if (typeof url === 'string') checkImageUrl(url, `${place}.image_url`);
  if (detail !== null) checkOneOf(detail, ['low', 'high', 'auto', 'original'], `${place}.detail`);
}

function checkFile(part: JsonObject, place: string): void {
  const { file_data: data = null, file_id: file = null, file_url: url = null } = part;
  if (data === null && file === null && url === null) refuseMissing(`${place}.file_id`);
  if (data === null || /^data:[^;,]+;base64,[A-Za-z0-9+/]+={0,2}$/.test(textOf(data))) return;
  refuse(
    `Invalid '${place}.file_data'. Expected a base64-encoded data URL with an application/pdf MIME type ` +
      "(e.g. 'data:application/pdf;base64,aGVsbG8='), but got a value without the 'data:' prefix.",
    `${place}.file_data`,
    'invalid_value',
  );
}
