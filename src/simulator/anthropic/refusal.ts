import { isObject, type Json, type JsonObject, textOf } from '../json.ts';
import { Refused } from '../problem.ts';

/** Leaves the check: 400 invalid_request_error with this message. */
export function refuse(message: string): never {
  throw new Refused({ status: 400, message });
}

/** Refuses unless the object has what it must have and nothing that nobody knows. A word ending in `!` must be there. */
export function checkMembers(
  value: JsonObject,
  words: readonly string[],
  place: string,
  always: readonly string[] = [],
): void {
  const dot = place === '' ? '' : `${place}.`;
  for (const word of words) {
    const name = word.replace('!', '');
    if (word.endsWith('!') && value[name] === undefined) refuse(`${dot}${name}: Field required`);
  }
  for (const name of Object.keys(value)) {
    if (words.includes(name) || words.includes(`${name}!`) || always.includes(name)) continue;
    refuse(`${dot}${name}: Extra inputs are not permitted`);
  }
}

/** The value as an object, or a refusal that says where one was wanted. */
export function objectAt(value: Json | undefined, place: string): JsonObject {
  return isObject(value) ? value : refuse(`${place}: Input should be a valid dictionary`);
}

/** The value as a list, or a refusal. */
export function listAt(value: Json | undefined, place: string): readonly Json[] {
  return Array.isArray(value) ? value : refuse(`${place}: Input should be a valid list`);
}

/** The value as a string, or a refusal. */
export function stringAt(value: Json | undefined, place: string): string {
  return typeof value === 'string' ? value : refuse(`${place}: Input should be a valid string`);
}

/** The row of a table for the object's `type`, or a refusal that names the types there are. */
export function rowFor(
  value: JsonObject,
  rows: Readonly<Record<string, readonly string[]>>,
  place: string,
): readonly string[] {
  if (value.type === undefined) refuse(`${place}.type: Field required`);
  const row = typeof value.type === 'string' && Object.hasOwn(rows, value.type) ? rows[value.type] : undefined;
  if (row !== undefined) return row;
  const names = Object.keys(rows).map((name) => `'${name}'`);
  return refuse(
    `${place}: Input tag '${textOf(value.type)}' found using 'type' does not match any of the expected tags: ${names.join(', ')}`,
  );
}
