import type { JsonObject } from '../json.ts';
import { Refused } from '../problem.ts';
import { findRefused } from '../refused-fields.ts';
import type { RefusedField } from '../scenario.ts';

/** Leaves the check: 400 invalid_request_error with this message, the field in OpenAI's notation, and a code. */
export function refuse(message: string, param: string | null = null, code: string | null = null): never {
  throw new Refused({ status: 400, type: 'invalid_request_error', message, param, code });
}

/** Refuses members that OpenAI does not know in this place. */
export function checkKnown(value: JsonObject, known: readonly string[], place: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    refuse(`Unknown parameter: '${place}.${unknown}'.`, `${place}.${unknown}`, 'unknown_parameter');
}

/** Refuses a value that is not one of a few. */
export function checkOneOf(value: unknown, known: readonly string[], place: string): void {
  if (typeof value === 'string' && known.includes(value)) return;
  const quoted = known.map((name) => `'${name}'`);
  const list = quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}` : quoted.join('');
  refuse(`Invalid value: '${String(value)}'. Supported values are: ${list}.`, place, 'invalid_value');
}

/** Refuses a place that is of the wrong type, in OpenAI's words. */
export function refuseType(place: string, wanted: string, value: unknown): never {
  const names: Readonly<Record<string, string>> = {
    array: 'an array',
    object: 'an object',
    string: 'a string',
    number: 'a number',
    boolean: 'a boolean',
  };
  const kind = Array.isArray(value) ? 'array' : typeof value;
  const got = value === null ? 'null' : (names[kind] ?? 'nothing');
  return refuse(`Invalid type for '${place}': expected ${wanted}, but got ${got} instead.`, place, 'invalid_type');
}

/** Refuses what this server in particular does not take. */
export function checkRefused(body: JsonObject, fields: readonly RefusedField[] | undefined): void {
  const found = findRefused(body, fields);
  if (found === undefined) return;
  throw new Refused({
    status: found.status,
    type: 'invalid_request_error',
    param: found.path,
    code: 'unsupported_parameter',
    message: found.message ?? `Unsupported parameter: '${found.path}' is not supported with this model.`,
  });
}

/** Refuses a string that is longer than the service allows. */
export function checkLength(text: string, most: number, place: string): void {
  if (text.length <= most) return;
  refuse(
    `Invalid '${place}': string too long. Expected a string with maximum length ${most}, but got a string with length ${text.length} instead.`,
    place,
    'string_above_max_length',
  );
}

/** Refuses a name that no tool may have. */
export function checkToolName(name: string, place: string): void {
  checkLength(name, 64, place);
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  refuse(
    `Invalid '${place}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    place,
    'invalid_value',
  );
}
