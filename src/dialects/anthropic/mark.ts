import type { CacheMark, Ext } from '../../canon/content.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { asExt, fieldsOf, otherFields } from './ext.ts';
import { isAbsent, wrongField } from './field.ts';

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

/** The cache mark and whatever the dialect does not know of a block or tool; a mark that says more than its time stays whole as well. */
export function readMarks(object: JsonObject, known: ReadonlySet<string>, path: string): Marks {
  const others = otherFields(object, known);
  if (others === undefined) return {};
  const { cache_control: control, ...rest } = others;
  if (control === undefined) return asExt(others);
  const cache = readCacheMark(control, `${path}.cache_control`);
  const says = isObject(control) && otherFields(control, markFields) !== undefined ? { cache_control: control } : {};
  const fields = { ...rest, ...says };
  return { ...(cache !== undefined && { cache }), ...asExt(Object.keys(fields).length > 0 ? fields : undefined) };
}

/** A cache mark as a field to be spread. */
export function writeCacheMark(cache: CacheMark | undefined): JsonObject {
  if (cache === undefined) return {};
  return { cache_control: cache.ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl: cache.ttl } };
}

/** The cache mark and this language's own fields, to be spread at the end of what they belong to. */
export function writeMarks({ cache, ext }: Marks, cacheable: boolean): JsonObject {
  const fields = fieldsOf(ext);
  if (cacheable) return { ...writeCacheMark(cache), ...fields };
  const { cache_control: _, ...others } = fields ?? {};
  return others;
}
