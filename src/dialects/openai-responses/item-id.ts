import { fingerprint } from '../../canon/fingerprint.ts';
import type { JsonObject } from '../../canon/json.ts';

/** How the ids of items begin, by their type. */
const prefixes: ReadonlyMap<unknown, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['custom_tool_call', 'ctc'],
  ['local_shell_call', 'lsh'],
  ['shell_call', 'sh'],
  ['apply_patch_call', 'apc'],
  ['tool_search_call', 'tsc'],
  ['computer_call', 'cu'],
  ['image_generation_call', 'ig'],
]);

/** The id of an item that its provider gave none: always the same for the same place in the same answer. */
export function madeItemId(type: unknown, answer: string, index: number): string {
  return `${prefixes.get(type) ?? 'item'}_${fingerprint(`${answer}:${index}`, 40)}`;
}

/**
 * How the ids of items begin that hold reasoning encrypted from the start: the language itself does not tell it from
 * reasoning that is encrypted beside its summary.
 */
const redactedPrefix = 'rs_redacted_';

/** The id for reasoning that was encrypted from the start. */
export function redactedId(data: string): string {
  return redactedPrefix + fingerprint(data, 32);
}

/** Whether an item holds reasoning that was encrypted from the start. */
export function isRedacted({ id }: JsonObject): boolean {
  return typeof id === 'string' && id.startsWith(redactedPrefix);
}

/** Most characters of a call's id. */
const longestCallId = 64;

/** A call's id in the form that the language takes; pairs stay pairs. */
export function legalCallId(id: string): string {
  return id !== '' && id.length <= longestCallId ? id : `call_${fingerprint(id, 32)}`;
}
