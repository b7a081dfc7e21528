import type { Citation } from '../../canon/content.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import { geminiName } from './ext.ts';

/** A stretch of text, in UTF-16 units. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What an answer says about its sources, as it becomes known, and what of it has been told. */
export class Sources {
  #grounding: JsonObject | undefined;
  #citations: JsonObject[] = [];
  /** What the server calls the list of these: the Gemini API has another name than Vertex AI. */
  #list: 'citations' | 'citationSources' = 'citations';
  #toldSupports = 0;
  #toldCitations = 0;
  readonly #toldChunks = new Set<number>();

  /** Takes a candidate's fields. Streams repeat what they have said, and more. */
  add({ groundingMetadata, citationMetadata }: JsonObject): void {
    if (isObject(groundingMetadata)) this.#grounding = { ...this.#grounding, ...groundingMetadata };
    if (!isObject(citationMetadata)) return;
    this.#list = Array.isArray(citationMetadata.citations) ? 'citations' : 'citationSources';
    const said = objectsIn(citationMetadata[this.#list]);
    const known = new Set(this.#citations.map((one) => JSON.stringify(one)));
    this.#citations = [...this.#citations, ...said.filter((one) => !known.has(JSON.stringify(one)))];
  }

  /** The fields whole, for clients of the same language. */
  whole(): JsonObject {
    return {
      ...(this.#grounding !== undefined && { groundingMetadata: this.#grounding }),
      ...(this.#citations.length > 0 && { citationMetadata: { [this.#list]: this.#citations } }),
    };
  }

  /**
   * Citations that have not been told yet, for a block of text.
   * @param before bytes of the answer's text that stand before the block.
   */
  untold(text: string, before: number): Citation[] {
    if (this.#grounding === undefined && this.#citations.length === 0) return [];
    const bytes = Buffer.from(text);
    return [...this.#supported(text, bytes, before), ...this.#listed(), ...this.#quoted(bytes, before)];
  }

  /** A claim for each source of each supported segment. */
  #supported(text: string, bytes: Buffer, before: number): Citation[] {
    const chunks = objectsIn(this.#grounding?.groundingChunks);
    const supports = objectsIn(this.#grounding?.groundingSupports);
    const citations: Citation[] = [];
    for (const support of supports.slice(this.#toldSupports)) {
      const segment = isObject(support.segment) ? support.segment : {};
      const stretch = findSegment(segment, text, bytes, before);
      const indices = Array.isArray(support.groundingChunkIndices) ? support.groundingChunkIndices : [];
      for (const index of indices.map(numberIn)) {
        const chunk = index === undefined ? undefined : chunks[index];
        if (chunk === undefined || index === undefined) continue;
        this.#toldChunks.add(index);
        citations.push(readChunk(chunk, stringIn(segment.text), stretch, support));
      }
    }
    this.#toldSupports = Math.max(this.#toldSupports, supports.length);
    return citations;
  }

  /** Sources of the answer as a whole: those that no segment names. */
  #listed(): Citation[] {
    return objectsIn(this.#grounding?.groundingChunks).flatMap((chunk, i) => {
      if (this.#toldChunks.has(i)) return [];
      this.#toldChunks.add(i);
      return [readChunk(chunk, undefined, undefined, undefined)];
    });
  }

  #quoted(bytes: Buffer, before: number): Citation[] {
    const fresh = this.#citations.slice(this.#toldCitations);
    this.#toldCitations = this.#citations.length;
    return fresh.map((value): Citation => {
      const url = [value.uri].map(stringIn).find(isAddress);
      const title = stringIn(value.title);
      const stretch = unitsOf(bytes, numberIn(value.startIndex) ?? 0, numberIn(value.endIndex), before);
      return {
        kind: url === undefined ? 'unknown' : 'url',
        ...(url !== undefined && { url }),
        ...(title !== undefined && { title }),
        ...stretch,
        native: { dialect: geminiName, value },
      };
    });
  }
}

/** One source, of whatever kind. */
function readChunk(
  chunk: JsonObject,
  claim: string | undefined,
  stretch: Stretch | undefined,
  support: JsonObject | undefined,
): Citation {
  const source = [chunk.web, chunk.retrievedContext, chunk.maps, chunk.image].find(isObject) ?? {};
  const url = [source.uri, source.sourceUri, source.imageUri].map(stringIn).find(isAddress);
  const title = stringIn(source.title);
  const citedText = stringIn(source.text) ?? claim;
  return {
    kind: kindOf(url, chunk),
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
    ...stretch,
    native: {
      dialect: geminiName,
      value: { groundingChunk: chunk, ...(support !== undefined && { groundingSupport: support }) },
    },
  };
}

function kindOf(url: string | undefined, chunk: JsonObject): Citation['kind'] {
  if (url !== undefined) return 'url';
  return isObject(chunk.retrievedContext) ? 'file' : 'unknown';
}

/** Whether it can be looked up by anybody; a bucket cannot. */
function isAddress(uri: string | undefined): boolean {
  return uri !== undefined && /^https?:/i.test(uri);
}

/** Where a segment stands in the block. Positions count from the beginning of the answer, or of the part: the words tell which. */
function findSegment(segment: JsonObject, text: string, bytes: Buffer, before: number): Stretch | undefined {
  const start = numberIn(segment.startIndex) ?? 0;
  const end = numberIn(segment.endIndex);
  const words = stringIn(segment.text);
  for (const offset of [before, 0]) {
    const stretch = unitsOf(bytes, start, end, offset);
    if (stretch !== undefined && (words === undefined || text.slice(stretch.start, stretch.end) === words))
      return stretch;
  }
  const found = words === undefined || words === '' ? -1 : text.indexOf(words);
  return words === undefined || found === -1 ? undefined : { start: found, end: found + words.length };
}

/** A stretch of UTF-8 bytes as one of UTF-16 units; nothing where it does not lie within. */
function unitsOf(bytes: Buffer, start: number, end: number | undefined, before: number): Stretch | undefined {
  const from = start - before;
  const to = (end ?? -1) - before;
  if (from < 0 || to < from || to > bytes.length) return undefined;
  const head = bytes.toString('utf8', 0, from).length;
  return { start: head, end: head + bytes.toString('utf8', from, to).length };
}
