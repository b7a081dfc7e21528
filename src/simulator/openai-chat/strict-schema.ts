import { isObject, type JsonObject, listOf, objectOf } from '../json.ts';

/** Why a schema may not be used with `strict: true`, in OpenAI's words, or undefined when it may. */
export function strictFault(schema: unknown, context: readonly string[] = []): string | undefined {
  if (!isObject(schema)) return undefined;
  const place = `In context=(${context.map((name) => `'${name}'`).join(', ')}), `;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (types.includes('object')) {
    if (schema.additionalProperties !== false)
      return `${place}'additionalProperties' is required to be supplied and to be false.`;
    const names = Object.keys(objectOf(schema.properties));
    const missing = names.find((name) => !listOf(schema.required).includes(name));
    if (missing !== undefined) {
      return `${place}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  return inner(schema)
    .map(([name, child]) => strictFault(child, [...context, ...name]))
    .find((fault) => fault !== undefined);
}

function inner(schema: JsonObject): (readonly [readonly string[], unknown])[] {
  const properties = Object.entries(objectOf(schema.properties));
  const definitions = Object.entries(objectOf(schema.$defs));
  return [
    ...properties.map(([name, child]) => [['properties', name], child] as const),
    ...definitions.map(([name, child]) => [['$defs', name], child] as const),
    ...listOf(schema.anyOf).map((child, index) => [['anyOf', String(index)], child] as const),
    [['items'], schema.items] as const,
  ];
}
