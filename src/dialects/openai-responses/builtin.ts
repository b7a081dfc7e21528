import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import type { FunctionTool } from '../../canon/request.ts';
import { applyPatchSchema, computerSchema, localShellSchema, shellSchema, toolSearchSchema } from './builtin-schema.ts';
import { asExt, otherFields, ownFields } from './ext.ts';

/** A tool that the language defines and the client runs: to other languages a function like any other. */
export interface Builtin {
  /** The function's name there. */
  readonly name: string;
  readonly tools: readonly string[];
  readonly call: string;
  readonly output: string;
  readonly description: string;
  readonly schema: JsonObject;
  /** How the ids of its calls begin. */
  readonly prefix: string;
  /** Fields of a call that the function's arguments are made of. */
  readonly fields: readonly string[];
  /** The function's arguments, from an item that is a call. */
  argumentsOf(item: JsonObject): unknown;
  /** The fields of a call, from the function's arguments. `single`: the older form, of one action a call. */
  callOf(args: JsonObject, single: boolean): JsonObject;
}

const localShell: Builtin = {
  name: 'local_shell',
  tools: ['local_shell'],
  call: 'local_shell_call',
  output: 'local_shell_call_output',
  prefix: 'lsh',
  description: "Runs a command on the user's machine and returns its output.",
  schema: localShellSchema,
  fields: ['action'],
  argumentsOf({ action }) {
    const { type: _, ...args } = objectIn(action);
    return args;
  },
  callOf: ({ command, env, ...rest }) => ({
    action: { type: 'exec', command: textsIn(command), env: objectIn(env), ...rest },
  }),
};

const shell: Builtin = {
  name: 'shell',
  tools: ['shell'],
  call: 'shell_call',
  output: 'shell_call_output',
  prefix: 'sh',
  description: "Runs shell commands on the user's machine and returns what each printed and how it ended.",
  schema: shellSchema,
  fields: ['action'],
  argumentsOf: ({ action }) => otherFields(objectIn(action), nothing) ?? {},
  callOf: ({ commands, ...rest }) => ({
    action: { commands: textsIn(commands), max_output_length: null, timeout_ms: null, ...rest },
  }),
};

const applyPatch: Builtin = {
  name: 'apply_patch',
  tools: ['apply_patch'],
  call: 'apply_patch_call',
  output: 'apply_patch_call_output',
  prefix: 'apc',
  description:
    'Creates, changes or deletes one file. A diff has no header; its lines begin with "@@", "+", "-" or " ".',
  schema: applyPatchSchema,
  fields: ['operation'],
  argumentsOf: ({ operation }) => operation ?? {},
  callOf: (args) => ({ operation: args }),
};

const toolSearch: Builtin = {
  name: 'tool_search',
  tools: ['tool_search'],
  call: 'tool_search_call',
  output: 'tool_search_output',
  prefix: 'tsc',
  description: 'Searches for tools. Those that are found can be called from then on.',
  schema: toolSearchSchema,
  fields: ['arguments', 'execution'],
  argumentsOf: (item) => item.arguments ?? {},
  callOf: (args) => ({ arguments: args, execution: 'client' }),
};

const computer: Builtin = {
  name: 'computer',
  tools: ['computer', 'computer_use_preview'],
  call: 'computer_call',
  output: 'computer_call_output',
  prefix: 'cu',
  description: "Does things on the user's screen, one after the other, and returns a screenshot.",
  schema: computerSchema,
  fields: ['action', 'actions'],
  argumentsOf: ({ action, actions }) => ({ actions: actions ?? (action === undefined ? [] : [action]) }),
  callOf({ actions }, single) {
    const all = objectsIn(actions);
    return { ...(single && all.length === 1 ? { action: all[0] } : { actions: all }), pending_safety_checks: [] };
  },
};

const builtins: readonly Builtin[] = [localShell, shell, applyPatch, toolSearch, computer];
const byTool = new Map(builtins.flatMap((one) => one.tools.map((tool) => [tool, one] as const)));
const byCall = new Map<unknown, Builtin>(builtins.map((one) => [one.call, one]));
const byOutput = new Map<unknown, Builtin>(builtins.map((one) => [one.output, one]));
const nothing: ReadonlySet<string> = new Set();

/** The built-in tool that the client runs itself; nothing for others and for those that run at the provider. */
export function builtinOfTool({ type, environment, execution }: JsonObject): Builtin | undefined {
  const found = byTool.get(stringIn(type) ?? '');
  if (found === shell && !isLocal(environment)) return undefined;
  if (found === toolSearch && execution !== 'client') return undefined;
  return found;
}

/** The built-in tool that an item calls, if the client has to run it. */
export function builtinOfCall(item: JsonObject): Builtin | undefined {
  const found = byCall.get(item.type);
  if (found === shell && !isLocal(item.environment)) return undefined;
  const known = typeof item.call_id === 'string' && item.call_id !== '';
  if (!known || (found === toolSearch && item.execution === 'server')) return undefined;
  return found;
}

/** The built-in tool that an item is the result of. */
export function builtinOfOutput({ type }: JsonObject): Builtin | undefined {
  return byOutput.get(type);
}

function isLocal(environment: unknown): boolean {
  return !isObject(environment) || environment.type === 'local';
}

/** The built-in tool that a function stands for: it is called so and takes what no other function takes. */
export function builtinOfFunction({ name, schema, ext }: FunctionTool): Builtin | undefined {
  const found = builtins.find((one) => name === one.name || name === otherName(one));
  if (found === undefined) return undefined;
  // What a search takes is the client's to say.
  const isOwn = found === toolSearch ? ownFields(ext).execution === 'client' : isSame(schema, found.schema);
  return isOwn ? found : undefined;
}

/** The built-in tool of an item that is called so and has such an id. */
export function builtinOfItemId(name: string, id: unknown): Builtin | undefined {
  const found = builtins.find((one) => name === one.name || name === otherName(one));
  return typeof id === 'string' && found !== undefined && id.startsWith(`${found.prefix}_`) ? found : undefined;
}

/** The name of a built-in where the client has a tool that is called the same. */
export function otherName({ name }: Builtin): string {
  return `${name}_builtin`;
}

const ownToolFields: ReadonlySet<string> = new Set(['type', 'description', 'parameters']);

/** A built-in tool as a function. */
export function functionOf(builtin: Builtin, tool: JsonObject, taken: ReadonlySet<string>): FunctionTool {
  return {
    type: 'function',
    name: taken.has(builtin.name) ? otherName(builtin) : builtin.name,
    description: stringIn(tool.description) ?? describe(builtin, tool),
    schema: isObject(tool.parameters) ? tool.parameters : builtin.schema,
    ...asExt(otherFields(tool, ownToolFields)),
  };
}

/** What is known of the place where the tool works. */
function describe({ description }: Builtin, tool: JsonObject): string {
  const skills = objectsIn(objectIn(tool.environment).skills).map(
    (skill) => `- ${String(skill.name)} (${String(skill.path)}): ${String(skill.description)}`,
  );
  const lines = [description];
  const { display_width: width, display_height: height } = tool;
  if (typeof width === 'number' && typeof height === 'number') {
    lines.push(`The screen has ${width} x ${height} pixels.`);
  }
  if (skills.length > 0) lines.push('Skills, each with the folder that explains it:', ...skills);
  return lines.join('\n');
}

/** A function that is a built-in tool, as the language has it. */
export function writeBuiltinTool({ description, schema, ext }: FunctionTool, builtin: Builtin): JsonObject {
  const rest = ownFields(ext);
  const type = rest.display_width === undefined ? builtin.name : 'computer_use_preview';
  const tool: JsonObject = { type, ...rest };
  if (builtin !== toolSearch) return tool;
  if (description !== undefined && description !== builtin.description) tool.description = description;
  if (!isSame(schema, builtin.schema)) tool.parameters = schema;
  return tool;
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
