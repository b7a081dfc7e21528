import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';

/** The path of a field or an element; none where nobody has to be told. */
export function at(path: string, place: string | number): string {
  return path === '' ? '' : `${path}.${place}`;
}

/** The client's mistake, in the wording of the service: `messages.3.content: Field required`. */
export function wrongField(path: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${path}: ${what}`, { param: path.replace(/\.(\d+)/g, '[$1]') });
}

/** Null says nothing in this language. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** A field that has to be there. */
export function requiredString(value: unknown, path: string): string {
  if (isAbsent(value)) throw wrongField(path, 'Field required');
  if (typeof value !== 'string') throw wrongField(path, 'Input should be a valid string');
  return value;
}

/** A field that has to be there. */
export function requiredObject(value: unknown, path: string): JsonObject {
  if (isAbsent(value)) throw wrongField(path, 'Field required');
  if (!isObject(value)) throw wrongField(path, 'Input should be a valid dictionary');
  return value;
}

/** A field that has to be there. */
export function requiredList(value: unknown, path: string): readonly unknown[] {
  if (isAbsent(value)) throw wrongField(path, 'Field required');
  if (!Array.isArray(value)) throw wrongField(path, 'Input should be a valid list');
  return value;
}

/** A whole number, not negative, that has to be there. */
export function requiredCount(value: unknown, path: string): number {
  if (isAbsent(value)) throw wrongField(path, 'Field required');
  if (!Number.isInteger(value)) throw wrongField(path, 'Input should be a valid integer');
  if ((value as number) < 0) throw wrongField(path, 'Input should be greater than or equal to 0');
  return value as number;
}

/** Nothing, or what the check makes of it. */
export function optional<T>(value: unknown, path: string, check: (value: unknown, path: string) => T): T | undefined {
  return isAbsent(value) ? undefined : check(value, path);
}

/** For `optional`: a number. */
export function aNumber(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongField(path, 'Input should be a valid number');
  return value;
}

/** For `optional`: true or false. */
export function aBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongField(path, 'Input should be a valid boolean');
  return value;
}
