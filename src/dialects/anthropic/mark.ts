import type { CacheMark, Ext } from '../../canon/content.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import { asExt, fieldsOf } from './ext.ts';
import { at, isAbsent, wrongField } from './field.ts';

/** What any block or tool may carry. */
export interface Marks {
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

const markFields: ReadonlySet<string> = new Set(['type', 'ttl']);

/** The cache mark of a block, a tool or a request. */
export function readCacheMark(value: unknown, path: string): CacheMark | undefined {
  if (isAbsent(value)) return undefined;
  if (!isObject(value)) throw wrongField(path, 'Input should be a valid dictionary');
  const ttl = stringIn(value.ttl);
  return ttl === undefined ? {} : { ttl };
}

/**
 * What was read of a block or tool, with its cache mark and whatever the dialect does not know of it; a mark that says more
 * than its time stays whole as well. The same object: hardly any has either.
 */
export function marked<T extends Marks>(read: T, object: JsonObject, known: ReadonlySet<string>, path: string): T {
  const others = otherFields(object, known);
  return others === undefined ? read : Object.assign(read, marksIn(others, path));
}

function marksIn(others: JsonObject, path: string): Marks {
  const { cache_control: control, ...rest } = others;
  if (control === undefined) return asExt(others);
  const cache = readCacheMark(control, at(path, 'cache_control'));
  const says = isObject(control) && otherFields(control, markFields) !== undefined ? { cache_control: control } : {};
  const fields = { ...rest, ...says };
  return { ...(cache !== undefined && { cache }), ...asExt(Object.keys(fields).length > 0 ? fields : undefined) };
}

/** A cache mark as a field to be spread. */
export function writeCacheMark(cache: CacheMark | undefined): JsonObject {
  if (cache === undefined) return {};
  return { cache_control: cache.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cache.ttl } };
}

/** What was written of a block or tool, with its cache mark and this language's own fields. The same object where it has neither. */
export function withMarks(written: JsonObject, marks: Marks, cacheable: boolean): JsonObject {
  if (marks.cache === undefined && marks.ext === undefined) return written;
  return { ...written, ...writeMarks(marks, cacheable) };
}

/** The cache mark and this language's own fields, to be spread at the end of what they belong to. */
export function writeMarks({ cache, ext }: Marks, cacheable: boolean): JsonObject {
  const fields = fieldsOf(ext);
  if (cacheable) return { ...writeCacheMark(cache), ...fields };
  const { cache_control: _, ...others } = fields ?? {};
  return others;
}
