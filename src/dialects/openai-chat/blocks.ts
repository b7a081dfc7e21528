import type { Citation, Ext } from '../../canon/content.ts';
import type { BlockHead, RunPieces, Sink } from '../../canon/event.ts';
import { parseJson } from '../../canon/json.ts';
import { runOf, textOf } from '../../canon/run.ts';
import { asExt, continues, type Detail, extOfDetail } from './reasoning-detail.ts';

/** A tool call as far as it is known. `name` may come after the first fragment. */
export interface Call {
  readonly id: string;
  readonly kind: 'function' | 'custom';
  name: string;
  /** The arguments so far. */
  json: string;
  readonly ext?: { readonly 'openai-chat': { [field: string]: unknown } };
}

export type TextKind = 'text' | 'thinking' | 'refusal';

interface TextSegment {
  readonly kind: TextKind;
  text: string;
  signature?: string;
  readonly citations: Citation[];
  /** Of thinking: what its entry in `reasoning_details` says, and what of that is kept. */
  readonly detail?: Detail;
  readonly ext?: Ext;
}
type Segment =
  | TextSegment
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'whole'; readonly head: BlockHead };

/**
 * Turns parts that may arrive interleaved into blocks that do not. The first part streams; while it is a call whose
 * arguments are not complete, whatever else arrives is held back and follows it, in the order of first appearance.
 */
export class Blocks {
  /** True once a call was seen, written or held. */
  called = false;
  refused = false;
  readonly #emit: Sink;
  #index = -1;
  #thoughts = 0;
  #open: Segment | undefined;
  readonly #held: Segment[] = [];
  readonly #closed = new Set<Call>();

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  text(kind: TextKind, text: string, detail?: Detail, pieces?: RunPieces): void {
    if (text === '') return;
    if (kind === 'refusal') this.refused = true;
    const tail = this.#tail();
    if (!isText(tail, kind) || tail.signature !== undefined || !continues(tail.detail, detail)) {
      if (pieces !== undefined) return this.#textBegins(kind, pieces.list());
      // Thinking after its proof is a new thought.
      this.#add(kind === 'thinking' ? this.#thought(text, undefined, detail) : { kind, text, citations: [] });
    } else if (tail === this.#open) {
      const index = this.#index;
      this.#emit(pieces === undefined ? { type: 'text', index, text } : { type: 'text', index, text, pieces });
    } else {
      tail.text += text;
    }
  }

  /** A block that is opened by the first piece of a run. */
  #textBegins(kind: TextKind, pieces: readonly string[]): void {
    const rest = pieces.slice(1);
    this.text(kind, textOf(pieces.slice(0, 1)));
    if (rest.length > 0) this.text(kind, textOf(rest), undefined, runOf(rest));
  }

  /** The proof of the thinking just read; of thinking that is not shown where there was none. */
  signature(signature: string, detail?: Detail): void {
    const tail = this.#tail();
    const isNext = detail !== undefined && detail['index'] === undefined;
    if (!isText(tail, 'thinking') || !continues(tail.detail, detail) || (isNext && tail.signature !== undefined)) {
      this.proof(signature, detail);
      return;
    }
    tail.signature = signature;
    if (tail === this.#open) this.#emit({ type: 'signature', index: this.#index, signature });
  }

  /** A proof of its own: of a call that follows, or of the text before it. */
  proof(signature: string, detail?: Detail): void {
    this.#add(this.#thought('', signature, detail));
  }

  /** Reasoning that is encrypted, whole. */
  encrypted(data: string, detail?: Detail): void {
    const tail = this.#tail();
    const before = isText(tail, 'thinking') && tail.signature === undefined ? tail.ext : undefined;
    const ext = extOfDetail(detail, this.#thoughts, true);
    this.#thoughts += 1;
    this.whole({ type: 'redacted', data, ...asExt(ext, before) });
  }

  /** False when there is no text that the citation could belong to. */
  citation(citation: Citation): boolean {
    const tail = this.#tail();
    if (!isText(tail, 'text')) return false;
    if (tail === this.#open) this.#emit({ type: 'citation', index: this.#index, citation });
    else tail.citations.push(citation);
    return true;
  }

  /** A block that comes whole. */
  whole(head: BlockHead): void {
    this.#add({ kind: 'whole', head });
  }

  call(call: Call): void {
    this.called = true;
    this.#add({ kind: 'call', call });
  }

  /** The call's name has become known. */
  named(call: Call, name: string): void {
    call.name = name;
    this.#settle();
  }

  /** More arguments. False: the call was complete already, so that they contradict what has been sent. */
  fragment(call: Call, json: string, pieces?: RunPieces): boolean {
    if (this.#closed.has(call)) return json.trim() === '';
    // What waits for the call's end has to see each of them.
    if (pieces !== undefined && this.#held.length > 0) {
      return pieces.list().every((piece) => this.fragment(call, textOf([piece])));
    }
    call.json += json;
    if (this.#open?.kind === 'call' && this.#open.call === call) {
      const index = this.#index;
      this.#emit(pieces === undefined ? { type: 'json', index, json } : { type: 'json', index, json, pieces });
      if (this.#held.length > 0) this.#settle();
    }
    return true;
  }

  /** Whether the arguments of a call are not JSON so far. */
  hasCutCall(): boolean {
    return [this.#open, ...this.#held].some((segment) => {
      if (segment?.kind !== 'call' || segment.call.kind === 'custom' || segment.call.json === '') return false;
      return parseJson(segment.call.json) === undefined;
    });
  }

  /** Emits what was held back and closes the last block. False: a call never got a name. */
  finish(): boolean {
    for (const segment of this.#held.splice(0)) {
      if (segment.kind === 'call' && segment.call.name === '') return false;
      this.#start(segment);
    }
    this.#close();
    return true;
  }

  #thought(text: string, signature: string | undefined, detail: Detail | undefined): TextSegment {
    const ext = extOfDetail(detail, this.#thoughts, false);
    this.#thoughts += 1;
    return {
      kind: 'thinking',
      text,
      citations: [],
      ...(signature !== undefined && { signature }),
      ...(detail !== undefined && { detail }),
      ...asExt(ext),
    };
  }

  #tail(): Segment | undefined {
    return this.#held.at(-1) ?? this.#open;
  }

  #add(segment: Segment): void {
    this.#held.push(segment);
    this.#settle();
  }

  #settle(): void {
    for (;;) {
      const next = this.#held[0];
      if (next === undefined || (next.kind === 'call' && next.call.name === '')) return;
      if (this.#open?.kind === 'call' && !isComplete(this.#open.call)) return;
      this.#held.shift();
      this.#start(next);
    }
  }

  #start(segment: Segment): void {
    this.#close();
    this.#open = segment;
    this.#index += 1;
    const index = this.#index;
    this.#emit({ type: 'open', index, block: headOf(segment) });
    this.#say(segment, index);
  }

  #say(segment: Segment, index: number): void {
    if (segment.kind === 'whole') return;
    if (segment.kind === 'call') {
      if (segment.call.json !== '') this.#emit({ type: 'json', index, json: segment.call.json });
      return;
    }
    if (segment.text !== '') this.#emit({ type: 'text', index, text: segment.text });
    if (segment.signature !== undefined) this.#emit({ type: 'signature', index, signature: segment.signature });
    for (const citation of segment.citations) this.#emit({ type: 'citation', index, citation });
  }

  #close(): void {
    if (this.#open === undefined) return;
    if (this.#open.kind === 'call') this.#closed.add(this.#open.call);
    this.#open = undefined;
    this.#emit({ type: 'close', index: this.#index });
  }
}

function isText(segment: Segment | undefined, kind: TextKind): segment is TextSegment {
  return segment !== undefined && segment.kind === kind;
}

/** Whether the arguments are a whole JSON value, so that nothing more of them can come. Free text never tells. */
function isComplete(call: Call): boolean {
  return call.kind === 'function' && /[}\]]\s*$/.test(call.json.slice(-8)) && parseJson(call.json) !== undefined;
}

function headOf(segment: Segment): BlockHead {
  if (segment.kind === 'whole') return segment.head;
  if (segment.kind === 'thinking') return { type: 'thinking', ...(segment.ext !== undefined && { ext: segment.ext }) };
  if (segment.kind !== 'call') return { type: segment.kind };
  const { id, name, kind, ext } = segment.call;
  return {
    type: 'tool_call',
    id,
    name,
    ...(kind === 'custom' && { kind }),
    ...(ext !== undefined && { ext }),
  };
}
