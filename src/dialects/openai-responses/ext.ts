import type { DialectName, Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** The name this room goes by. */
export const responsesName = 'openai-responses' satisfies DialectName;

/** What an `ext` holds of this language. */
export function ownFields(ext: Ext | undefined): JsonObject {
  return ext?.[responsesName] ?? {};
}

/** Fields of this language alone, ready to be spread into what they belong to; nothing where there are none. */
export function asExt(fields: JsonObject | undefined): { readonly ext?: Ext } {
  return fields === undefined || Object.keys(fields).length === 0 ? {} : { ext: { [responsesName]: fields } };
}

/** The fields that are not among the known ones and say something: nulls and empty lists do not. Nothing when there are none. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let others: JsonObject | undefined;
  for (const field in object) {
    const value = object[field];
    if (known.has(field) || value === null || value === undefined) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    others ??= {};
    others[field] = value;
  }
  return others;
}
