import type { Citation } from '../../canon/content.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';

/** Reads one entry of `annotations`. */
export function readAnnotation(annotation: JsonObject): Citation {
  const native = { dialect: 'openai-chat', value: annotation } as const;
  if (annotation['type'] === 'url_citation') {
    // OpenRouter and OpenAI nest the fields; a few servers do not.
    const inner = annotation['url_citation'];
    const fields = isObject(inner) ? inner : annotation;
    const url = stringIn(fields['url']);
    const title = stringIn(fields['title']);
    const citedText = stringIn(fields['content']);
    const start = numberIn(fields['start_index']);
    const end = numberIn(fields['end_index']);
    return {
      kind: 'url',
      ...(url !== undefined && { url }),
      ...(title !== undefined && { title }),
      ...(citedText !== undefined && { citedText }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
      native,
    };
  }
  const isFile = typeof annotation['type'] === 'string' && annotation['type'].startsWith('file');
  return { kind: isFile ? 'file' : 'unknown', native };
}

/** One entry of `annotations`; nothing for a citation that names no address, which the language has no form for. */
export function writeAnnotation(citation: Citation): JsonObject | undefined {
  if (citation.native?.dialect === 'openai-chat' && 'type' in citation.native.value) return citation.native.value;
  if (citation.url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      url: citation.url,
      title: citation.title ?? '',
      ...(citation.citedText !== undefined && { content: citation.citedText }),
      ...(citation.start !== undefined && { start_index: citation.start }),
      ...(citation.end !== undefined && { end_index: citation.end }),
    },
  };
}

/** The sources that search services list beside the answer: addresses, or hits with titles. */
export function readSources(body: JsonObject): Citation[] {
  const hits = objectsIn(body['search_results']);
  const listed = Array.isArray(body['citations']) ? body['citations'] : hits;
  const sources: Citation[] = [];
  for (const one of listed as unknown[]) {
    const url = isObject(one) ? stringIn(one['url']) : stringIn(one);
    if (url === undefined) continue;
    const hit = isObject(one) ? one : hits.find((candidate) => candidate['url'] === url);
    const title = stringIn(hit?.['title']);
    sources.push({ kind: 'url', url, ...(title !== undefined && { title }) });
  }
  return sources;
}
