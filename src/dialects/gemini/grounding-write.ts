import type { Citation } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';

/** A claim's sources, with the text that it stands in. */
interface Cited {
  readonly citation: Citation;
  /** The text of the block, and the bytes of the answer's text before it. */
  readonly text: string;
  readonly before: number;
}

/** Gathers an answer's citations and says them as Google does: at the end, by their place in the text. */
export class Grounding {
  readonly #cited: Cited[] = [];
  #pending: Citation[] = [];
  #text = '';
  #before = 0;

  text(text: string): void {
    this.#text += text;
  }

  /** A source that has neither a name nor words is nothing that a client could show. */
  cite(citation: Citation): void {
    const { url, title, citedText } = citation;
    if (url !== undefined || title !== undefined || citedText !== undefined) this.#pending.push(citation);
  }

  /** A block of text has ended. */
  close(): void {
    for (const citation of this.#pending) this.#cited.push({ citation, text: this.#text, before: this.#before });
    this.#pending = [];
    this.#before += Buffer.byteLength(this.#text);
    this.#text = '';
  }

  /** `groundingMetadata`; nothing where nothing was cited. */
  metadata(): JsonObject | undefined {
    if (this.#cited.length === 0) return undefined;
    const chunks: JsonObject[] = [];
    const keys = new Map<string, number>();
    const supports = new Map<string, { segment: JsonObject; groundingChunkIndices: number[] }>();
    for (const cited of this.#cited) {
      const chunk = chunkOf(cited.citation);
      const key = JSON.stringify(chunk);
      const index = keys.get(key) ?? chunks.push(chunk) - 1;
      keys.set(key, index);
      const segment = segmentOf(cited);
      const place = JSON.stringify(segment);
      const support = supports.get(place) ?? { segment, groundingChunkIndices: [] };
      if (!support.groundingChunkIndices.includes(index)) support.groundingChunkIndices.push(index);
      supports.set(place, support);
    }
    return { groundingChunks: chunks, groundingSupports: [...supports.values()] };
  }
}

/** A page of the web, or a document that was handed to the model. */
function chunkOf({ kind, url, title, citedText }: Citation): JsonObject {
  const source = { ...(url !== undefined && { uri: url }), ...(title !== undefined && { title }) };
  if (kind === 'url') return { web: source };
  return { retrievedContext: { ...source, ...(citedText !== undefined && { text: citedText }) } };
}

/** The claim: the stretch that the citation names, else all of the block that it stands in. */
function segmentOf({ citation, text, before }: Cited): JsonObject {
  const start = citation.start ?? 0;
  const end = citation.end ?? text.length;
  const startIndex = before + Buffer.byteLength(text.slice(0, start));
  const claim = text.slice(start, end);
  return { startIndex, endIndex: startIndex + Buffer.byteLength(claim), text: claim };
}
