import { functionFor } from '../../canon/custom-tool.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, FunctionTool, Tool } from '../../canon/request.ts';
import { visibleTools } from '../../canon/visible-tools.ts';
import type { Writing } from './writing.ts';

/** `tools`, `tool_choice` and `strict_tools`; nothing at all without tools. */
export function writeTools(request: ChatRequest, writing: Writing): JsonObject {
  const { toolChoice, parallelTools } = request;
  const shown = visibleTools(request, ({ what, path, why }) => writing.lose(what, path, why));
  const offered = allowed(shown, request, writing).flatMap((tool) =>
    functionOf(tool, `tools[${request.tools.indexOf(tool)}]`, writing),
  );
  if (offered.length === 0) {
    if ((toolChoice?.type ?? 'auto') !== 'auto') writing.lose('dropped', 'tool_choice', 'there is no tool');
    if (parallelTools === false) writing.lose('dropped', 'parallel_tools', 'there is no tool');
    return {};
  }
  if (parallelTools === false)
    writing.lose('dropped', 'parallel_tools', 'the number of calls in an answer cannot be limited');
  return {
    tools: offered.map(writeFunction),
    ...writeChoice(toolChoice),
    ...writeStrict(offered, request, writing),
  };
}

/** No tool can be named: the others are kept out of sight instead. */
function allowed(shown: readonly Tool[], { toolChoice, tools }: ChatRequest, { lose }: Writing): readonly Tool[] {
  if (toolChoice === undefined || toolChoice.type === 'auto' || toolChoice.type === 'none') return shown;
  const names = toolChoice.type === 'tool' ? [toolChoice.name] : toolChoice.allowed;
  if (names === undefined) return shown;
  lose('approximated', 'tool_choice', 'only the tools that may be called are offered');
  return shown.filter((tool) => {
    const isAllowed = names.includes(tool.name);
    if (!isAllowed) lose('approximated', `tools[${tools.indexOf(tool)}]`, 'hidden: another one has to be called');
    return isAllowed;
  });
}

function functionOf(tool: Tool, path: string, writing: Writing): FunctionTool[] {
  switch (tool.type) {
    case 'function':
      return [tool];
    case 'custom':
      writing.lose('approximated', path, 'free text is asked for as the one argument of a function');
      return [functionFor(tool)];
    case 'native':
      return [];
  }
}

function writeFunction({ name, description, schema }: FunctionTool): JsonObject {
  return {
    type: 'function',
    function: { name, ...(description !== undefined && { description }), parameters: schema },
  };
}

function writeChoice(choice: ChatRequest['toolChoice']): JsonObject {
  if (choice === undefined || choice.type === 'auto') return {};
  return { tool_choice: choice.type === 'none' ? 'NONE' : 'REQUIRED' };
}

/** Strictness is the same for all tools, and refused for those that need no argument: it is asked for only if all want it. */
function writeStrict(offered: readonly FunctionTool[], { tools }: ChatRequest, writing: Writing): JsonObject {
  if (offered.every(({ strict }) => strict === true)) return { strict_tools: true };
  for (const tool of offered) {
    if (tool.strict === true)
      writing.lose('dropped', `tools[${tools.indexOf(tool)}]`, 'tools are strict together or not at all');
  }
  return {};
}
