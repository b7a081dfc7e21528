import { functionFor } from '../../canon/custom-tool.ts';
import type { JsonObject } from '../../canon/json.ts';
import { arePlain } from '../../canon/plain-tools.ts';
import { madeOf } from '../../canon/recurring.ts';
import type { FunctionTool, NativeTool, Tool, ToolChoice } from '../../canon/request.ts';
import { anthropicName, fieldsOf, undotted } from './ext.ts';
import { withMarks, writeCacheMark } from './mark.ts';
import type { Writing } from './writing.ts';

/** The tools of a request; those of other languages alone are left out. */
export function writeTools(to: Writing): readonly JsonObject[] {
  const { tools, toolChoice } = to.request;
  const allowed = toolChoice?.type === 'required' ? (toolChoice.allowed ?? []) : [];
  if (allowed.length === 1) to.lose('mapped', 'tool_choice', 'the one allowed tool is named');
  if (allowed.length > 1)
    to.lose('approximated', 'tool_choice', 'only the allowed tools are offered, and any of them has to be called');
  if (allowed.length <= 1 && arePlain(tools, anthropicName))
    return madeOf(tools, writeTools, () => tools.map((tool) => writeFunction(tool, to)));
  const written: JsonObject[] = [];
  for (const [i, tool] of tools.entries()) {
    // One allowed tool can be named; of several, the others have to be out of sight.
    if (allowed.length > 1 && !allowed.includes(tool.name))
      to.lose('approximated', `tools[${i}]`, 'hidden: only some are allowed');
    else written.push(...writeTool(tool, `tools[${i}]`, to));
  }
  return written;
}

function writeTool(tool: Tool, path: string, to: Writing): JsonObject[] {
  switch (tool.type) {
    case 'function':
      return [writeFunction(tool, to)];
    case 'custom':
      to.lose('approximated', path, 'free text becomes a string inside a JSON object');
      return [writeFunction(functionFor(tool), to)];
    case 'native':
      return tool.dialect === anthropicName ? [writeNative(tool, to)] : writeMeant(tool, path, to);
  }
}

function writeFunction(tool: FunctionTool, to: Writing): JsonObject {
  const { name, description, schema, strict, deferred } = tool;
  const written: JsonObject = description === undefined ? { name } : { name, description };
  written.input_schema = schema.type === undefined ? { type: 'object', ...schema } : schema;
  if (strict !== undefined) written.strict = strict;
  if (deferred !== undefined) written.defer_loading = deferred;
  return withMarks(written, tool, to.marks);
}

/** The service's own tool for what a tool of another service is for. */
function writeMeant(tool: NativeTool, path: string, to: Writing): JsonObject[] {
  const { means } = tool;
  if (means === undefined) return [];
  if (to.request.tools.some((other) => other.type !== 'native' && other.name === means.type)) {
    to.lose('dropped', path, `another tool has the name ${means.type}`);
    return [];
  }
  to.lose('mapped', path, `${tool.name} is told as ${means.type}`);
  // What else it says is known to its own service alone.
  if (Object.keys(tool.value).some((field) => field !== 'type'))
    to.lose('approximated', path, 'its own settings are left out');
  if (means.type !== 'web_search') return [ownTools[means.type]];
  const { maxUses, allowedDomains, blockedDomains, location } = means;
  if (allowedDomains !== undefined && blockedDomains !== undefined)
    to.lose('dropped', path, 'domains are either allowed or blocked');
  return [
    {
      type: 'web_search_20250305',
      name: 'web_search',
      ...(maxUses !== undefined && { max_uses: maxUses }),
      ...(allowedDomains !== undefined && { allowed_domains: allowedDomains }),
      ...(blockedDomains !== undefined && allowedDomains === undefined && { blocked_domains: blockedDomains }),
      ...(location !== undefined && { user_location: { type: 'approximate', ...location } }),
    },
  ];
}

const ownTools = {
  web_fetch: { type: 'web_fetch_20250910', name: 'web_fetch' },
  code_execution: { type: 'code_execution_20250825', name: 'code_execution' },
} as const;

function writeNative({ value, cache }: NativeTool, to: Writing): JsonObject {
  return { ...value, ...(to.marks && value.cache_control === undefined && writeCacheMark(cache)) };
}

/** Which tools have to be called; nothing where the request leaves it open. `offered` is how many tools are sent. */
export function writeToolChoice(to: Writing, offered: number): JsonObject | undefined {
  const { toolChoice, parallelTools, ext } = to.request;
  if (to.foreign && offered === 0) {
    if (toolChoice !== undefined && toolChoice.type !== 'none')
      to.lose('dropped', 'tool_choice', 'there are no tools to choose from');
    return undefined;
  }
  const choice = toolChoice ?? (parallelTools === undefined ? undefined : ({ type: 'auto' } as const));
  if (choice === undefined) return undefined;
  const single = parallelTools !== undefined && choice.type !== 'none';
  return {
    ...choiceOf(choice),
    ...(single && { disable_parallel_tool_use: !parallelTools }),
    ...undotted('tool_choice', fieldsOf(ext)),
  };
}

function choiceOf(choice: ToolChoice): JsonObject {
  if (choice.type === 'tool') return { type: 'tool', name: choice.name };
  if (choice.type !== 'required') return { type: choice.type };
  const [only, ...others] = choice.allowed ?? [];
  return only !== undefined && others.length === 0 ? { type: 'tool', name: only } : { type: 'any' };
}
