import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { refuse, refuseField } from './refusal.ts';
import { callingOf, declarationsOf, isOld, manyOf } from './request.ts';
import { checkSchema } from './schema.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;

/** Refuses tools, and settings of their calling, that the service refuses. */
export function checkTools(request: JsonObject, model: string): void {
  const seen = new Set<string>();
  const tools = manyOf(request.tools).map(objectOf);
  for (const [number, tool] of tools.entries()) {
    for (const [index, declared] of manyOf(tool.functionDeclarations).entries()) {
      const name = textOf(objectOf(declared).name);
      checkDeclaration(objectOf(declared), `tools[${number}].function_declarations[${index}]`);
      if (seen.has(name)) refuse(`Duplicate function declaration found: ${name}`);
      seen.add(name);
    }
  }
  const serves = tools.some((tool) => Object.keys(tool).some((name) => name !== 'functionDeclarations'));
  if (isOld(model) && serves && seen.size > 0) refuse('Tool use with function calling is unsupported');
  checkCalling(request, seen);
}

function checkDeclaration(declared: JsonObject, place: string): void {
  if (!NAME.test(textOf(declared.name))) {
    refuseField(
      `${place}.name`,
      '[FIELD_INVALID] Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, ' +
        '0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.',
    );
  }
  for (const [own, json] of [
    ['parameters', 'parametersJsonSchema'],
    ['response', 'responseJsonSchema'],
  ] as const) {
    if (declared[own] !== undefined && declared[json] !== undefined) {
      refuseField(place, `only one of ${own} and ${own}_json_schema may be set.`);
    }
    if (isObject(declared[own])) checkSchema(declared[own], `${place}.${own}`);
    const { type } = objectOf(declared[json]);
    if (json === 'parametersJsonSchema' && type !== undefined && type !== 'object') {
      refuseField(`${place}.parameters_json_schema`, "the type of the parameters must be 'object'.");
    }
  }
}

function checkCalling(request: JsonObject, names: ReadonlySet<string>): void {
  const { mode, allowed } = callingOf(request);
  const place = 'tool_config.function_calling_config';
  if (mode === 'ANY' && declarationsOf(request).length === 0) {
    refuseField(place, 'Function calling mode is enabled without function_declarations.');
  }
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    refuseField(
      `${place}.allowed_function_names`,
      'allowed_function_names should only be set when function calling mode is ANY or VALIDATED.',
    );
  }
  const index = allowed.findIndex((name) => !names.has(name));
  if (index < 0) return;
  refuseField(
    `${place}.allowed_function_names[${index}]`,
    `${allowed[index] ?? ''} is not one of the function_declarations.`,
  );
}
