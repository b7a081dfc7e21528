import type { ToolCallBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import type { Tool } from '../../canon/request.ts';
import { type Builtin, builtinNamed } from './builtin.ts';
import { asExt, otherFields, ownFields } from './ext.ts';

/** The call of a built-in tool as the call of a function. `name` is the function's, where it is not the usual one. */
export function readBuiltinCall(item: JsonObject, builtin: Builtin, name = builtin.name): ToolCallBlock {
  const known = new Set(['type', 'call_id', ...builtin.fields]);
  if (item.status === 'completed') known.add('status');
  const single = item.action !== undefined && item.type === 'computer_call';
  return {
    type: 'tool_call',
    id: stringIn(item.call_id) ?? '',
    name,
    json: JSON.stringify(builtin.argumentsOf(item)),
    ...asExt({ builtin: item.type, ...(single && { single }), ...otherFields(item, known) }),
  };
}

/**
 * The item that a call of a built-in tool is, without its id and status; nothing for calls of other tools and for
 * arguments that no such item can hold.
 */
export function writeBuiltinCall(call: ToolCallBlock, tools: readonly Tool[]): JsonObject | undefined {
  if (call.kind === 'custom') return undefined;
  const tool = tools.find(({ name }) => name === call.name);
  const offered = tool?.type === 'function' ? tool : undefined;
  const builtin = builtinNamed(call) ?? (offered === undefined ? undefined : builtinNamed(offered));
  if (builtin === undefined) return undefined;
  const args = parseJson(call.json === '' ? '{}' : call.json);
  if (!isObject(args)) return undefined;
  const { builtin: _, single, ...rest } = ownFields(call.ext);
  const isSingle = single === true || ownFields(offered?.ext).builtin === 'computer_use_preview';
  return { type: builtin.call, call_id: call.id, ...builtin.callOf(args, isSingle), ...rest };
}
