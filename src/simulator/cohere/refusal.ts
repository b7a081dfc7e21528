import { isObject, type Json, type JsonObject } from '../json.ts';
import { Refused } from '../problem.ts';

/** Leaves the check: 400 with this message, which begins with `invalid request: `. */
export function refuse(message: string): never {
  throw new Refused({ status: 400, message: `invalid request: ${message}` });
}

/** Refuses members that nobody knows in this place: 422. */
export function checkKnown(value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Refused({
    status: 422,
    message:
      `unknown field: parameter '${unknown}' is not a valid field. For proper usage, please refer to ` +
      'https://docs.cohere.com/reference/chat',
  });
}

/** The value as an object, or a refusal that says where one was wanted. */
export function objectAt(value: Json | undefined, place: string): JsonObject {
  return isObject(value) ? value : refuseType(place, 'an object');
}

/** The value as a list, or a refusal. */
export function listAt(value: Json | undefined, place: string): readonly Json[] {
  return Array.isArray(value) ? value : refuseType(place, 'a list');
}

/** The value as a string, or a refusal. */
export function stringAt(value: Json | undefined, place: string): string {
  return typeof value === 'string' ? value : refuseType(place, 'a string');
}

/** Refuses a value that is there and not one of a few words. */
export function checkOneOf(value: Json | undefined, known: readonly string[], place: string): void {
  if (value === undefined || known.some((word) => word === value)) return;
  refuse(`${place} must be one of: ${known.join(', ')}.`);
}

function refuseType(place: string, wanted: string): never {
  return refuse(`${place} must be ${wanted}.`);
}
