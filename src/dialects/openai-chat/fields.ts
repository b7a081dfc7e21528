import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { longer } from '../../canon/path.ts';

/** What the paths of an object's fields begin with. */
export function within(path: string): string {
  return longer(path, '.');
}

/** The path of a field; none where nobody has to be told. */
export function at(path: string, field: string): string {
  return path === '' ? '' : `${path}.${field}`;
}

/** The path of an element. */
export function nth(path: string, index: number): string {
  return path === '' ? '' : `${path}[${index}]`;
}

/** OpenAI's words for what is wrong with a field; its clients show them, and some look for them. */
export function missingField(param: string): GatewayError {
  const code = 'missing_required_parameter';
  return new GatewayError('invalid_request', `Missing required parameter: '${param}'.`, { param, code });
}

export function wrongType(param: string, expected: string, value: unknown): GatewayError {
  const message = `Invalid type for '${param}': expected ${expected}, but got ${nameOf(value)} instead.`;
  return new GatewayError('invalid_request', message, { param, code: 'invalid_type' });
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
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a decimal';
    default:
      return isObject(value) ? 'an object' : 'nothing';
  }
}

/** A field's value where it has one; null stands for absence, as everywhere in this language. */
export function optional<T>(
  body: JsonObject,
  field: string,
  check: (value: unknown, param: string) => T,
  path = '',
): T | undefined {
  const value = body[field];
  return value === undefined || value === null ? undefined : check(value, path + field);
}

export function required<T>(
  body: JsonObject,
  field: string,
  check: (value: unknown, param: string) => T,
  path = '',
): T {
  if (body[field] === undefined) throw missingField(path + field);
  return check(body[field], path + field);
}

export function string(value: unknown, param: string): string {
  if (typeof value !== 'string') throw wrongType(param, 'a string', value);
  return value;
}

export function decimal(value: unknown, param: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(param, 'a decimal', value);
  return value;
}

export function integer(value: unknown, param: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(param, 'an integer', value);
  return value;
}

export function count(value: unknown, param: string): number {
  const number = integer(value, param);
  if (number >= 1) return number;
  const message = `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${number} instead.`;
  throw wrongValue(param, message, 'integer_below_min_value');
}

export function boolean(value: unknown, param: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(param, 'a boolean', value);
  return value;
}

export function object(value: unknown, param: string): JsonObject {
  if (!isObject(value)) throw wrongType(param, 'an object', value);
  return value;
}

/** An object all of whose members are strings. */
export function strings(value: unknown, param: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(object(value, param)).map(([name, text]) => [name, string(text, `${param}.${name}`)]),
  );
}

/** An array whose elements are objects. */
export function objects(value: unknown, param: string): JsonObject[] {
  if (!Array.isArray(value)) throw wrongType(param, 'an array of objects', value);
  for (let i = 0; i < value.length; i++) {
    const one: unknown = value[i];
    if (!isObject(one)) throw wrongType(`${param}[${i}]`, 'an object', one);
  }
  return value as JsonObject[];
}
