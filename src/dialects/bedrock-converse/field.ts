import { GatewayError } from '../../canon/error.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';

/** The client's mistake, in the service's wording. */
export function wrongField(path: string, constraint: string): GatewayError {
  const message = `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`;
  return new GatewayError('invalid_request', message, { param: path });
}

/** Null says nothing in this language. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** A field that has to be there. */
export function requiredString(value: unknown, path: string): string {
  if (isAbsent(value)) throw wrongField(path, 'Member must not be null');
  if (typeof value !== 'string') throw wrongField(path, 'Member must be a string');
  return value;
}

/** A field that has to be there. */
export function requiredObject(value: unknown, path: string): JsonObject {
  if (isAbsent(value)) throw wrongField(path, 'Member must not be null');
  if (!isObject(value)) throw wrongField(path, 'Member must be a structure');
  return value;
}

/** A field that has to be there. */
export function requiredList(value: unknown, path: string): readonly unknown[] {
  if (isAbsent(value)) throw wrongField(path, 'Member must not be null');
  if (!Array.isArray(value)) throw wrongField(path, 'Member must be a list');
  return value;
}

/** Nothing, or what the check makes of it. */
export function optional<T>(value: unknown, path: string, check: (value: unknown, path: string) => T): T | undefined {
  return isAbsent(value) ? undefined : check(value, path);
}

/** For `optional`: a number. */
export function aNumber(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongField(path, 'Member must be a number');
  return value;
}

/** For `optional`: a whole number of tokens or the like. @param least the smallest that is legal. */
export function aCount(value: unknown, path: string, least = 0): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongField(path, 'Member must be an integer');
  if (value < least) throw wrongField(path, `Member must have value greater than or equal to ${least}`);
  return value;
}

/** For `optional`: true or false. */
export function aBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongField(path, 'Member must be a boolean');
  return value;
}
