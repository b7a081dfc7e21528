import { functionFor } from '../../canon/custom-tool.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { FunctionTool, NativeTool, Tool, ToolChoice } from '../../canon/request.ts';
import { visibleTools } from '../../canon/visible-tools.ts';
import { converseName, fieldsOf } from './ext.ts';
import { writePoint } from './mark.ts';
import type { WrittenMessage } from './messages-write.ts';
import { systemTools } from './tool-read.ts';
import type { Writing } from './writing.ts';

/** `toolConfig`, and what of the choice only a model's own parameters can say. */
export interface WrittenTools {
  /** With cache points among them; empty where there are none. */
  readonly tools: JsonObject[];
  readonly toolChoice?: JsonObject;
  /** `tool_choice` in Claude's words. */
  readonly additional?: JsonObject;
  /** What has to be said in words because there is no field for it. */
  readonly instruction?: string;
  /** The model has to call a tool. */
  readonly forced: boolean;
}

/** Writes the tools, and which of them have to be called. */
export function writeTools(to: Writing, messages: readonly WrittenMessage[]): WrittenTools {
  const called = toolsIn(messages);
  const offered = to.own ? to.request.tools : offeredTools(to);
  const choice = to.request.toolChoice;
  const known = offered.flatMap((tool) => writeTool(tool, `tools[${to.request.tools.indexOf(tool)}]`, to));
  if (known.length === 0 && !to.own) {
    if (choice !== undefined && choice.type !== 'auto')
      to.lose('dropped', 'tool_choice', 'there are no tools to choose from');
    if (to.request.parallelTools !== undefined) to.lose('dropped', 'parallel_tools', 'there are no tools to call');
    // Calls in the history cannot be told without tools; nobody can make them again, since nothing is known of them.
    const tools = called.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } }));
    return { tools, forced: false };
  }
  if (choice?.type === 'none') return writeNone(known, called.length > 0, to);
  return { tools: known, ...writeChoice(choice, offered, to) };
}

/** Names of the tools that were called in the conversation, each once. */
function toolsIn(messages: readonly WrittenMessage[]): string[] {
  const names = new Set<string>();
  for (const { content } of messages) {
    for (const { toolUse } of content) if (isObject(toolUse)) names.add(String(toolUse.name));
  }
  return [...names];
}

/** Of tools only some of which are allowed, these; hidden ones stay hidden. */
function offeredTools(to: Writing): readonly Tool[] {
  const { toolChoice } = to.request;
  const shown = visibleTools(to.request, ({ what, path, why }) => to.lose(what, path, why));
  const allowed = toolChoice?.type === 'required' ? toolChoice.allowed : undefined;
  if (allowed === undefined || allowed.length < 2) return shown;
  to.lose('approximated', 'tool_choice', 'only the allowed tools are offered');
  return shown.filter((tool) => {
    const isAllowed = allowed.includes(tool.name);
    if (!isAllowed) to.lose('dropped', `tools[${to.request.tools.indexOf(tool)}]`, 'it is not allowed');
    return isAllowed;
  });
}

function writeTool(tool: Tool, path: string, to: Writing): JsonObject[] {
  const written = toolOf(tool, path, to);
  if (written === undefined) return [];
  if (tool.cache === undefined) return [written];
  if (to.toolMarks) return [written, writePoint(tool.type === 'native' ? { cache: tool.cache } : tool, to.own)];
  to.loseOnce('dropped', path, 'the provider takes no cache points among tools');
  return [written];
}

function toolOf(tool: Tool, path: string, to: Writing): JsonObject | undefined {
  switch (tool.type) {
    case 'function':
      return { toolSpec: specOf(tool, to.own) };
    case 'custom':
      to.lose('approximated', path, 'free text is asked for as the one argument of a function');
      return { toolSpec: specOf(functionFor(tool), to.own) };
    case 'native':
      return tool.dialect === converseName ? tool.value : systemTool(tool, path, to);
  }
}

function specOf({ name, description, schema, strict, ext }: FunctionTool, own: boolean): JsonObject {
  const { cachePoint: _, ...others } = fieldsOf(ext);
  // An empty description is refused, and so is any word about strictness by models that know none.
  const says = own ? description !== undefined : description !== undefined && description.trim() !== '';
  return {
    name,
    ...(says && { description }),
    inputSchema: { json: schema.type === undefined ? { type: 'object', ...schema } : schema },
    ...((own ? strict !== undefined : strict === true) && { strict }),
    ...others,
  };
}

/** Another provider's own tool, as Amazon's where the model has the like. */
function systemTool({ means }: NativeTool, path: string, to: Writing): JsonObject | undefined {
  const name = [...systemTools].find(([, meaning]) => meaning.type === means?.type)?.[0];
  if (name === undefined) return undefined;
  if (to.family !== 'nova') {
    to.lose('dropped', path, 'the model has no such tool of its own');
    return undefined;
  }
  to.lose('mapped', path, `it is ${name} here`);
  return { systemTool: { name } };
}

/** The language has no word for "none": Claude's own does, for others the tools are out of sight, or words must do. */
function writeNone(tools: JsonObject[], called: boolean, to: Writing): WrittenTools {
  if (to.request.parallelTools === false) to.lose('dropped', 'parallel_tools', 'there is no call to be made');
  if (to.family === 'claude') return { tools, additional: { type: 'none' }, forced: false };
  if (!called) {
    to.lose('approximated', 'tool_choice', 'no tools are offered instead');
    to.lose('dropped', 'tools', 'none of them may be called');
    return { tools: [], forced: false };
  }
  to.lose('approximated', 'tool_choice', 'told in the instructions');
  return { tools, instruction: 'Do not call any tool in your next answer.', forced: false };
}

type Choice = Pick<WrittenTools, 'toolChoice' | 'additional' | 'forced'>;

function writeChoice(choice: ToolChoice | undefined, offered: readonly Tool[], to: Writing): Choice {
  const single = writeSingle(to);
  if (choice === undefined || choice.type === 'auto' || choice.type === 'none') {
    // Beside a field of the language's own, Claude's may not say the same again.
    if (single !== undefined) return { additional: { type: 'auto', ...single }, forced: false };
    // It is the default, and some models refuse to be told.
    return { ...(choice !== undefined && to.own && { toolChoice: { auto: {} } }), forced: false };
  }
  if (to.quirks.forced_tools === false) {
    to.lose('approximated', 'tool_choice', 'the model cannot be made to call a tool');
    return { ...(single !== undefined && { additional: { type: 'auto', ...single } }), forced: false };
  }
  const name = choice.type === 'tool' ? choice.name : soleName(choice.allowed);
  if (choice.type === 'required' && name !== undefined)
    to.lose('mapped', 'tool_choice', 'the one allowed tool is named');
  const isThere = offered.some((tool) => tool.name === name);
  if (name !== undefined && !isThere && !to.own) to.lose('approximated', 'tool_choice', `there is no tool ${name}`);
  const named = name !== undefined && (isThere || to.own);
  if (single !== undefined) {
    // Claude's own field is a whole choice, and the service refuses it beside the language's.
    return { additional: { ...(named ? { type: 'tool', name } : { type: 'any' }), ...single }, forced: true };
  }
  return { toolChoice: named ? { tool: { name } } : { any: {} }, forced: true };
}

function soleName(allowed: readonly string[] | undefined): string | undefined {
  return allowed?.length === 1 ? allowed[0] : undefined;
}

/** At most one call an answer, which only Claude can be told. */
function writeSingle(to: Writing): JsonObject | undefined {
  const { parallelTools } = to.request;
  if (parallelTools === undefined || (parallelTools && !to.own)) return undefined;
  if (to.family === 'claude') return { disable_parallel_tool_use: !parallelTools };
  to.lose('dropped', 'parallel_tools', 'the number of calls cannot be limited');
  return undefined;
}
