import type { ToolCallBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Tool } from '../../canon/request.ts';
import { writeBuiltinCall } from './builtin-call.ts';
import { ownFields } from './ext.ts';
import { legalCallId } from './item-id.ts';
import { membershipOf } from './namespace.ts';

/** The item that a call is, without its status: its `id` is there where the block remembers one. */
export function writeCall(call: ToolCallBlock, tools: readonly Tool[]): JsonObject {
  const id = legalCallId(call.id);
  const builtin = writeBuiltinCall(call, tools);
  if (builtin !== undefined) return { ...builtin, call_id: id };
  const { namespace, ...rest } = ownFields(call.ext);
  const named = { ...nameOf(call, tools, namespace), ...rest };
  if (call.kind === 'custom') return { type: 'custom_tool_call', call_id: id, ...named, input: call.json };
  // Arguments that never came are none, and "none" is written `{}`.
  return { type: 'function_call', call_id: id, ...named, arguments: call.json === '' ? '{}' : call.json };
}

/** A tool's name, and its namespace where it has one. */
function nameOf(call: ToolCallBlock, tools: readonly Tool[], namespace: unknown): JsonObject {
  const tool = tools.find(({ name }) => name === call.name);
  const offered = tool === undefined || tool.type === 'native' ? undefined : tool;
  const membership = membershipOf(call) ?? (offered === undefined ? undefined : membershipOf(offered));
  if (membership !== undefined) return { name: membership.member, namespace: membership.name };
  return { name: call.name, ...(namespace !== undefined && { namespace }) };
}

/** The type of the item that answers a call. */
export function outputTypeOf(call: JsonObject): string {
  return call.type === 'function_call'
    ? 'function_call_output'
    : `${String(call.type).replace(/_call$/, '')}${suffixOf(call.type)}`;
}

function suffixOf(type: unknown): string {
  return type === 'tool_search_call' ? '_output' : '_call_output';
}
