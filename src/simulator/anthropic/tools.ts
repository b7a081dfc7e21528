import { isObject, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { CUSTOM_TOOL, KNOWN_TOOL_TYPES, OBJECTS, TOOL_CHOICE } from './fields.ts';
import { checkMembers, listAt, objectAt, refuse, rowFor, stringAt } from './refusal.ts';

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** Refuses tools, a tool choice or tool references that the service would refuse. */
export function checkTools(body: JsonObject): void {
  const tools = body.tools === undefined ? [] : listAt(body.tools, 'tools').map(checkTool);
  const names = tools.map((tool) => textOf(tool.name)).filter((name) => name !== '');
  if (new Set(names).size < names.length) refuse('tools: Tool names must be unique.');
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading === true)) {
    refuse('All tools have defer_loading set. At least one tool must be non-deferred.');
  }
  if (body.tool_choice !== undefined && body.tool_choice !== null) checkChoice(body, names);
  checkReferences(body, names, tools);
}

function checkTool(value: unknown, index: number): JsonObject {
  const tool = objectAt(isObject(value) ? value : undefined, `tools.${index}`);
  if (tool.type !== undefined && tool.type !== null && tool.type !== 'custom') {
    if (!KNOWN_TOOL_TYPES.test(textOf(tool.type))) {
      refuse(
        `tools.${index}: Input tag '${textOf(tool.type)}' found using 'type' does not match any of the expected tags`,
      );
    }
    return tool;
  }
  const place = `tools.${index}.custom`;
  checkMembers(tool, CUSTOM_TOOL, place);
  if (isObject(tool.cache_control))
    checkMembers(tool.cache_control, OBJECTS.cache_control ?? [], `${place}.cache_control`);
  if (!NAME.test(stringAt(tool.name, `${place}.name`))) {
    refuse(`${place}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  }
  if (tool.description !== undefined) stringAt(tool.description, `${place}.description`);
  const schema = objectAt(tool.input_schema, `${place}.input_schema`);
  if (schema.type === undefined) refuse(`${place}.input_schema.type: Field required`);
  if (schema.type !== 'object') refuse(`${place}.input_schema.type: Input should be 'object'`);
  if (['oneOf', 'allOf', 'anyOf'].some((key) => schema[key] !== undefined)) {
    refuse(`${place}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`);
  }
  return tool;
}

function checkChoice(body: JsonObject, names: readonly string[]): void {
  const choice = objectAt(body.tool_choice, 'tool_choice');
  checkMembers(choice, rowFor(choice, TOOL_CHOICE, 'tool_choice'), `tool_choice.${textOf(choice.type)}`, ['type']);
  if (listOf(body.tools).length === 0 && choice.type !== 'none') {
    refuse('tool_choice may only be specified while providing tools');
  }
  if (choice.type === 'tool' && !names.includes(textOf(choice.name))) {
    refuse(`Tool '${textOf(choice.name)}' not found in provided tools`);
  }
  const thinking = objectOf(body.thinking).type;
  if ((choice.type === 'tool' || choice.type === 'any') && (thinking === 'enabled' || thinking === 'adaptive')) {
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** A tool result may only refer to tools that the request brings. */
function checkReferences(body: JsonObject, names: readonly string[], tools: readonly JsonObject[]): void {
  if (tools.some((tool) => tool.type === 'mcp_toolset' || textOf(tool.type).includes('toolset'))) return;
  const blocks = listOf(body.messages)
    .filter(isObject)
    .flatMap((message) => listOf(message.content).filter(isObject));
  for (const block of blocks) {
    if (block.type !== 'tool_result') continue;
    for (const inner of listOf(block.content).filter(isObject)) {
      const name = textOf(inner.tool_name);
      if (inner.type === 'tool_reference' && !names.includes(name)) {
        refuse(`Tool reference '${name}' not found in available tools`);
      }
    }
  }
}
