import type { JsonObject } from '../json.ts';
import { Refused } from '../problem.ts';

/** Leaves the check: 400 INVALID_ARGUMENT with this message. */
export function refuse(message: string, details?: JsonObject): never {
  throw new Refused({ status: 400, message, ...(details === undefined ? {} : { details }) });
}

/** Leaves the check since a field of the request is wrong, in the words of Google's own validation. */
export function refuseField(field: string, why: string): never {
  return refuse(`* GenerateContentRequest.${field}: ${why}\n`);
}

/** Google's names of fields in messages: `functionDeclarations` is `function_declarations`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The camel-case name of a field that may be written either way. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}
