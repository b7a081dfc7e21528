import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { Tool, ToolChoice } from '../../canon/request.ts';
import { builtinOfFunction } from './builtin.ts';
import { unknownValue, wrongType } from './fields.ts';
import { membershipOf } from './namespace.ts';

const words = ['none', 'auto', 'required'] as const;

/** Reads `tool_choice`. A form that other languages have nothing like gives nothing, and is to be kept as it is. */
export function readToolChoice(body: JsonObject, tools: readonly Tool[]): ToolChoice | undefined {
  const { tool_choice: choice } = body;
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') {
    if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
    throw unknownValue('tool_choice', choice, words);
  }
  if (!isObject(choice)) throw wrongType('tool_choice', 'one of a string or object', choice);
  if (choice.type !== 'allowed_tools') {
    const name = nameOf(choice, tools);
    return name === undefined ? undefined : { type: 'tool', name };
  }
  const names = objectsIn(choice.tools).map((one) => nameOf(one, tools));
  if (choice.mode !== 'required' || names.length === 0 || names.includes(undefined)) return undefined;
  return { type: 'required', allowed: names.filter((name) => name !== undefined) };
}

/** The canonical name of the tool that is meant: functions by their name, others by their type. */
function nameOf(choice: JsonObject, tools: readonly Tool[]): string | undefined {
  const name = stringIn(choice.name);
  if ((choice.type === 'function' || choice.type === 'custom') && name !== undefined) {
    const member = tools.find((tool) => tool.type !== 'native' && isMember(tool, name, choice.namespace));
    return member?.name ?? name;
  }
  const meant = tools.find((tool) => {
    if (tool.type === 'native') return tool.value.type === choice.type && isSameServer(tool.value, choice);
    const builtin = tool.type === 'function' ? builtinOfFunction(tool) : undefined;
    return builtin?.tools.includes(String(choice.type)) === true;
  });
  // One tool of many that a server offers is more than its name.
  return choice.type === 'mcp' && name !== undefined ? undefined : meant?.name;
}

function isMember(tool: Exclude<Tool, { type: 'native' }>, member: string, namespace: unknown): boolean {
  const membership = membershipOf(tool);
  return membership?.member === member && (namespace === undefined || membership.name === namespace);
}

function isSameServer(value: JsonObject, { server_label: label }: JsonObject): boolean {
  return label === undefined || value.server_label === label;
}
