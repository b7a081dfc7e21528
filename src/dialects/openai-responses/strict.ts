import { isObject, type JsonObject } from '../../canon/json.ts';

/** Words of JSON Schema that a strict schema may not have. */
const refused: readonly string[] = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
];

/** Whether a schema is such as the service keeps to strictly: every object closed, all its properties required. */
export function fitsStrict(schema: JsonObject): boolean {
  return schema.type === 'object' && schema.anyOf === undefined && isStrict(schema);
}

function isStrict(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  if (refused.some((word) => word in schema)) return false;
  if (!isClosed(schema)) return false;
  const inner = [
    ...membersOf(schema.properties),
    ...membersOf(schema.$defs),
    ...membersOf(schema.definitions),
    ...(Array.isArray(schema.anyOf) ? (schema.anyOf as unknown[]) : []),
    ...(schema.items === undefined ? [] : [schema.items]),
  ];
  return inner.every(isStrict);
}

function isClosed(schema: JsonObject): boolean {
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (!types.includes('object') && schema.properties === undefined) return true;
  const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
  const needed: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return schema.additionalProperties === false && names.every((name) => needed.includes(name));
}

function membersOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}
