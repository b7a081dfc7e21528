import { isObject, type JsonObject, otherFields } from '../../canon/json.ts';
import type { FunctionTool, Tool, ToolChoice, ToolMeaning } from '../../canon/request.ts';
import { asExt, geminiName } from './ext.ts';
import { list, message, object, optional, string, wrongField } from './field.ts';
import { jsonSchemaOf } from './schema.ts';

/** Google's own tools that other languages have the like of. */
const meanings: ReadonlyMap<string, (value: JsonObject) => ToolMeaning> = new Map([
  ['googleSearch', webSearch],
  ['googleSearchRetrieval', webSearch],
  ['urlContext', () => ({ type: 'web_fetch' as const })],
  ['codeExecution', () => ({ type: 'code_execution' as const })],
]);

function webSearch({ excludeDomains }: JsonObject): ToolMeaning {
  const blocked = Array.isArray(excludeDomains) ? excludeDomains.filter((one) => typeof one === 'string') : [];
  return { type: 'web_search', ...(blocked.length > 0 && { blockedDomains: blocked }) };
}

/** Reads `tools`: functions one by one, whatever else is in the list each as a tool of Google's own. */
export function readTools(value: unknown): Tool[] {
  const tools = optional(value, 'tools', (given, path) => list(given, path, message)) ?? [];
  return tools.flatMap((tool, i) =>
    Object.entries(tool).flatMap(([kind, inner]): Tool[] => {
      if (inner === undefined || inner === null) return [];
      if (kind !== 'functionDeclarations') return [readNative(kind, inner)];
      const path = `tools[${i}].functionDeclarations`;
      return list(inner, path, message).map((declared, j) => readFunction(declared, `${path}[${j}]`));
    }),
  );
}

function readNative(kind: string, value: unknown): Tool {
  const means = meanings.get(kind)?.(isObject(value) ? value : {});
  return {
    type: 'native',
    dialect: geminiName,
    name: kind,
    value: { [kind]: value },
    ...(means !== undefined && { means }),
  };
}

const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'parametersJsonSchema']);

function readFunction(declared: JsonObject, path: string): FunctionTool {
  const name = optional(declared.name, `${path}.name`, string);
  if (name === undefined) throw wrongField(`${path}.name`, 'a function must have a name');
  const description = optional(declared.description, `${path}.description`, string);
  const schema =
    optional(declared.parametersJsonSchema, `${path}.parametersJsonSchema`, object) ??
    optional(declared.parameters, `${path}.parameters`, (value, at) => jsonSchemaOf(object(value, at))) ??
    noParameters;
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    schema,
    ...asExt(otherFields(declared, functionFields)),
  };
}

const noParameters: JsonObject = { type: 'object', properties: {} };

/** What `toolConfig` says. `ext` is what canon has no place for. */
export interface ReadToolConfig {
  readonly toolChoice?: ToolChoice;
  readonly ext?: JsonObject;
}

const callingFields: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames']);

/** Reads `toolConfig`, its fields spelt as documented. */
export function readToolConfig({ functionCallingConfig, ...others }: JsonObject): ReadToolConfig {
  const path = 'toolConfig.functionCallingConfig';
  const calling = optional(functionCallingConfig, path, message) ?? {};
  const mode = optional(calling.mode, `${path}.mode`, string)?.toUpperCase();
  const allowed = optional(calling.allowedFunctionNames, `${path}.allowedFunctionNames`, (value, at) =>
    list(value, at, string),
  );
  const toolChoice = mode === undefined ? undefined : readMode(mode, allowed ?? []);
  const understood = toolChoice !== undefined || mode === undefined || mode === 'MODE_UNSPECIFIED';
  const rest = {
    ...otherFields(calling, callingFields),
    // Checked calls are the model's choice all the same; that they are checked is nobody else's word.
    ...(!understood && { mode, ...(allowed !== undefined && { allowedFunctionNames: allowed }) }),
  };
  const ext = {
    ...otherFields(others, new Set()),
    ...(Object.keys(rest).length > 0 && { functionCallingConfig: rest }),
  };
  return { ...(toolChoice !== undefined && { toolChoice }), ...(Object.keys(ext).length > 0 && { ext }) };
}

function readMode(mode: string, allowed: readonly string[]): ToolChoice | undefined {
  const [only, ...others] = allowed;
  switch (mode) {
    case 'AUTO':
      return { type: 'auto' };
    case 'NONE':
      return { type: 'none' };
    case 'ANY':
      if (only === undefined) return { type: 'required' };
      return others.length === 0 ? { type: 'tool', name: only } : { type: 'required', allowed };
    default:
      return undefined;
  }
}
