import type { ToolCallBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import type { FunctionTool, Tool } from '../../canon/request.ts';
import { type Builtin, builtinOfFunction, builtinOfItemId } from './builtin.ts';
import { asExt, otherFields, ownFields } from './ext.ts';

/** The call of a built-in tool as the call of a function. `name` is the function's, where it is not the usual one. */
export function readBuiltinCall(item: JsonObject, builtin: Builtin, name = builtin.name): ToolCallBlock {
  const known = new Set(['type', 'call_id', ...builtin.fields]);
  if (item.status === 'completed') known.add('status');
  return {
    type: 'tool_call',
    id: stringIn(item.call_id) ?? '',
    name,
    json: JSON.stringify(builtin.argumentsOf(item)),
    ...asExt(otherFields(item, known)),
  };
}

/**
 * The item that a call of a built-in tool is, without its status; nothing for calls of other tools and for arguments
 * that no such item can hold.
 */
export function writeBuiltinCall(call: ToolCallBlock, tools: readonly Tool[]): JsonObject | undefined {
  const builtin = builtinCalled(call, tools);
  const args = builtin === undefined ? undefined : parseJson(call.json === '' ? '{}' : call.json);
  if (builtin === undefined || !isObject(args)) return undefined;
  const tool = offered(call, tools);
  const single = ownFields(tool?.ext).display_width !== undefined;
  return { type: builtin.call, call_id: call.id, ...builtin.callOf(args, single), ...ownFields(call.ext) };
}

/** The built-in tool that is called: one that the client offers, or one whose item the call has been. */
export function builtinCalled(call: Omit<ToolCallBlock, 'json'>, tools: readonly Tool[]): Builtin | undefined {
  if (call.kind === 'custom') return undefined;
  const tool = offered(call, tools);
  return tool === undefined ? builtinOfItemId(call.name, ownFields(call.ext).id) : builtinOfFunction(tool);
}

function offered({ name }: { readonly name: string }, tools: readonly Tool[]): FunctionTool | undefined {
  const tool = tools.find((one) => one.name === name);
  return tool?.type === 'function' ? tool : undefined;
}
