import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import type { Tool, ToolChoice, ToolMeaning } from '../../canon/request.ts';
import { asExt, converseName } from './ext.ts';
import { aBoolean, isAbsent, optional, requiredList, requiredObject, requiredString, wrongField } from './field.ts';
import { isPoint, markedBy } from './mark.ts';

const specFields: ReadonlySet<string> = new Set(['name', 'description', 'inputSchema', 'strict']);
const configFields: ReadonlySet<string> = new Set(['tools', 'toolChoice']);

/** Tools of Amazon's own that other providers have the like of. */
export const systemTools: ReadonlyMap<string, ToolMeaning> = new Map<string, ToolMeaning>([
  ['nova_grounding', { type: 'web_search' }],
  ['nova_code_interpreter', { type: 'code_execution' }],
]);

/** `toolConfig` in its parts. `others` has what canon has no place for. */
export interface ReadTools {
  readonly tools: readonly Tool[];
  readonly choice?: ToolChoice;
  readonly others: JsonObject;
}

/** The tools of a request, and which of them have to be called. A cache point marks the tool before it. */
export function readToolConfig(value: unknown): ReadTools {
  if (isAbsent(value)) return { tools: [], others: {} };
  const config = requiredObject(value, 'toolConfig');
  const choice = readChoice(config.toolChoice);
  const unread = choice === undefined && isObject(config.toolChoice);
  return {
    tools: readTools(config.tools),
    ...(choice !== undefined && { choice }),
    others: { ...otherFields(config, configFields), ...(unread && { toolChoice: config.toolChoice }) },
  };
}

function readTools(value: unknown): Tool[] {
  const tools: Tool[] = [];
  const list = optional(value, 'toolConfig.tools', requiredList) ?? [];
  list.forEach((item, i) => {
    const path = `toolConfig.tools[${i}]`;
    const object = requiredObject(item, path);
    const marked = isPoint(object) ? markedBy(tools.at(-1), object) : undefined;
    if (marked === undefined) tools.push(readTool(object, path));
    else tools[tools.length - 1] = marked;
  });
  return tools;
}

function readTool(object: JsonObject, path: string): Tool {
  if (isAbsent(object.toolSpec)) return nativeTool(object);
  const spec = requiredObject(object.toolSpec, `${path}.toolSpec`);
  const schema = requiredObject(spec.inputSchema, `${path}.toolSpec.inputSchema`);
  const description = optional(spec.description, `${path}.toolSpec.description`, requiredString);
  const strict = optional(spec.strict, `${path}.toolSpec.strict`, aBoolean);
  return {
    type: 'function',
    name: requiredString(spec.name, `${path}.toolSpec.name`),
    ...(description !== undefined && { description }),
    schema: requiredObject(schema.json, `${path}.toolSpec.inputSchema.json`),
    ...(strict !== undefined && { strict }),
    ...asExt(otherFields(spec, specFields)),
  };
}

function nativeTool(value: JsonObject): Tool {
  const [member] = Object.keys(value);
  const name = isObject(value.systemTool) ? stringIn(value.systemTool.name) : undefined;
  const means = systemTools.get(name ?? '');
  return {
    type: 'native',
    dialect: converseName,
    name: name ?? member ?? 'tool',
    value,
    ...(means !== undefined && { means }),
  };
}

function readChoice(value: unknown): ToolChoice | undefined {
  const choice = optional(value, 'toolConfig.toolChoice', requiredObject);
  if (choice === undefined) return undefined;
  if (isObject(choice.auto)) return { type: 'auto' };
  if (isObject(choice.any)) return { type: 'required' };
  if (isAbsent(choice.tool)) return undefined;
  if (!isObject(choice.tool)) throw wrongField('toolConfig.toolChoice.tool', 'Member must be a structure');
  return { type: 'tool', name: requiredString(choice.tool.name, 'toolConfig.toolChoice.tool.name') };
}
