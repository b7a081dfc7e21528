import type { DialectName, Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** The name this room goes by. */
export const geminiName = 'gemini' satisfies DialectName;

/** Fields of this language alone, ready to be spread into what they belong to. */
export function asExt(fields: JsonObject | undefined): { readonly ext?: Ext } {
  return fields === undefined || Object.keys(fields).length === 0 ? {} : { ext: { [geminiName]: fields } };
}

/** What an `ext` holds of this language. */
export function fieldsOf(ext: Ext | undefined): JsonObject | undefined {
  return ext?.[geminiName];
}
