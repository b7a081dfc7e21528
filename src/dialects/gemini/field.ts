import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';

/** Checks a field's value, given the path that errors name. */
type Check<T> = (value: unknown, path: string) => T;

/** Google's words for a value of the wrong type. */
export function wrongValue(path: string, type: string, value: unknown): GatewayError {
  const shown = JSON.stringify(value)?.slice(0, 100) ?? 'nothing';
  return new GatewayError('invalid_request', `Invalid value at '${path}' (${type}), ${shown}`, { param: path });
}

/** A field that contradicts the language in some other way. */
export function wrongField(path: string, message: string): GatewayError {
  return new GatewayError('invalid_request', `* ${path}: ${message}`, { param: path });
}

/**
 * The object's fields under their documented names. Proto JSON takes `snake_case` for every one of them, and clients
 * write both.
 */
export function spelt(object: JsonObject): JsonObject {
  for (const field in object) {
    if (field.includes('_', 1)) {
      return Object.fromEntries(Object.entries(object).map(([name, value]) => [camelCase(name), value]));
    }
  }
  return object;
}

function camelCase(name: string): string {
  return name.replace(/(?<=.)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A field's value where it has one; null stands for absence. */
export function optional<T>(value: unknown, path: string, check: Check<T>): T | undefined {
  return value === undefined || value === null ? undefined : check(value, path);
}

export function string(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongValue(path, 'TYPE_STRING', value);
  return value;
}

/** Numbers may be written as text in proto JSON. */
export function decimal(value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw wrongValue(path, 'TYPE_FLOAT', value);
  return number;
}

export function integer(value: unknown, path: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw wrongValue(path, 'TYPE_INT32', value);
  return number;
}

export function boolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongValue(path, 'TYPE_BOOL', value);
  return value;
}

export function object(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw wrongValue(path, 'TYPE_MESSAGE', value);
  return value;
}

/** An object with its fields under their documented names. */
export function message(value: unknown, path: string): JsonObject {
  return spelt(object(value, path));
}

/** A list; what is no list stands for a list of itself, as the SDKs have it. */
export function list<T>(value: unknown, path: string, check: Check<T>): T[] {
  if (!Array.isArray(value)) return [check(value, path)];
  return value.map((one: unknown, i) => check(one, `${path}[${i}]`));
}

/** An object all of whose members are strings. */
export function strings(value: unknown, path: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(object(value, path)).map(([name, text]) => [name, string(text, `${path}.${name}`)]),
  );
}
