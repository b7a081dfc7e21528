import { isObject, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import type { Flavor } from '../scenario.ts';
import { checkKnown, checkOneOf, checkToolName, refuse, refuseType } from './refusal.ts';
import { strictFault } from './strict-schema.ts';

const MAX_TOOLS = 128;

/** Refuses tools and tool choices that OpenAI refuses. */
export function checkTools(body: JsonObject, flavor: Flavor): void {
  const named = body.tools !== undefined && body.tools !== null;
  for (const name of ['tool_choice', 'parallel_tool_calls']) {
    if (!named && body[name] !== undefined && body[name] !== null) {
      refuse(`'${name}' is only allowed when 'tools' are specified.`, name);
    }
  }
  if (!named) return;
  if (!Array.isArray(body.tools)) refuseType('tools', 'an array of objects', body.tools);
  const tools = listOf(body.tools);
  if (tools.length === 0) {
    refuse(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'tools',
      'empty_array',
    );
  }
  if (tools.length > MAX_TOOLS && flavor === 'openai') {
    refuse(
      `Invalid 'tools': array too long. Expected an array with maximum length ${MAX_TOOLS}, but got an array with length ${tools.length} instead.`,
      'tools',
      'array_above_max_length',
    );
  }
  const names = tools.map((tool, index) => checkTool(objectOf(tool), index, flavor));
  checkChoice(body, names);
}

function checkTool(tool: JsonObject, index: number, flavor: Flavor): string {
  const place = `tools[${index}]`;
  checkOneOf(tool.type, ['function', 'custom'], `${place}.type`);
  if (tool.type === 'custom') return textOf(objectOf(tool.custom).name);
  if (flavor === 'openai') checkKnown(tool, ['type', 'function'], place);
  if (!isObject(tool.function)) {
    refuse(`Missing required parameter: '${place}.function'.`, `${place}.function`, 'missing_required_parameter');
  }
  const offered = objectOf(tool.function);
  const name = textOf(offered.name);
  if (flavor === 'openai') checkKnown(offered, ['name', 'description', 'parameters', 'strict'], `${place}.function`);
  checkToolName(name, `${place}.function.name`);
  const { parameters } = offered;
  if (parameters === undefined) return name;
  if (!isObject(parameters)) refuseType(`${place}.function.parameters`, 'an object', parameters);
  if (objectOf(parameters).type !== 'object') {
    const got = textOf(objectOf(parameters).type) || 'None';
    refuse(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${got}"'.`,
      `${place}.function.parameters`,
      'invalid_function_parameters',
    );
  }
  const wrong = offered.strict === true ? strictFault(parameters) : undefined;
  if (wrong !== undefined) {
    refuse(
      `Invalid schema for function '${name}': ${wrong}`,
      `${place}.function.parameters`,
      'invalid_function_parameters',
    );
  }
  return name;
}

function checkChoice(body: JsonObject, names: readonly string[]): void {
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return;
  if (typeof choice === 'string') return checkOneOf(choice, ['none', 'auto', 'required'], 'tool_choice');
  const chosen = objectOf(choice);
  checkOneOf(chosen.type, ['function', 'custom', 'allowed_tools'], 'tool_choice.type');
  const name = textOf(objectOf(chosen.function ?? chosen.custom).name);
  if (chosen.type !== 'allowed_tools' && !names.includes(name)) {
    refuse(`Invalid value for 'tool_choice': tool '${name}' not found in 'tools'.`, 'tool_choice');
  }
}
