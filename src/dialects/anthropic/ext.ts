import type { DialectName, Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** The name this room goes by. */
export const anthropicName = 'anthropic' satisfies DialectName;

/** Fields of this language alone, ready to be spread into what they belong to. */
export function asExt(fields: JsonObject | undefined): { readonly ext?: Ext } {
  return fields === undefined ? {} : { ext: { [anthropicName]: fields } };
}

/** What an `ext` holds of this language. */
export function fieldsOf(ext: Ext | undefined): JsonObject | undefined {
  return ext?.[anthropicName];
}

/** Fields of a nested object under the names they have in a path, `thinking.block_binding`. */
export function dotted(owner: string, fields: JsonObject | undefined): JsonObject {
  const named: JsonObject = {};
  for (const field in fields) named[`${owner}.${field}`] = fields[field];
  return named;
}

/** Undoes `dotted`: the fields that belong into `owner`. */
export function undotted(owner: string, fields: JsonObject | undefined): JsonObject {
  const own: JsonObject = {};
  for (const field in fields) if (field.startsWith(`${owner}.`)) own[field.slice(owner.length + 1)] = fields[field];
  return own;
}
