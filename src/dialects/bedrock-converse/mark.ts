import type { CacheMark, Ext } from '../../canon/content.ts';
import { mergeExt } from '../../canon/ext.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import { asExt, fieldsOf } from './ext.ts';

const pointFields: ReadonlySet<string> = new Set(['type', 'ttl']);

interface Marked {
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

/**
 * What stands before a cache point, marked by it; nothing where the object is no cache point, or nothing stands there that
 * could take it. A point that says more than its time is kept whole beside the mark.
 */
export function markedBy<T extends Marked>(last: T | undefined, object: JsonObject): T | undefined {
  const point = object.cachePoint;
  if (!isObject(point) || last === undefined || last.cache !== undefined) return undefined;
  const ttl = stringIn(point.ttl);
  const says = point.type !== 'default' || otherFields(point, pointFields) !== undefined;
  const ext = mergeExt(last.ext, says ? asExt({ cachePoint: point }).ext : undefined);
  return { ...last, cache: ttl === undefined ? {} : { ttl }, ...(ext !== undefined && { ext }) };
}

/** The cache point for a mark. @param own the mark was a cache point before, and is written as it was. */
export function writePoint({ cache, ext }: Marked, own: boolean): JsonObject {
  const whole = fieldsOf(ext).cachePoint;
  if (isObject(whole)) return { cachePoint: whole };
  // Five minutes is what a point means anyway, and models that know no other time refuse to be told.
  const ttl = own || cache?.ttl !== '5m' ? cache?.ttl : undefined;
  return { cachePoint: { type: 'default', ...(ttl !== undefined && { ttl }) } };
}

/** Whether an object is nothing but a cache point. */
export function isPoint(object: JsonObject): boolean {
  return object.cachePoint !== undefined;
}
