import { isObject, type JsonObject, numberIn, otherFields, stringIn } from '../../canon/json.ts';
import { readUnder } from '../../canon/path.ts';
import { madeOf } from '../../canon/recurring.ts';
import type { FunctionTool, Tool, ToolChoice, ToolMeaning } from '../../canon/request.ts';
import { anthropicName, dotted } from './ext.ts';
import { aBoolean, at, isAbsent, optional, requiredList, requiredObject, requiredString } from './field.ts';
import { marked, readCacheMark } from './mark.ts';

const toolFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'defer_loading',
]);
const choiceFields: ReadonlySet<string> = new Set(['type', 'name', 'disable_parallel_tool_use']);

/** The tools of a request. */
export function readTools(value: unknown): readonly Tool[] {
  const list = optional(value, 'tools', requiredList);
  if (list === undefined) return [];
  return madeOf(list, readTools, () =>
    readUnder('tools', (path) => list.map((tool, i) => readTool(tool, at(path, i)))),
  );
}

function readTool(value: unknown, path: string): Tool {
  const tool = requiredObject(value, path);
  const type = optional(tool.type, at(path, 'type'), requiredString) ?? 'custom';
  if (type !== 'custom') return nativeTool(tool, type, path);
  const description = optional(tool.description, at(path, 'description'), requiredString);
  const strict = optional(tool.strict, at(path, 'strict'), aBoolean);
  const deferred = optional(tool.defer_loading, at(path, 'defer_loading'), aBoolean);
  // A placeholder that is never shown to the model may come without a schema.
  const bare = deferred === true && isAbsent(tool.input_schema);
  const name = requiredString(tool.name, at(path, 'name'));
  const schema = bare ? { type: 'object' } : requiredObject(tool.input_schema, at(path, 'input_schema'));
  const read: FunctionTool =
    description === undefined ? { type: 'function', name, schema } : { type: 'function', name, description, schema };
  if (strict !== undefined) Object.assign(read, { strict });
  if (deferred !== undefined) Object.assign(read, { deferred });
  return marked(read, tool, toolFields, path);
}

function nativeTool(value: JsonObject, type: string, path: string): Tool {
  const name = stringIn(value.name) ?? stringIn(value.mcp_server_name) ?? type;
  const cache = readCacheMark(value.cache_control, at(path, 'cache_control'));
  const means = readMeaning(type, value);
  return {
    type: 'native',
    dialect: anthropicName,
    name,
    value,
    ...(means !== undefined && { means }),
    ...(cache !== undefined && { cache }),
  };
}

/** What the service's own tools are for, where other languages have the like; nothing for the rest. */
function readMeaning(type: string, value: JsonObject): ToolMeaning | undefined {
  if (/^web_fetch_\d/.test(type)) return { type: 'web_fetch' };
  if (/^code_execution_\d/.test(type)) return { type: 'code_execution' };
  if (!/^web_search_\d/.test(type)) return undefined;
  const maxUses = numberIn(value.max_uses);
  const allowed = textsIn(value.allowed_domains);
  const blocked = textsIn(value.blocked_domains);
  const place = Object.entries(isObject(value.user_location) ? value.user_location : {}).flatMap(([part, text]) =>
    part !== 'type' && typeof text === 'string' ? [[part, text] as const] : [],
  );
  return {
    type: 'web_search',
    ...(maxUses !== undefined && { maxUses }),
    ...(allowed.length > 0 && { allowedDomains: allowed }),
    ...(blocked.length > 0 && { blockedDomains: blocked }),
    ...(place.length > 0 && { location: Object.fromEntries(place) }),
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** `tool_choice` in its parts. `others` has what canon has no place for, under dotted names. */
export interface ReadChoice {
  readonly choice?: ToolChoice;
  readonly parallel?: boolean;
  readonly others: JsonObject;
}

/** Which tools have to be called, and whether more than one may be. */
export function readToolChoice(value: unknown): ReadChoice {
  if (isAbsent(value)) return { others: {} };
  const wire = requiredObject(value, 'tool_choice');
  const choice = choiceOf(requiredString(wire.type, 'tool_choice.type'), wire);
  if (choice === undefined) return { others: { tool_choice: wire } };
  const single = optional(wire.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use', aBoolean);
  return {
    choice,
    ...(single !== undefined && { parallel: !single }),
    others: dotted('tool_choice', otherFields(wire, choiceFields)),
  };
}

function choiceOf(type: string, wire: JsonObject): ToolChoice | undefined {
  switch (type) {
    case 'auto':
    case 'none':
      return { type };
    case 'any':
      return { type: 'required' };
    case 'tool':
      return { type, name: requiredString(wire.name, 'tool_choice.name') };
    default:
      return undefined;
  }
}
