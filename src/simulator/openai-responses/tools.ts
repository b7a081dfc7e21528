import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { checkOneOf, checkToolName, refuse, refuseType } from '../openai-chat/refusal.ts';
import { strictFault } from '../openai-chat/strict-schema.ts';
import { checkMembers, refuseMissing } from './members.ts';
import { offeredTools } from './offered.ts';

/** Members of tools by type; those with `!` are required, `type` goes without saying. */
const TOOLS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    apply_patch: 'allowed_callers',
    code_interpreter: 'container! allowed_callers',
    computer: '',
    computer_use_preview: 'display_height! display_width! environment!',
    custom: 'name! description format async defer_loading allowed_callers',
    file_search: 'vector_store_ids! filters max_num_results ranking_options',
    function: 'name! parameters strict description async defer_loading allowed_callers output_schema',
    image_generation:
      'action background complexity frame_count frame_duration_ms input_fidelity input_image_mask model moderation ' +
      'output_compression output_format partial_images quality size svg',
    local_shell: '',
    mcp:
      'server_label! allowed_callers allowed_tools authorization connector_id defer_loading headers require_approval ' +
      'server_description server_url tunnel_id',
    namespace: 'name! description! tools!',
    programmatic_tool_calling: '',
    shell: 'environment allowed_callers',
    tool_search: 'description execution parameters',
    web_search: 'external_web_access filters search_context_size user_location search_content_types',
    web_search_2025_08_26: 'external_web_access filters search_context_size user_location search_content_types',
    web_search_preview: 'search_content_types search_context_size user_location',
    web_search_preview_2025_03_11: 'search_content_types search_context_size user_location',
  }).map(([type, members]) => [type, members.split(' ').filter((name) => name !== '')]),
);

/** Tool choices that name a tool of the service. */
const HOSTED_CHOICES = [
  'file_search',
  'web_search',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'computer',
  'computer_use',
  'computer_use_preview',
  'image_generation',
  'code_interpreter',
  'apply_patch',
  'shell',
  'programmatic_tool_calling',
];

/** Refuses tools and tool choices that the service refuses. */
export function checkTools(body: JsonObject): void {
  const { tools } = body;
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) refuseType('tools', 'an array of objects', tools);
  for (const [index, tool] of listOf(tools).entries()) checkTool(objectOf(tool), `tools[${index}]`);
  checkChoice(body.tool_choice, listOf(tools));
}

/** Refuses one tool. */
export function checkTool(tool: JsonObject, place: string): void {
  checkOneOf(tool.type, Object.keys(TOOLS), `${place}.type`);
  const type = textOf(tool.type);
  checkMembers(tool, TOOLS[type] ?? [], place);
  if (type === 'custom' || type === 'function' || type === 'namespace') {
    checkToolName(textOf(tool.name), `${place}.name`);
  }
  if (type === 'custom') checkFormat(tool, `${place}.format`);
  if (type === 'function') checkFunction(tool, place, true);
  if (type === 'namespace') checkNamespace(tool, place);
}

function checkNamespace(tool: JsonObject, place: string): void {
  for (const [index, value] of listOf(tool.tools).entries()) {
    const at = `${place}.tools[${index}]`;
    const inner = objectOf(value);
    checkOneOf(inner.type, ['function', 'custom'], `${at}.type`);
    if (inner.type === 'custom') checkTool(inner, at);
    else {
      checkMembers(inner, TOOLS.function ?? [], at);
      checkToolName(textOf(inner.name), `${at}.name`);
      checkFunction(inner, at, false);
    }
  }
}

/**
 * A function is strict unless it says otherwise. The service rewrites a schema that does not fit, so that what was
 * optional becomes mandatory without a word: that is refused here like one that says `strict: true`.
 */
function checkFunction(tool: JsonObject, place: string, strictByDefault: boolean): void {
  const { parameters = null, strict = strictByDefault } = tool;
  const name = textOf(tool.name);
  const refuseSchema = (why: string): never =>
    refuse(`Invalid schema for function '${name}': ${why}`, `${place}.parameters`, 'invalid_function_parameters');
  if (strict !== null && typeof strict !== 'boolean') refuseType(`${place}.strict`, 'a boolean', strict);
  if (parameters === null) return;
  if (!isObject(parameters)) refuseType(`${place}.parameters`, 'an object', parameters);
  const { type } = objectOf(parameters);
  if (type !== 'object') {
    refuseSchema(`schema must be a JSON Schema of 'type: "object"', got 'type: "${textOf(type) || 'None'}"'.`);
  }
  const wrong = strict === true ? strictFault(parameters) : undefined;
  if (wrong !== undefined) refuseSchema(wrong);
}

function checkFormat(tool: JsonObject, place: string): void {
  if (tool.format === undefined) return;
  const format = objectOf(tool.format);
  checkOneOf(format.type, ['text', 'grammar'], `${place}.type`);
  checkMembers(format, format.type === 'grammar' ? ['syntax!', 'definition!'] : [], place);
  if (format.type === 'grammar') checkOneOf(format.syntax, ['lark', 'regex'], `${place}.syntax`);
}

function checkChoice(choice: Json | undefined, tools: readonly Json[]): void {
  if (choice === undefined || choice === null) return;
  if (typeof choice === 'string') {
    checkOneOf(choice, ['none', 'auto', 'required'], 'tool_choice');
    if (choice === 'required' && tools.length === 0) {
      refuse("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice');
    }
    return;
  }
  if (!isObject(choice)) refuseType('tool_choice', 'one of a string or object', choice);
  const chosen = objectOf(choice);
  checkOneOf(chosen.type, ['function', 'custom', 'mcp', 'allowed_tools', ...HOSTED_CHOICES], 'tool_choice.type');
  const type = textOf(chosen.type);
  if (type === 'allowed_tools') return checkAllowed(chosen, tools);
  if (type === 'function' || type === 'custom') checkMembers(chosen, ['name!'], 'tool_choice');
  else checkMembers(chosen, type === 'mcp' ? ['server_label!', 'name'] : [], 'tool_choice');
  checkOffered(chosen, tools);
}

function checkAllowed(chosen: JsonObject, tools: readonly Json[]): void {
  checkMembers(chosen, ['mode!', 'tools!'], 'tool_choice');
  checkOneOf(chosen.mode, ['auto', 'required'], 'tool_choice.mode');
  if (listOf(chosen.tools).length === 0) refuseMissing('tool_choice.tools');
  for (const tool of listOf(chosen.tools)) checkOffered(objectOf(tool), tools);
}

function checkOffered(chosen: JsonObject, tools: readonly Json[]): void {
  const { type, name } = chosen;
  const found =
    type === 'function' || type === 'custom'
      ? offeredTools([...tools]).some((tool) => tool.type === type && tool.name === name)
      : tools.some((tool) => textOf(objectOf(tool).type).startsWith(textOf(type)));
  if (!found) refuse(`Tool choice '${textOf(name) || textOf(type)}' not found in 'tools' parameter.`, 'tool_choice');
}
