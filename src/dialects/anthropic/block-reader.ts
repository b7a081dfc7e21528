import type { BlockHead, RunPieces, Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import { textOf } from '../../canon/run.ts';
import { readCitation } from './citation.ts';
import { anthropicName, asExt } from './ext.ts';

const textFields: ReadonlySet<string> = new Set(['type', 'text', 'citations']);
const thinkingFields: ReadonlySet<string> = new Set(['type', 'thinking', 'signature']);
const redactedFields: ReadonlySet<string> = new Set(['type', 'data']);
const toolUseFields: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input']);
const thinkingDeltaFields: ReadonlySet<string> = new Set(['type', 'thinking']);

/** A delta by which one string grows, and that string. */
export type Grown =
  | { readonly type: 'text_delta'; readonly field: 'text' }
  | { readonly type: 'thinking_delta'; readonly field: 'thinking' }
  | { readonly type: 'input_json_delta'; readonly field: 'partial_json' };

interface OpenBlock {
  /** The provider's number. */
  readonly theirs: number;
  readonly index: number;
  readonly type: BlockHead['type'];
  readonly start: JsonObject;
  /** Arguments that came with the start; they count if no others come. */
  readonly input: string;
  wroteJson: boolean;
}

/** A block that has begun before the one in front of it was over. */
interface Waiting {
  readonly block: JsonObject;
  readonly deltas: JsonObject[];
  closed: boolean;
}

/**
 * Turns the blocks of an answer into events. Blocks are numbered anew without gaps, and one that begins while
 * another is open is held back until that one closes.
 */
export class BlockReader {
  /** The message's id, from which calls without an id get one. */
  messageId = '';
  readonly #emit: Sink;
  /** Blocks by their number; there are none but in answers that are out of order. */
  #waiting: Map<number, Waiting> | undefined;
  #open: OpenBlock | undefined;
  #next = 0;

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  /** A block begins; what its start already holds is said at once. */
  begin(theirs: number, block: JsonObject): void {
    const open = this.#open;
    if (open === undefined) this.#begin(theirs, block);
    else if (open.theirs !== theirs) this.#wait(theirs, block);
    // The same start twice begins one block; another start under its number begins another.
    else if (open.start.type !== block.type || open.start.id !== block.id) this.#begin(theirs, block);
  }

  /** A block that is there whole. */
  whole(block: JsonObject): void {
    this.begin(-1, block);
    this.close(-1);
  }

  /** More of a block. What belongs to none is said all the same: the guard knows what to make of it. */
  delta(theirs: number, delta: JsonObject): void {
    const open = this.#open;
    if (open !== undefined && open.theirs === theirs) return this.#delta(open, delta);
    const waiting = this.#waiting?.get(theirs);
    if (waiting !== undefined) waiting.deltas.push(delta);
    else if (delta.type === 'thinking_delta' || delta.type === 'signature_delta') {
      // Reasoning must not pass for text, even where its start is missing.
      this.begin(theirs, { type: 'thinking' });
      this.delta(theirs, delta);
    } else this.#delta({ theirs, index: this.#next, type: 'text', start: {}, input: '', wroteJson: false }, delta);
  }

  /** More of the string that grows in a block, without an object for it: most of a stream is this. */
  grow(theirs: number, grown: Grown, text: string, pieces?: RunPieces): void {
    const open = this.#open;
    const plain = open !== undefined && open.theirs === theirs && open.type !== 'native' && text !== '';
    if (!plain) {
      for (const one of pieces === undefined ? [text] : pieces.list().map((piece) => textOf([piece]))) {
        this.delta(theirs, { type: grown.type, [grown.field]: one });
      }
      return;
    }
    const { index } = open;
    const isText = grown.type !== 'input_json_delta';
    if (!isText) open.wroteJson = true;
    if (pieces === undefined) this.#emit(isText ? { type: 'text', index, text } : { type: 'json', index, json: text });
    else this.#emit(isText ? { type: 'text', index, text, pieces } : { type: 'json', index, json: text, pieces });
  }

  /** A block ends, and those that waited for it have their turn. */
  close(theirs: number): void {
    if (this.#open?.theirs === theirs) {
      this.#endInput(this.#open);
      this.#emit({ type: 'close', index: this.#open.index });
      this.#open = undefined;
      this.#release();
      return;
    }
    const waiting = this.#waiting?.get(theirs);
    if (waiting !== undefined) waiting.closed = true;
    else this.#emit({ type: 'close', index: this.#next });
  }

  /** No more blocks will come: says what is still held back. Blocks nobody closed are left to the guard. */
  end(): void {
    while (this.#open !== undefined || (this.#waiting?.size ?? 0) > 0) {
      if (this.#open?.input !== undefined && this.#open.input !== '{}') this.#endInput(this.#open);
      this.#open = undefined;
      this.#release();
    }
  }

  #wait(theirs: number, block: JsonObject): void {
    this.#waiting ??= new Map();
    this.#waiting.set(theirs, { block, deltas: [], closed: false });
  }

  #release(): void {
    if (this.#waiting === undefined) return;
    for (const [theirs, { block, deltas, closed }] of this.#waiting) {
      this.#waiting.delete(theirs);
      const open = this.#begin(theirs, block);
      for (const delta of deltas) this.#delta(open, delta);
      if (!closed) return;
      this.#endInput(open);
      this.#emit({ type: 'close', index: open.index });
      this.#open = undefined;
    }
  }

  #begin(theirs: number, block: JsonObject): OpenBlock {
    const index = this.#next++;
    const head = headOf(block, `${this.messageId.replace(/^msg_/, '')}_${theirs < 0 ? index : theirs}`);
    const input = head.type === 'tool_call' ? inputIn(block.input) : '';
    const open = { theirs, index, type: head.type, start: block, input, wroteJson: false };
    this.#open = open;
    this.#emit({ type: 'open', index, block: head });
    if (head.type !== 'text' && head.type !== 'thinking') return open;
    const text = stringIn(head.type === 'text' ? block.text : block.thinking) ?? '';
    if (text !== '') this.#emit({ type: 'text', index, text });
    const signature = stringIn(block.signature) ?? '';
    if (head.type === 'thinking' && signature !== '') this.#emit({ type: 'signature', index, signature });
    for (const citation of head.type === 'text' ? objectsIn(block.citations) : []) {
      this.#emit({ type: 'citation', index, citation: readCitation(citation) });
    }
    return open;
  }

  #delta(open: OpenBlock, delta: JsonObject): void {
    const { index } = open;
    switch (delta.type) {
      case 'text_delta':
        if (open.type === 'native') break;
        if (typeof delta.text === 'string' && delta.text !== '') this.#emit({ type: 'text', index, text: delta.text });
        return;
      case 'input_json_delta':
        if (typeof delta.partial_json !== 'string' || delta.partial_json === '') return;
        open.wroteJson = true;
        this.#emit({ type: 'json', index, json: delta.partial_json });
        return;
      case 'thinking_delta':
        return this.#thinking(index, delta);
      case 'signature_delta':
        if (typeof delta.signature === 'string') this.#emit({ type: 'signature', index, signature: delta.signature });
        return;
      case 'citations_delta':
        if (isObject(delta.citation)) this.#emit({ type: 'citation', index, citation: readCitation(delta.citation) });
        return;
    }
    this.#emit({ type: 'native', dialect: anthropicName, index, value: delta });
  }

  #thinking(index: number, delta: JsonObject): void {
    if (typeof delta.thinking === 'string' && delta.thinking !== '')
      this.#emit({ type: 'text', index, text: delta.thinking });
    const others = otherFields(delta, thinkingDeltaFields);
    if (others === undefined) return;
    this.#emit({
      type: 'native',
      dialect: anthropicName,
      index,
      value: { type: 'thinking_delta', thinking: '', ...others },
    });
  }

  #endInput(open: OpenBlock): void {
    if (open.type !== 'tool_call' || open.wroteJson) return;
    open.wroteJson = true;
    this.#emit({ type: 'json', index: open.index, json: open.input });
  }
}

/** Calls by the provider's code execution say so; a call without a word about it is the model's own. */
export function isIndirect({ caller }: JsonObject): boolean {
  return isObject(caller) && caller.type !== 'direct';
}

function headOf(block: JsonObject, name: string): BlockHead {
  switch (block.type) {
    case 'text':
      return { type: 'text', ...asExt(otherFields(block, textFields)) };
    case 'thinking':
      return { type: 'thinking', ...asExt(otherFields(block, thinkingFields)) };
    case 'redacted_thinking':
      return { type: 'redacted', data: stringIn(block.data) ?? '', ...asExt(otherFields(block, redactedFields)) };
    case 'tool_use':
      return {
        type: 'tool_call',
        // Without an id no result could ever answer the call.
        id: stringIn(block.id) || `toolu_${name}`,
        name: stringIn(block.name) ?? '',
        ...(isIndirect(block) && { indirect: true as const }),
        ...asExt(otherFields(block, toolUseFields)),
      };
    default:
      return { type: 'native', dialect: anthropicName, value: block };
  }
}

function inputIn(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  return isObject(value) ? JSON.stringify(value) : '{}';
}
