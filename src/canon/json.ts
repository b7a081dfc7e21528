/** A JSON object as `JSON.parse` gives it: nothing about its fields is known until a reader has looked. */
export type JsonObject = { [key: string]: unknown };

/** True for a plain object; false for null, arrays and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects among an array's elements; nothing for anything that is not an array. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value when it is a string, else nothing. */
export function stringIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value when it is a finite number, else nothing. */
export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** As `numberIn`; some servers write counts as text. */
export function countIn(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : numberIn(value);
}

/** The value when it is true or false, else nothing. */
export function booleanIn(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Parsed JSON, or nothing when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of an object that are not `known` and not null; nothing where there are none. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let others: JsonObject | undefined;
  for (const field in object) {
    const value = object[field];
    if (known.has(field) || value === null || value === undefined) continue;
    others ??= {};
    if (field === '__proto__') define(others, field, value);
    else others[field] = value;
  }
  return others;
}

/** A field that is one like any other, whatever its name means in JavaScript. */
function define(object: JsonObject, field: string, value: unknown): void {
  Object.defineProperty(object, field, { value, enumerable: true, configurable: true, writable: true });
}
