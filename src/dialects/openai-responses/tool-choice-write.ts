import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { builtinOfFunction, writeBuiltinTool } from './builtin.ts';
import { responsesName } from './ext.ts';
import { membershipOf } from './namespace.ts';
import type { Writing } from './writing.ts';

/** Tools that a choice may name by their type alone. */
const nameable: ReadonlySet<unknown> = new Set([
  'file_search',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'image_generation',
  'code_interpreter',
  'mcp',
  'programmatic_tool_calling',
  'shell',
  'apply_patch',
  'computer',
  'computer_use_preview',
]);

/** `tool_choice`; nothing where the client left it open. */
export function writeToolChoice({ request, quirks, lose }: Writing): JsonObject | string | undefined {
  const choice = request.toolChoice;
  if (choice === undefined) return undefined;
  if (quirks.forced_tools === false && (choice.type === 'required' || choice.type === 'tool')) {
    lose('approximated', 'tool_choice', 'the model cannot be made to call a tool');
    return 'auto';
  }
  if (choice.type !== 'tool' && (choice.type !== 'required' || choice.allowed === undefined)) return choice.type;
  const names = choice.type === 'tool' ? [choice.name] : (choice.allowed ?? []);
  const named = names.map((name) => nameOf(name, request)).filter((one) => one !== undefined);
  const [only] = named;
  if (only === undefined) {
    lose('dropped', 'tool_choice', 'there is no such tool here');
    return undefined;
  }
  // Of some tools a choice may only say that they are allowed.
  if (choice.type === 'tool' && (only.name !== undefined || nameable.has(only.type))) return only;
  return { type: 'allowed_tools', mode: 'required', tools: named };
}

function nameOf(name: string, { tools }: ChatRequest): JsonObject | undefined {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) return { type: 'function', name };
  if (tool.type === 'native') {
    if (tool.dialect !== responsesName) return meant.get(tool.means?.type);
    const { type, server_label: label } = tool.value;
    return { type, ...(label !== undefined && { server_label: label }) };
  }
  const builtin = tool.type === 'function' ? builtinOfFunction(tool) : undefined;
  if (builtin !== undefined && tool.type === 'function') return { type: writeBuiltinTool(tool, builtin).type };
  const membership = membershipOf(tool);
  if (membership === undefined) return { type: tool.type, name };
  return { type: tool.type, name: membership.member, namespace: membership.name };
}

const meant: ReadonlyMap<string | undefined, JsonObject> = new Map([
  ['web_search', { type: 'web_search' }],
  ['code_execution', { type: 'code_interpreter' }],
]);
