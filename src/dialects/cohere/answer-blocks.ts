import type { BlockHead, Sink } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readCitations } from './citation.ts';
import { cohereName } from './name.ts';

interface OpenBlock {
  readonly index: number;
  readonly type: BlockHead['type'];
  /** The service's number of the content or call. */
  readonly place: number;
  readonly id?: string;
  /** Text so far, for those who speak of places in it. */
  text: string;
  /** Arguments that may still turn out to be `null`, which is how the service writes that there are none. */
  held: string;
  argued: boolean;
}

/** The plan has no number. */
const planPlace = -1;

/**
 * Puts the pieces of an answer into blocks that follow each other. A text stays open until something else begins:
 * citations may come after its end. What contradicts itself is left to the guard.
 */
export class AnswerBlocks {
  /** True once a tool was called. */
  called = false;
  readonly #emit: Sink;
  #next = 0;
  #open: OpenBlock | undefined;

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  /** More of a content part. Without a word there is no block. */
  text(type: 'text' | 'thinking', place: number, text: string): void {
    if (text === '') return;
    let open = this.#open;
    if (open?.type !== type || open.place !== place) open = this.#begin({ type }, place);
    open.text += text;
    this.#emit({ type: 'text', index: open.index, text });
  }

  /** More of what the model says it is going to do. */
  plan(text: string): void {
    this.text('thinking', planPlace, text);
  }

  /** A content part that is neither text nor thinking. */
  native(place: number, value: JsonObject): void {
    this.#begin({ type: 'native', dialect: cohereName, value }, place);
  }

  /** Whether the open block is that content part and none of ours. */
  isNative(place: number): number | undefined {
    return this.#open?.type === 'native' && this.#open.place === place ? this.#open.index : undefined;
  }

  /** False when there is no such text open that the citation could belong to. @param place the content part, where the service says which. */
  cite(citation: JsonObject, place: number | undefined): boolean {
    const open = this.#open;
    if (open?.type !== 'text' || (place !== undefined && open.place !== place)) return false;
    for (const one of readCitations(citation, open.text)) {
      this.#emit({ type: 'citation', index: open.index, citation: one });
    }
    return true;
  }

  /** A call begins; said twice, it is still one. */
  call(place: number, id: string, name: string): void {
    const open = this.#open;
    if (open?.type === 'tool_call' && open.place === place && open.id === id) return;
    this.called = true;
    this.#begin({ type: 'tool_call', id, name }, place, id);
  }

  /** More arguments. False when there is no such call open: they cannot be added to what has been sent. */
  arguments(place: number, json: string): boolean {
    const open = this.#open;
    if (open?.type !== 'tool_call' || open.place !== place) return json.trim() === '';
    if (open.argued) {
      if (json !== '') this.#emit({ type: 'json', index: open.index, json });
      return true;
    }
    open.held += json;
    if (!'null'.startsWith(open.held.trim())) this.#argue(open);
    return true;
  }

  /** A content part is over. */
  endContent(place: number): void {
    const open = this.#open;
    if (open !== undefined && open.place === place && (open.type === 'thinking' || open.type === 'native'))
      this.#close();
  }

  /** A call is complete. */
  endCall(place: number): void {
    const open = this.#open;
    if (open?.type !== 'tool_call' || open.place !== place) return;
    if (!open.argued) {
      const isNone = open.held.trim() === '' || open.held.trim() === 'null';
      open.held = isNone ? '{}' : open.held;
      this.#argue(open);
    }
    this.#close();
  }

  /** No more will come. A call that was not completed is left open. */
  finish(): void {
    if (this.#open?.type !== 'tool_call') this.#close();
    else if (this.#open.held !== '') this.#argue(this.#open);
  }

  #begin(block: BlockHead, place: number, id?: string): OpenBlock {
    if (this.#open?.type !== 'tool_call') this.#close();
    const index = this.#next;
    this.#next += 1;
    const open = { index, type: block.type, place, text: '', held: '', argued: false, ...(id !== undefined && { id }) };
    this.#open = open;
    this.#emit({ type: 'open', index, block });
    return open;
  }

  #argue(open: OpenBlock): void {
    open.argued = true;
    this.#emit({ type: 'json', index: open.index, json: open.held });
    open.held = '';
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { index } = this.#open;
    this.#open = undefined;
    this.#emit({ type: 'close', index });
  }
}
