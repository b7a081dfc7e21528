import { functionFor } from '../../canon/custom-tool.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import { arePlain } from '../../canon/plain-tools.ts';
import { madeOf, recurring } from '../../canon/recurring.ts';
import type { FunctionTool, NativeTool, ToolChoice, ToolMeaning } from '../../canon/request.ts';
import { visibleTools } from '../../canon/visible-tools.ts';
import { fieldsOf, geminiName } from './ext.ts';
import { isEarlier } from './model-family.ts';
import { acceptableSchema } from './schema.ts';
import type { Writing } from './writing.ts';

/** Google's names for what tools of other providers mean. */
const kinds: { readonly [type in ToolMeaning['type']]: string } = {
  web_search: 'googleSearch',
  web_fetch: 'urlContext',
  code_execution: 'codeExecution',
};

/** Writes `tools`: all functions in one entry, each of Google's own tools in one of its own. */
export function writeTools(to: Writing): readonly JsonObject[] {
  const { request, own } = to;
  const tools = own ? request.tools : visibleTools(request, ({ what, path, why }) => to.lose(what, path, why));
  if (tools.length > 0 && arePlain(tools, geminiName)) {
    const { written, losses } = madeOf(tools, writeTools, () => writeFunctions(tools));
    for (const { what, path, why } of losses) to.loseOnce(what, path, why);
    return written;
  }
  const functions: JsonObject[] = [];
  const natives: JsonObject[] = [];
  const calls = tools.some(({ type }) => type !== 'native');
  for (const tool of tools) {
    const path = `tools[${request.tools.indexOf(tool)}]`;
    if (tool.type === 'function') functions.push(writeFunction(tool, path, to));
    else if (tool.type === 'native') natives.push(...writeNative(tool, path, calls, to));
    else {
      to.lose('approximated', path, 'free text is asked for as the one argument of a function');
      functions.push(writeFunction(functionFor(tool), path, to));
    }
  }
  return [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...natives];
}

/** Functions alone, and what is to be told of it. */
function writeFunctions(tools: readonly FunctionTool[]): {
  readonly written: readonly JsonObject[];
  readonly losses: readonly Loss[];
} {
  const losses: Loss[] = [];
  const note = { loseOnce: (what: Loss['what'], path: string, why: string) => void losses.push({ what, path, why }) };
  const functions = tools.map((tool, i) => writeFunction(tool, `tools[${i}]`, note));
  return { written: recurring([{ functionDeclarations: functions }]), losses };
}

function writeFunction(tool: FunctionTool, path: string, to: Pick<Writing, 'loseOnce'>): JsonObject {
  const schema = acceptableSchema(tool.schema, (keyword) =>
    to.loseOnce('dropped', `${path}.schema.${keyword}`, `the provider refuses ${keyword} in schemas`),
  );
  const { name, description } = tool;
  const written =
    description === undefined
      ? { name, parametersJsonSchema: schema }
      : { name, description, parametersJsonSchema: schema };
  return tool.ext === undefined ? written : { ...written, ...fieldsOf(tool.ext) };
}

function writeNative(tool: NativeTool, path: string, beside: boolean, to: Writing): JsonObject[] {
  if (tool.dialect === geminiName) return [tool.value];
  const { means } = tool;
  if (means === undefined) return [];
  const kind = kinds[means.type];
  if (beside && isEarlier(to.family)) {
    to.lose('dropped', path, `the model takes no ${kind} beside functions`);
    return [];
  }
  to.lose('mapped', path, `${tool.name} is told as ${kind}`);
  const wishes = Object.keys(means).filter((wish) => wish !== 'type');
  if (wishes.length > 0) to.lose('approximated', path, `${kind} does not know ${wishes.join(', ')}`);
  return [{ [kind]: {} }];
}

/** Which functions have to be called; nothing where the request leaves it open. */
export function writeToolConfig(to: Writing, tools: readonly JsonObject[]): JsonObject | undefined {
  const own = fieldsOf(to.request.ext)?.toolConfig;
  const { toolChoice, parallelTools } = to.request;
  const isOpen = own === undefined && toolChoice === undefined && parallelTools !== false;
  if (isOpen && tools.every((tool) => tool.functionDeclarations !== undefined)) return undefined;
  const { functionCallingConfig, ...rest } = isObject(own) ? own : {};
  const names = tools
    .flatMap((tool) => objectsIn(tool.functionDeclarations))
    .flatMap((declared) => stringIn(declared.name) ?? []);
  const calling = {
    ...writeChoice(to, names),
    ...(isObject(functionCallingConfig) && functionCallingConfig),
  };
  if (parallelTools === false) to.lose('dropped', 'parallel_tools', 'calls cannot be kept single here');
  // Only so are Google's own tools taken beside functions.
  const mixed = !to.own && names.length > 0 && tools.some((tool) => tool.functionDeclarations === undefined);
  const config = {
    ...(Object.keys(calling).length > 0 && { functionCallingConfig: calling }),
    ...(mixed && { includeServerSideToolInvocations: true }),
    ...rest,
  };
  return Object.keys(config).length > 0 ? config : undefined;
}

function writeChoice(to: Writing, names: readonly string[]): JsonObject {
  const { toolChoice } = to.request;
  if (toolChoice === undefined) return {};
  if (to.own) return choiceOf(toolChoice);
  if (names.length === 0) {
    if (toolChoice.type !== 'auto') to.lose('dropped', 'tool_choice', 'there is no function to choose');
    return {};
  }
  const isForced = toolChoice.type === 'required' || toolChoice.type === 'tool';
  if (isForced && to.quirks.forced_tools === false) {
    to.lose('approximated', 'tool_choice', 'the model cannot be made to call');
    return { mode: 'AUTO' };
  }
  const wanted = namedBy(toolChoice);
  const known = wanted.filter((name) => names.includes(name));
  if (known.length < wanted.length) {
    to.lose('dropped', 'tool_choice', 'only functions can be asked for by name');
    if (known.length === 0) return {};
    return choiceOf({ type: 'required', allowed: known });
  }
  if (toolChoice.type === 'required' && wanted.length === 1) {
    to.lose('mapped', 'tool_choice', 'the one allowed function is named');
  }
  return choiceOf(toolChoice);
}

function namedBy(choice: ToolChoice): readonly string[] {
  if (choice.type === 'tool') return [choice.name];
  return choice.type === 'required' ? (choice.allowed ?? []) : [];
}

function choiceOf(choice: ToolChoice): JsonObject {
  switch (choice.type) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    default: {
      const allowed = namedBy(choice);
      return { mode: 'ANY', ...(allowed.length > 0 && { allowedFunctionNames: allowed }) };
    }
  }
}
