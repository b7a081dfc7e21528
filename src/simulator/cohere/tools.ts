import { isObject, type JsonObject, textOf } from '../json.ts';
import { checkKnown, checkOneOf, listAt, objectAt, refuse, stringAt } from './refusal.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Refuses tools and ways to choose them that the service refuses. */
export function checkTools(body: JsonObject): void {
  const tools = body.tools === undefined ? [] : listAt(body.tools, 'tools');
  for (const [index, value] of tools.entries()) {
    const tool = objectAt(value, `tools[${index}]`);
    checkKnown(tool, ['type', 'function']);
    if (tool.type !== 'function') refuse(`tools[${index}].type must be one of: function.`);
    checkFunction(objectAt(tool.function, `tools[${index}].function`), `tools[${index}].function`);
  }
  checkOneOf(body.tool_choice, ['REQUIRED', 'NONE'], 'tool_choice');
  if (tools.length > 0) return;
  if (body.tool_choice === 'REQUIRED') refuse('tool_choice REQUIRED needs at least one tool.');
  if (body.strict_tools === true) refuse('strict_tools needs at least one tool.');
}

function checkFunction(offered: JsonObject, place: string): void {
  checkKnown(offered, ['name', 'description', 'parameters']);
  const name = stringAt(offered.name, `${place}.name`);
  if (!NAME.test(name)) refuse(`${place}.name must be 1-64 letters, digits, underscores or dashes.`);
  if (offered.description !== undefined) stringAt(offered.description, `${place}.description`);
  if (!isObject(offered.parameters)) refuse(`${place}.parameters must be a JSON schema.`);
  if (textOf(objectAt(offered.parameters, place).type) !== 'object')
    refuse(`${place}.parameters.type must be 'object'.`);
}
