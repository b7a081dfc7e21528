import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { refuse, refuseAsModel, refuseConstraint } from './refusal.ts';

const NAME = '[a-zA-Z0-9_-]+';
const MAX_NAME = 64;

/** Refuses a name or an id that no tool may have. */
export function checkToolName(name: string, place: string): void {
  if (name === '') refuseConstraint(name, place, 'Member must have length greater than or equal to 1');
  if (name.length > MAX_NAME) {
    refuseConstraint(name, place, `Member must have length less than or equal to ${MAX_NAME}`);
  }
  if (!new RegExp(`^${NAME}$`).test(name)) {
    refuseConstraint(name, place, `Member must satisfy regular expression pattern: ${NAME}`);
  }
}

/** Refuses tools that the service or its models refuse. */
export function checkToolConfig(config: JsonObject): void {
  const tools = listOf(config.tools).map(objectOf);
  if (tools.length === 0) {
    refuseConstraint([], 'toolConfig.tools', 'Member must have length greater than or equal to 1');
  }
  const specs = tools.map(({ toolSpec }) => toolSpec);
  for (const [index, spec] of specs.entries()) {
    if (spec !== undefined) checkSpec(objectOf(spec), `toolConfig.tools.${index}.toolSpec`);
  }
  const names = [
    ...specs.map((spec) => textOf(objectOf(spec).name)),
    ...tools.map(({ systemTool }) => textOf(objectOf(systemTool).name)),
  ].filter((name) => name !== '');
  if (names.length === 0) refuse('The toolConfig.tools field must contain at least one tool.');
  if (new Set(names).size < names.length) refuseAsModel('tools: Tool names must be unique.');
  const chosen = objectOf(objectOf(config.toolChoice).tool).name;
  if (chosen !== undefined && !names.includes(textOf(chosen))) {
    refuseAsModel(`Tool '${textOf(chosen)}' not found in provided tools`);
  }
}

function checkSpec(spec: JsonObject, place: string): void {
  checkToolName(textOf(spec.name), `${place}.name`);
  if (spec.description === '') {
    refuseConstraint('', `${place}.description`, 'Member must have length greater than or equal to 1');
  }
  const { json } = objectOf(spec.inputSchema);
  const schema = objectOf(json);
  if (schema.type !== 'object') {
    refuse(`The value at ${place}.inputSchema.json.type must be one of the following: object.`);
  }
  if (['oneOf', 'allOf', 'anyOf'].some((key) => schema[key] !== undefined)) {
    refuseAsModel(`${place}: input_schema does not support oneOf, allOf, or anyOf at the top level`);
  }
}
