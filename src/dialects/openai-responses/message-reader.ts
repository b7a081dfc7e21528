import { type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import type { Outlet } from './answer-line.ts';
import { readAnnotation } from './citation.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import type { ItemReader } from './item-reader.ts';

const known: ReadonlySet<string> = new Set(['type', 'role', 'content', 'status']);

/** One part of the message, as far as it has been passed on. */
interface Part {
  readonly kind: 'text' | 'refusal';
  text: string;
  citations: number;
  hasLogprobs: boolean;
}

/** Reads a message: each of its parts is a block that remembers the message. */
export class MessageReader implements ItemReader {
  refused = false;
  readonly #outlet: Outlet;
  readonly #about: JsonObject | undefined;
  readonly #parts = new Map<number, Part>();
  /** The part whose block is open. */
  #open: number | undefined;
  #empty = true;

  constructor(item: JsonObject, outlet: Outlet) {
    this.#outlet = outlet;
    this.#about = otherFields(item, known);
  }

  event(type: string, event: JsonObject): void {
    const index = numberIn(event.content_index) ?? 0;
    switch (type) {
      case 'response.output_text.delta':
        return this.#text(index, 'text', stringIn(event.delta) ?? '');
      case 'response.refusal.delta':
        return this.#text(index, 'refusal', stringIn(event.delta) ?? '');
      case 'response.output_text.annotation.added':
        return this.#annotation(index, event.annotation);
      case 'response.output_text.done':
        return this.#part(index, { type: 'output_text', text: event.text, logprobs: event.logprobs });
      case 'response.refusal.done':
        return this.#part(index, { type: 'refusal', refusal: event.refusal });
      case 'response.content_part.done':
        for (const part of objectsIn([event.part])) this.#part(index, part);
        return;
    }
  }

  done(item: JsonObject): boolean {
    objectsIn(item.content).forEach((part, i) => this.#part(i, part));
    if (typeof item.content === 'string') this.#part(0, { type: 'output_text', text: item.content });
    // A message that says nothing means something to its own language at most.
    if (this.#empty) {
      this.#outlet.step({ type: 'open', block: { type: 'native', dialect: responsesName, value: item } });
      this.#outlet.step({ type: 'close' });
    }
    return this.end();
  }

  end(): boolean {
    this.#close();
    return true;
  }

  /** A part whose block has been closed is not opened again: what comes late of it would stand in the wrong place. */
  #text(index: number, kind: Part['kind'], text: string): void {
    if (text === '' || !this.#turnTo(index, kind)) return;
    const part = this.#parts.get(index);
    if (part !== undefined) part.text += text;
    this.#outlet.step({ type: 'text', text });
  }

  #turnTo(index: number, kind: Part['kind']): boolean {
    if (this.#open === index) return true;
    if (this.#parts.has(index)) return false;
    this.#close();
    this.#open = index;
    this.#empty = false;
    this.#parts.set(index, { kind, text: '', citations: 0, hasLogprobs: false });
    if (kind === 'refusal') this.refused = true;
    const block =
      kind === 'refusal' ? ({ type: 'refusal' } as const) : { type: 'text' as const, ...asExt(this.#about) };
    this.#outlet.step({ type: 'open', block });
    return true;
  }

  #annotation(index: number, annotation: unknown): void {
    const [value] = objectsIn([annotation]);
    if (value === undefined || !this.#turnTo(index, 'text')) return;
    const part = this.#parts.get(index);
    if (part?.kind !== 'text') return;
    part.citations += 1;
    this.#outlet.step({ type: 'citation', citation: readAnnotation(value) });
  }

  /** Says of a whole part what has not been said. */
  #part(index: number, part: JsonObject): void {
    if (part.type === 'refusal') return this.#rest(index, 'refusal', stringIn(part.refusal) ?? '');
    if (part.type !== 'output_text' && part.type !== 'text') return this.#unknown(index, part);
    this.#rest(index, 'text', stringIn(part.text) ?? '');
    const told = this.#parts.get(index);
    for (const annotation of objectsIn(part.annotations).slice(told?.citations ?? 0))
      this.#annotation(index, annotation);
    const { logprobs } = part;
    if (told === undefined || told.hasLogprobs || this.#open !== index) return;
    if (!Array.isArray(logprobs) || logprobs.length === 0) return;
    told.hasLogprobs = true;
    this.#outlet.step({ type: 'logprobs', logprobs });
  }

  /** Words that differ from those that were passed on change nothing any more. */
  #rest(index: number, kind: Part['kind'], whole: string): void {
    const told = this.#parts.get(index)?.text ?? '';
    if (whole.startsWith(told)) this.#text(index, kind, whole.slice(told.length));
  }

  #unknown(index: number, part: JsonObject): void {
    if (this.#parts.has(index) || typeof part.type !== 'string') return;
    this.#close();
    this.#empty = false;
    this.#parts.set(index, { kind: 'text', text: '', citations: 0, hasLogprobs: false });
    const value = { type: 'content_part', part, ...this.#about };
    this.#outlet.step({ type: 'open', block: { type: 'native', dialect: responsesName, value } });
    this.#outlet.step({ type: 'close' });
  }

  #close(): void {
    if (this.#open !== undefined) this.#outlet.step({ type: 'close' });
    this.#open = undefined;
  }
}
