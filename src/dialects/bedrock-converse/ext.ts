import type { DialectName, Ext } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** The name this room goes by. */
export const converseName = 'bedrock-converse' satisfies DialectName;

/** Fields of this language alone, ready to be spread into what they belong to; nothing where there are none. */
export function asExt(fields: JsonObject | undefined): { readonly ext?: Ext } {
  return fields === undefined || Object.keys(fields).length === 0 ? {} : { ext: { [converseName]: fields } };
}

/** What an `ext` holds of this language. */
export function fieldsOf(ext: Ext | undefined): JsonObject {
  return ext?.[converseName] ?? {};
}

/** The object without the fields that are undefined. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** A field that holds an object; left out where the object is empty. */
export function unlessEmpty(field: string, object: JsonObject): JsonObject {
  return Object.keys(object).length > 0 ? { [field]: object } : {};
}
