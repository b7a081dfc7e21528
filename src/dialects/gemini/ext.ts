import type { DialectName, Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** The name this room goes by. */
export const geminiName = 'gemini' satisfies DialectName;

/** The fields that are not `known`; nothing where there are none. Null stands for absence, as everywhere in proto JSON. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let others: JsonObject | undefined;
  for (const field in object) {
    if (known.has(field) || object[field] === null || object[field] === undefined) continue;
    others ??= {};
    others[field] = object[field];
  }
  return others;
}

/** Fields of this language alone, ready to be spread into what they belong to. */
export function asExt(fields: JsonObject | undefined): { readonly ext?: Ext } {
  return fields === undefined || Object.keys(fields).length === 0 ? {} : { ext: { [geminiName]: fields } };
}

/** What an `ext` holds of this language. */
export function fieldsOf(ext: Ext | undefined): JsonObject | undefined {
  return ext?.[geminiName];
}
