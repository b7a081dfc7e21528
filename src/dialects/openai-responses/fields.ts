import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';

/** What is wrong with a field, in OpenAI's words: its clients show them, and some look for them. */
export function missingField(param: string): GatewayError {
  return wrongValue(param, `Missing required parameter: '${param}'.`, 'missing_required_parameter');
}

export function wrongType(param: string, expected: string, value: unknown): GatewayError {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${nameOf(value)} instead.`;
  return wrongValue(param, message, 'invalid_type');
}

export function wrongValue(param: string, message: string, code = 'invalid_value'): GatewayError {
  return new GatewayError('invalid_request', message, { param, code });
}

/** `'a', 'b', and 'c'` */
export function unknownValue(param: string, value: string, known: readonly string[]): GatewayError {
  const quoted = known.map((one) => `'${one}'`);
  const list = `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
  return wrongValue(param, `Invalid value: '${value}'. Supported values are: ${list}.`);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return typeof value === 'undefined' ? 'nothing' : `a ${typeof value}`;
}

/** Makes a value of a field what it has to be. Throws `invalid_request`. */
export type Check<T> = (value: unknown, param: string) => T;

/** A field's value where it has one; null stands for absence, as everywhere in this language. */
export function optional<T>(body: JsonObject, field: string, check: Check<T>, path = ''): T | undefined {
  const value = body[field];
  return value === undefined || value === null ? undefined : check(value, path + field);
}

export function required<T>(body: JsonObject, field: string, check: Check<T>, path = ''): T {
  if (body[field] === undefined) throw missingField(path + field);
  return check(body[field], path + field);
}

export const string: Check<string> = (value, param) => {
  if (typeof value !== 'string') throw wrongType(param, 'a string', value);
  return value;
};

export const decimal: Check<number> = (value, param) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(param, 'a decimal', value);
  return value;
};

/** A whole number above zero. */
export const count: Check<number> = (value, param) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(param, 'an integer', value);
  if (value >= 1) return value;
  const message = `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`;
  throw wrongValue(param, message, 'integer_below_min_value');
};

export const boolean: Check<boolean> = (value, param) => {
  if (typeof value !== 'boolean') throw wrongType(param, 'a boolean', value);
  return value;
};

export const object: Check<JsonObject> = (value, param) => {
  if (!isObject(value)) throw wrongType(param, 'an object', value);
  return value;
};

/** An object all of whose members are strings. */
export const strings: Check<{ readonly [name: string]: string }> = (value, param) =>
  Object.fromEntries(
    Object.entries(object(value, param)).map(([name, text]) => [name, string(text, `${param}.${name}`)]),
  );

/** An array whose elements are objects. */
export const objects: Check<JsonObject[]> = (value, param) => {
  if (!Array.isArray(value)) throw wrongType(param, 'an array of objects', value);
  return value.map((one: unknown, i) => object(one, `${param}[${i}]`));
};
