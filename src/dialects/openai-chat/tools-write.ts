import { functionFor } from '../../canon/custom-tool.ts';
import type { JsonObject } from '../../canon/json.ts';
import { arePlain } from '../../canon/plain-tools.ts';
import { madeOf } from '../../canon/recurring.ts';
import type { ChatRequest, CustomTool, FunctionTool, NativeTool, Tool } from '../../canon/request.ts';
import { visibleTools } from '../../canon/visible-tools.ts';
import { writeNative } from './web-search.ts';
import type { Writing } from './writing.ts';

/** `tools`, `tool_choice` and `parallel_tool_calls`; nothing at all without tools. */
export function writeTools(request: ChatRequest, writing: Writing): JsonObject {
  const allowed = request.toolChoice?.type === 'required' ? request.toolChoice.allowed : undefined;
  const shown = visibleTools(request, ({ what, path, why }) => writing.lose(what, path, why));
  // Only OpenAI itself knows a list of allowed tools; for others, fewer tools say the same.
  const asList = allowed !== undefined && allowed.length > 1 && writing.own;
  const offered = allowed === undefined || asList ? shown : shown.filter((tool) => allowed.includes(tool.name));
  if (offered !== shown) writing.lose('approximated', 'tool_choice', 'only the allowed tools are offered');
  const fields: JsonObject = {};
  const tools = arePlain(offered, 'openai-chat')
    ? madeOf(offered, writeTools, () => offered.map(writeFunction))
    : writeList(offered, request, fields, writing);
  if (tools.length === 0) {
    if ((request.toolChoice?.type ?? 'auto') !== 'auto') writing.lose('dropped', 'tool_choice', 'there is no tool');
    if (request.parallelTools !== undefined) writing.lose('dropped', 'parallel_tools', 'there is no tool');
    return fields;
  }
  const written: JsonObject = { tools, ...fields, ...writeToolChoice(request, asList ? allowed : undefined, writing) };
  if (request.parallelTools !== undefined) written['parallel_tool_calls'] = request.parallelTools;
  return written;
}

/** @param fields takes what is asked for beside the tools. */
function writeList(
  offered: readonly Tool[],
  request: ChatRequest,
  fields: JsonObject,
  writing: Writing,
): readonly JsonObject[] {
  const tools: JsonObject[] = [];
  for (const tool of offered) {
    const path = `tools[${request.tools.indexOf(tool)}]`;
    if (tool.type !== 'native') {
      tools.push(writeTool(tool, path, writing));
      continue;
    }
    const written = writeNative(tool, path, writing);
    addFields(fields, written.fields);
    if (written.tool !== undefined) tools.push(written.tool);
  }
  return tools;
}

/** Lists of several tools become one. */
function addFields(fields: JsonObject, more: JsonObject = {}): void {
  for (const [field, value] of Object.entries(more)) {
    const there = fields[field];
    fields[field] =
      Array.isArray(there) && Array.isArray(value) ? [...(there as unknown[]), ...(value as unknown[])] : value;
  }
}

function writeTool(tool: Exclude<Tool, NativeTool>, path: string, writing: Writing): JsonObject {
  if (tool.type === 'function' && tool.cache === undefined && tool.ext === undefined) return writeFunction(tool);
  const { body, ...ext } = tool.ext?.['openai-chat'] ?? {};
  const mark = writing.mark(tool.cache, path);
  const inner = body as JsonObject | undefined;
  if (tool.type === 'function')
    return { type: 'function', function: { ...functionOf(tool), ...inner }, ...ext, ...mark };
  if (writing.own) return { type: 'custom', custom: { ...customOf(tool), ...inner }, ...ext };
  writing.lose('approximated', path, 'free text is asked for as the one argument of a function');
  return { type: 'function', function: functionOf(functionFor(tool)) };
}

function writeFunction(tool: FunctionTool): JsonObject {
  return { type: 'function', function: functionOf(tool) };
}

function functionOf({ name, description, schema, strict }: FunctionTool): JsonObject {
  const written: JsonObject =
    description === undefined ? { name, parameters: schema } : { name, description, parameters: schema };
  if (strict !== undefined) written['strict'] = strict;
  return written;
}

function customOf({ name, description, format }: CustomTool): JsonObject {
  return { name, ...(description !== undefined && { description }), ...(format !== undefined && { format }) };
}

function writeToolChoice(request: ChatRequest, allowed: readonly string[] | undefined, writing: Writing): JsonObject {
  const choice = request.toolChoice;
  if (choice === undefined) return {};
  const required = writing.quirks.tool_choice_required ?? 'required';
  const names = new Map(request.tools.map((tool) => [tool.name, tool]));
  const named = (name: string): JsonObject =>
    names.get(name)?.type === 'custom' && writing.own
      ? { type: 'custom', custom: { name } }
      : { type: 'function', function: { name } };
  switch (choice.type) {
    case 'tool':
      return { tool_choice: named(choice.name) };
    case 'required':
      if (allowed !== undefined) {
        return {
          tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: allowed.map(named) } },
        };
      }
      return { tool_choice: choice.allowed?.length === 1 ? named(String(choice.allowed[0])) : required };
    default:
      return { tool_choice: choice.type };
  }
}
