import { type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { ChatRequest, CustomTool, FunctionTool, NativeTool, Tool } from '../../canon/request.ts';
import { visibleTools } from '../../canon/visible-tools.ts';
import { builtinOfFunction, writeBuiltinTool } from './builtin.ts';
import { ownFields, responsesName } from './ext.ts';
import { flatName, membershipOf } from './namespace.ts';
import { fitsStrict } from './strict.ts';
import { writeToolChoice } from './tool-choice-write.ts';
import { saysMore, writeToolMeaning } from './tool-meaning.ts';
import type { Writing } from './writing.ts';

/** `tools`, `tool_choice` and `parallel_tool_calls`; nothing at all without tools. The conversation has been written before. */
export function writeTools(writing: Writing): JsonObject {
  const { request, own } = writing;
  const listed = own ? ownTools(request) : shownTools(writing);
  const tools = writeToolList(listed, writing);
  if (tools.length === 0 && !own) {
    if ((request.toolChoice?.type ?? 'auto') !== 'auto') writing.lose('dropped', 'tool_choice', 'there is no tool');
    if (request.parallelTools !== undefined) writing.lose('dropped', 'parallel_tools', 'there is no tool');
    return {};
  }
  const choice = writeToolChoice(writing);
  return {
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(request.parallelTools !== undefined && { parallel_tool_calls: request.parallelTools }),
  };
}

/** Those that no item adds. What a search has found may stand in the list too, hidden as it is. */
function ownTools(request: ChatRequest): readonly Tool[] {
  const added = addedNames(request);
  return added.size === 0 ? request.tools : request.tools.filter(({ name }) => !added.has(name));
}

function addedNames({ turns }: ChatRequest): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type !== 'native' || block.value.type !== 'additional_tools') continue;
      for (const tool of objectsIn(block.value.tools)) for (const name of namesOf(tool)) names.add(name);
    }
  }
  return names;
}

function namesOf(tool: JsonObject): string[] {
  const name = stringIn(tool.name) ?? stringIn(tool.type) ?? '';
  if (tool.type !== 'namespace') return [name];
  return objectsIn(tool.tools).map((inner) => flatName({ name, member: stringIn(inner.name) ?? '' }));
}

function shownTools(writing: Writing): readonly Tool[] {
  return visibleTools(writing.request, ({ what, path, why }) => writing.lose(what, path, why));
}

/** Tools as the language has them: those of one namespace that follow each other are one. */
export function writeToolList(tools: readonly Tool[], writing: Writing): JsonObject[] {
  const written: JsonObject[] = [];
  for (const tool of tools) {
    const path = `tools[${writing.request.tools.indexOf(tool)}]`;
    const membership = tool.type === 'native' ? undefined : membershipOf(tool);
    if (tool.type === 'native' || membership === undefined) {
      written.push(...writeTool(tool, path, writing));
      continue;
    }
    const { namespace, ...rest } = ownFields(tool.ext);
    const last = written.at(-1);
    const inner = writeNamed({ ...tool, name: membership.member, ext: { [responsesName]: rest } }, path, writing);
    if (last?.type === 'namespace' && last.name === membership.name) (last.tools as JsonObject[]).push(inner);
    else {
      const { description } = namespace as JsonObject;
      written.push({ type: 'namespace', name: membership.name, description: description ?? '', tools: [inner] });
    }
  }
  return written;
}

function writeTool(tool: Tool, path: string, writing: Writing): JsonObject[] {
  if (tool.type === 'native') return writeNative(tool, path, writing);
  const builtin = tool.type === 'function' ? builtinOfFunction(tool) : undefined;
  if (builtin !== undefined && tool.type === 'function' && writing.own) return [writeBuiltinTool(tool, builtin)];
  return [writeNamed(tool, path, writing)];
}

function writeNative(tool: NativeTool, path: string, writing: Writing): JsonObject[] {
  if (tool.cache !== undefined) writing.loseOnce('dropped', path, 'tools take no cache marks');
  if (tool.dialect === responsesName) return [tool.value];
  const value =
    tool.means === undefined ? undefined : writeToolMeaning(tool.means, (what, why) => writing.lose(what, path, why));
  if (value === undefined) return [];
  const what = saysMore(tool) ? 'approximated' : 'mapped';
  writing.lose(what, path, `${tool.name} is the provider's own ${String(value.type)}`);
  return [value];
}

function writeNamed(tool: FunctionTool | CustomTool, path: string, writing: Writing): JsonObject {
  if (tool.cache !== undefined) writing.loseOnce('dropped', path, 'tools take no cache marks');
  const { name, description } = tool;
  const named = { type: tool.type, name, ...(description !== undefined && { description }) };
  if (tool.type === 'custom') {
    return { ...named, ...(tool.format !== undefined && { format: tool.format }), ...ownFields(tool.ext) };
  }
  return {
    ...named,
    parameters: tool.schema,
    strict: isStrict(tool, path, writing),
    ...(tool.deferred === true && writing.own && { defer_loading: true }),
    ...ownFields(tool.ext),
  };
}

/** A function is strict here unless it says that it is not. */
function isStrict({ strict, schema }: FunctionTool, path: string, writing: Writing): boolean {
  if (strict !== true) return false;
  if (writing.own || fitsStrict(schema)) return true;
  writing.lose('approximated', path, 'not strict: the schema leaves open what a strict one may not');
  return false;
}
