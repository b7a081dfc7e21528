import type { Source } from '../../canon/content.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { mediaTypeOfName } from '../../canon/media.ts';
import { converseName } from './ext.ts';
import { formatOfMediaType, type Medium, mediaTypeOfFormat } from './format.ts';

/** A source, and what of it has no canonical place. */
export interface ReadSource {
  readonly source: Source;
  readonly others: JsonObject;
}

/** Where the bytes are; nothing for a kind of source that is not known here. */
export function readSource(medium: Medium, value: unknown, format: string | undefined): ReadSource | undefined {
  if (!isObject(value)) return undefined;
  const bytes = stringIn(value.bytes);
  if (bytes !== undefined) {
    const mediaType = mediaTypeOfFormat(medium, format ?? '');
    const others = formatOfMediaType(medium, mediaType) === format ? {} : { format };
    return { source: { type: 'base64', mediaType, data: bytes }, others };
  }
  const location = isObject(value.s3Location) ? value.s3Location : {};
  const { uri, ...rest } = location;
  if (typeof uri !== 'string') return undefined;
  return { source: { type: 'file', id: uri, owner: converseName }, others: { ...rest, ...(format && { format }) } };
}

/** A source as the service takes it, with the name of its format. */
export interface WrittenSource {
  readonly format: string;
  readonly source: JsonObject;
}

/** Nothing where the service cannot be told: it takes bytes, and objects in S3, of the formats it knows. */
export function writeSource(medium: Medium, source: Source, own: JsonObject): WrittenSource | undefined {
  const { format: named, bucketOwner } = own;
  const uri = uriOf(source);
  const mediaType = source.type === 'file' ? undefined : source.mediaType;
  const format =
    stringIn(named) ??
    formatOfMediaType(medium, mediaType ?? '') ??
    (uri === undefined ? undefined : formatOfMediaType(medium, mediaTypeOfName(uri) ?? ''));
  if (format === undefined) return undefined;
  if (uri !== undefined) {
    return { format, source: { s3Location: { uri, ...(bucketOwner !== undefined && { bucketOwner }) } } };
  }
  return source.type === 'base64' ? { format, source: { bytes: source.data } } : undefined;
}

/** The address of an object in S3, whoever wrote it. */
function uriOf(source: Source): string | undefined {
  if (source.type === 'file') return source.owner === converseName ? source.id : undefined;
  return source.type === 'url' && source.url.startsWith('s3://') ? source.url : undefined;
}

/** Why a source could not be told, for losses and for the model. */
export function reasonAgainst(medium: Medium, source: Source): string {
  if (source.type === 'url') return 'only bytes and objects in S3 can be sent';
  if (source.type === 'file') return 'it lies with another provider';
  return `there is no ${medium} format for ${source.mediaType}`;
}
