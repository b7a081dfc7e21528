import { isObject, type Json, type JsonObject, listOf, numberOf, objectOf, textOf } from './json.ts';

/** Schemas deeper than this (they are recursive) get null. */
const MAX_DEPTH = 24;

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'simulator@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** Tried in turn when a schema has a pattern: a regular expression cannot be inverted cheaply. */
const FOR_PATTERN: readonly string[] = [
  'simulated',
  'a',
  'A',
  '0',
  '1',
  '',
  'a1',
  'A1',
  '00',
  '000',
  '0000',
  '00000',
  '000000',
  '1.0.0',
  'v1.0.0',
  'a/b',
  '/a',
  '#000000',
  '+10000000000',
  '12:00',
  'a-b',
  'a_b',
  'USD',
  'en-US',
  '0x0',
  ...Object.values(BY_FORMAT),
];

/**
 * A small instance that is valid for the schema: required members only, the first choice everywhere.
 * Knows `$ref` inside the document, const, enum, default, allOf, anyOf, oneOf, bounds, formats and simple patterns.
 */
export function instanceOf(schema: Json | undefined): Json {
  return build(schema, objectOf(schema), 0);
}

function build(schema: Json | undefined, root: JsonObject, depth: number): Json {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const reference = textOf(schema.$ref);
  if (reference !== '') return build(resolve(reference, root), root, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  if (schema.default !== undefined && schema.default !== null && !isObject(schema.default)) return schema.default;
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const choice = listOf(anyOf ?? oneOf)[0];
  if (choice !== undefined || allOf !== undefined) {
    return build(merged([rest, ...listOf(allOf), ...(choice === undefined ? [] : [choice])], root), root, depth + 1);
  }
  return ofType(typeOf(schema), schema, root, depth);
}

function typeOf(schema: JsonObject): string {
  const named = Array.isArray(schema.type) ? schema.type.find((type) => type !== 'null') : schema.type;
  if (typeof named === 'string') return named;
  if (schema.properties !== undefined || schema.required !== undefined) return 'object';
  if (schema.items !== undefined) return 'array';
  return schema.minimum !== undefined || schema.maximum !== undefined ? 'number' : 'string';
}

function ofType(type: string, schema: JsonObject, root: JsonObject, depth: number): Json {
  switch (type) {
    case 'object':
      return objectInstance(schema, root, depth);
    case 'array': {
      const item = schema.items ?? listOf(schema.prefixItems)[0] ?? {};
      return Array.from({ length: numberOf(schema.minItems) ?? 0 }, () => build(item, root, depth + 1));
    }
    case 'integer':
    case 'number':
      return numberInstance(schema, type === 'integer');
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringInstance(schema);
  }
}

function objectInstance(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
  const properties = objectOf(schema.properties);
  const instance: JsonObject = {};
  for (const name of listOf(schema.required)) {
    if (typeof name === 'string') instance[name] = build(properties[name] ?? {}, root, depth + 1);
  }
  return instance;
}

function numberInstance(schema: JsonObject, whole: boolean): number {
  const step = numberOf(schema.multipleOf) ?? (whole ? 1 : undefined);
  const above = numberOf(schema.exclusiveMinimum);
  const below = numberOf(schema.exclusiveMaximum);
  const least = numberOf(schema.minimum) ?? (above === undefined ? undefined : above + (step ?? 1e-6));
  const most = numberOf(schema.maximum) ?? (below === undefined ? undefined : below - (step ?? 1e-6));
  const start = Math.min(Math.max(0, least ?? 0), most ?? Number.POSITIVE_INFINITY);
  if (step === undefined) return start;
  const up = Math.ceil(start / step) * step;
  return most !== undefined && up > most ? Math.floor(most / step) * step : up;
}

function stringInstance(schema: JsonObject): string {
  const least = numberOf(schema.minLength) ?? 0;
  const most = numberOf(schema.maxLength) ?? Number.POSITIVE_INFINITY;
  const pattern = textOf(schema.pattern);
  if (pattern !== '') {
    const fits = (text: string): boolean => matches(pattern, text) && text.length >= least && text.length <= most;
    return FOR_PATTERN.find(fits) ?? 'simulated';
  }
  const text = BY_FORMAT[textOf(schema.format)] ?? 'simulated';
  return text.padEnd(least, 'x').slice(0, Math.min(most, Math.max(text.length, least)));
}

function matches(pattern: string, text: string): boolean {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags).test(text);
    } catch {
      // Many schemas escape more than the unicode flag allows: tried again without it.
    }
  }
  return false;
}

function resolve(reference: string, root: JsonObject): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  let place: Json | undefined = root;
  for (const part of reference.slice(1).split('/').slice(1)) {
    place = objectOf(place)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return place;
}

/** One schema that asks for what all of them ask. */
function merged(schemas: readonly Json[], root: JsonObject): JsonObject {
  const sum: JsonObject = {};
  for (const item of schemas) {
    const { $ref: reference, ...own } = objectOf(item);
    const schema = typeof reference === 'string' ? { ...objectOf(resolve(reference, root)), ...own } : own;
    const properties = { ...objectOf(sum.properties), ...objectOf(schema.properties) };
    const required = [...new Set([...listOf(sum.required), ...listOf(schema.required)])];
    Object.assign(sum, schema);
    if (Object.keys(properties).length > 0) sum.properties = properties;
    if (required.length > 0) sum.required = required;
  }
  return sum;
}
