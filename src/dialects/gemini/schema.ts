import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { spelt } from './field.ts';

/** Keywords of `Schema` that are numbers and may be written as text. */
const counts: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/** Google's `Schema`, a dialect of OpenAPI 3.0, as JSON Schema. What is JSON Schema already stays as it is. */
export function jsonSchemaOf(written: JsonObject): JsonObject {
  const { type, nullable, propertyOrdering: _, example, ...rest } = spelt(written);
  const schema: JsonObject = {};
  const name = stringIn(type)?.toLowerCase();
  const isNullable = nullable === true;
  if (name !== undefined && name !== 'type_unspecified') schema.type = isNullable ? [name, 'null'] : name;
  else if (Array.isArray(type)) schema.type = type.map((one: unknown) => stringIn(one)?.toLowerCase() ?? one);
  for (const [keyword, value] of Object.entries(rest)) {
    if (value === null) continue;
    if (counts.has(keyword)) schema[keyword] = Number(value);
    else if (keyword === 'properties' && isObject(value)) schema[keyword] = mapped(value);
    else if (keyword === 'items' && isObject(value)) schema[keyword] = jsonSchemaOf(value);
    else if (keyword === 'anyOf') schema[keyword] = alternatives(value, isNullable && name === undefined);
    // It says that there is an `enum`, which is to be seen.
    else if (keyword !== 'format' || value !== 'enum') schema[keyword] = value;
  }
  const values: unknown = schema.enum;
  if (isNullable && Array.isArray(values) && !values.includes(null)) schema.enum = (values as unknown[]).concat(null);
  if (example !== undefined) schema.examples = [example];
  return schema;
}

function mapped(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, isObject(schema) ? jsonSchemaOf(schema) : schema]),
  );
}

function alternatives(value: unknown, nullable: boolean): JsonObject[] {
  const schemas = objectsIn(value).map(jsonSchemaOf);
  return nullable ? [...schemas, { type: 'null' }] : schemas;
}

/** A schema without the keyword that the API takes for an unknown field; the schema itself where it has none. */
export function acceptableSchema(schema: JsonObject, onChange: (keyword: string) => void): JsonObject {
  if (schema.$schema === undefined) return schema;
  const { $schema: _, ...rest } = schema;
  onChange('$schema');
  return rest;
}
