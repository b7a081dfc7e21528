import type { Ext } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { readUnder } from '../../canon/path.ts';
import { madeOf } from '../../canon/recurring.ts';
import type { ChatRequest, CustomTool, FunctionTool, Tool, ToolChoice } from '../../canon/request.ts';
import {
  at,
  boolean,
  missingField,
  nth,
  object,
  objects,
  optional,
  required,
  string,
  unknownValue,
  within,
  wrongType,
} from './fields.ts';
import { readCacheMark } from './parts-read.ts';
import { readMeaning, readWebSearch } from './web-search.ts';

/**
 * Marks, in a tool's `ext`, that the client speaks of functions and wants to be answered so. A symbol, because it is
 * no field: it is not to be sent, and other languages lose nothing by it.
 */
const functionForm = Symbol('function_call');

/** Whether the client offered functions in the older form, and so waits for a `function_call`. */
export function asksForFunctions({ tools }: ChatRequest): boolean {
  return tools.some((tool) => tool.type === 'function' && functionForm in (tool.ext?.['openai-chat'] ?? {}));
}

/** Reads `tools`, the older `functions`, and what is asked for beside them. */
export function readTools(body: JsonObject): readonly Tool[] {
  const tools = optional(body, 'tools', objects);
  const functions = optional(body, 'functions', objects) ?? [];
  const read = tools === undefined ? [] : madeOf(tools, readTools, () => readList(tools));
  const more: Tool[] = functions.map((fn, i) => readFunction(fn, {}, { [functionForm]: true }, `functions[${i}].`));
  more.push(...readWebSearch(body));
  return more.length === 0 ? read : [...read, ...more];
}

function readList(tools: readonly JsonObject[]): readonly Tool[] {
  return readUnder('tools', (path) => tools.map((tool, i) => readTool(tool, nth(path, i))));
}

const toolFields = new Set(['type', 'function', 'custom', 'cache_control']);
const functionFields = new Set(['name', 'description', 'parameters', 'strict', 'cache_control']);
const customFields = new Set(['name', 'description', 'format']);

function readTool(tool: JsonObject, path: string): Tool {
  const type = stringIn(tool['type']) ?? (isObject(tool['function']) ? 'function' : undefined);
  if (type === undefined) throw missingField(at(path, 'type'));
  if (type === 'function') {
    const fn = required(tool, 'function', object, within(path));
    return readFunction(fn, tool, otherFields(tool, toolFields), within(at(path, 'function')));
  }
  if (type === 'custom') {
    const custom = required(tool, 'custom', object, within(path));
    return readCustom(custom, tool, within(at(path, 'custom')));
  }
  const means = readMeaning(tool);
  const name = stringIn(tool['name']) ?? type;
  return { type: 'native', dialect: 'openai-chat', name, value: tool, ...(means !== undefined && { means }) };
}

function readFunction(fn: JsonObject, tool: JsonObject, ext: JsonObject | undefined, path: string): FunctionTool {
  const description = optional(fn, 'description', string, path);
  const strict = optional(fn, 'strict', boolean, path);
  const cache = readCacheMark(tool) ?? readCacheMark(fn);
  const name = required(fn, 'name', string, path);
  // Without parameters a function takes none.
  const schema = optional(fn, 'parameters', object, path) ?? { type: 'object', properties: {} };
  const read: FunctionTool =
    description === undefined ? { type: 'function', name, schema } : { type: 'function', name, description, schema };
  if (strict !== undefined) Object.assign(read, { strict });
  if (cache !== undefined) Object.assign(read, { cache });
  const body = otherFields(fn, functionFields);
  return ext === undefined && body === undefined ? read : Object.assign(read, extOf(ext, body));
}

function readCustom(custom: JsonObject, tool: JsonObject, path: string): CustomTool {
  const description = optional(custom, 'description', string, path);
  const format = optional(custom, 'format', object, path);
  return {
    type: 'custom',
    name: required(custom, 'name', string, path),
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
    ...extOf(otherFields(tool, toolFields), otherFields(custom, customFields)),
  };
}

/** What the tool says beyond the known, and under `body` what its function or custom part does. */
function extOf(tool: JsonObject | undefined, body: JsonObject | undefined): { ext?: Ext } {
  if (tool === undefined && body === undefined) return {};
  return { ext: { 'openai-chat': { ...tool, ...(body !== undefined && { body }) } } };
}

const choices = ['none', 'auto', 'required'] as const;

/** Reads `tool_choice` and the older `function_call`. A form unknown here gives nothing, and is to be kept as it is. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call'];
  const param = body['tool_choice'] === undefined ? 'function_call' : 'tool_choice';
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') {
    if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
    if (choice === 'any') return { type: 'required' };
    throw unknownValue(param, choice, choices);
  }
  if (!isObject(choice)) throw wrongType(param, 'one of a string or object', choice);
  if (choice['type'] === 'allowed_tools') return readAllowed(choice);
  const named = choice['function'] ?? choice['custom'] ?? (param === 'function_call' ? choice : undefined);
  if (!isObject(named)) return undefined;
  return { type: 'tool', name: required(named, 'name', string, `${param}.function.`) };
}

function readAllowed(choice: JsonObject): ToolChoice | undefined {
  const allowed = isObject(choice['allowed_tools']) ? choice['allowed_tools'] : choice;
  if (allowed['mode'] !== 'required') return undefined;
  const names = objectsIn(allowed['tools']).map((tool) => {
    const named = tool['function'] ?? tool['custom'];
    return stringIn(isObject(named) ? named['name'] : tool['name']) ?? '';
  });
  return { type: 'required', allowed: names };
}
