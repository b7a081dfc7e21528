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

/**
 * Gathers the `annotations` of a message. They are told once, all together: clients keep the last list that they hear. Places
 * are counted from the beginning of the message, which may hold several texts.
 */
export class Annotations {
  readonly #written: JsonObject[] = [];
  #held: Citation[] = [];
  /** Characters of the texts that are over, and of the one that is open. */
  #before = 0;
  #length = 0;

  /** More of the open text. */
  text(text: string): void {
    this.#length += text.length;
  }

  cite(citation: Citation): void {
    this.#held.push(citation);
  }

  /** A text is over. What does not say which part of it it speaks of speaks of all. */
  close(): void {
    for (const citation of this.#held) {
      const { start = 0, end = this.#length } = citation;
      const annotation = writeAnnotation(citation, this.#before + start, this.#before + end);
      if (annotation !== undefined) this.#written.push(annotation);
    }
    this.#held = [];
    this.#before += this.#length;
    this.#length = 0;
  }

  /** Those of the texts that are over. */
  all(): readonly JsonObject[] {
    return this.#written;
  }
}

/** One entry of `annotations`; nothing for a citation that names no address, which the language has no form for. */
function writeAnnotation(
  { native, url, title, citedText }: Citation,
  start: number,
  end: number,
): JsonObject | undefined {
  if (native?.dialect === 'openai-chat' && 'type' in native.value) return native.value;
  if (url === undefined) return undefined;
  const content = citedText === undefined ? {} : { content: citedText };
  return {
    type: 'url_citation',
    url_citation: { url, title: title ?? '', ...content, start_index: start, end_index: end },
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
