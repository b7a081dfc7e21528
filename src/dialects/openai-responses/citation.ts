import type { Citation } from '../../canon/content.ts';
import { type JsonObject, numberIn, stringIn } from '../../canon/json.ts';
import { responsesName } from './ext.ts';

/** Reads an annotation of the answer's text. */
export function readAnnotation(annotation: JsonObject): Citation {
  const { type } = annotation;
  const url = type === 'url_citation' ? stringIn(annotation.url) : undefined;
  const title = stringIn(annotation.title) ?? stringIn(annotation.filename);
  const start = numberIn(annotation.start_index);
  const end = numberIn(annotation.end_index);
  return {
    kind: kinds.get(type) ?? 'unknown',
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    native: { dialect: responsesName, value: annotation },
  };
}

const kinds: ReadonlyMap<unknown, Citation['kind']> = new Map([
  ['url_citation', 'url'],
  ['file_citation', 'file'],
  ['container_file_citation', 'file'],
  ['file_path', 'file'],
]);

/**
 * An annotation; nothing for a citation that names no address, which the language has no form for.
 * @param length characters of the text so far, which a citation without a place of its own speaks of.
 */
export function writeAnnotation(citation: Citation, length: number): JsonObject | undefined {
  const { native, url, title, start, end } = citation;
  if (native?.dialect === responsesName) return native.value;
  if (url === undefined) return undefined;
  return { type: 'url_citation', url, title: title ?? '', start_index: start ?? 0, end_index: end ?? length };
}

/** What an answer shows of a source that has a name and no address: a file. Nothing where it has no name either. */
export function writeFileAnnotation({ title, end }: Citation, length: number): JsonObject | undefined {
  if (title === undefined) return undefined;
  return { type: 'file_citation', file_id: title, filename: title, index: end ?? length };
}
