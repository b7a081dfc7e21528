import type { Source } from '../../canon/content.ts';
import { argumentsFor } from '../../canon/custom-tool.ts';
import type { BlockHead, Event } from '../../canon/event.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { fieldsOf, geminiName } from './ext.ts';
import { Grounding } from './grounding-write.ts';
import { dataPart } from './parts-write.ts';
import { writeProof } from './signature.ts';

/** Takes an answer's parts as they become known. */
export interface PartSink {
  /** More of a text, or of a thought. */
  text(text: string, thought: boolean): void;
  part(part: JsonObject): void;
}

type Call = Extract<BlockHead, { type: 'tool_call' }>;

/** Turns the blocks of an answer into parts: calls whole, proofs on the parts that clients bring back. */
export class AnswerParts {
  readonly grounding = new Grounding();
  readonly #sink: PartSink;
  #open: BlockHead | undefined;
  #json = '';
  /** Whether the open block has said anything. */
  #said = false;
  #signature: string | undefined;
  /** The proof of a thought that is over, for the next part; and whether the thought was shown. */
  #held: { readonly value: string; readonly shown: boolean } | undefined;
  /** The proof for the open call. */
  #proof: string | undefined;
  /** What stands beside the first piece of the open text: its proof, and fields that only Google's parts have. */
  #beside: JsonObject | undefined;

  constructor(sink: PartSink) {
    this.#sink = sink;
  }

  event(event: Event): void {
    switch (event.type) {
      case 'text':
        return this.#text(event.text);
      case 'json':
        this.#json += event.json;
        return;
      case 'open':
        return this.#begin(event.block);
      case 'signature':
        this.#signature = event.signature;
        return;
      case 'citation':
        return this.grounding.cite(event.citation);
      case 'close':
        return this.#close();
      default:
        return;
    }
  }

  /** The answer is over: what is held goes on a part of its own. */
  finish(): void {
    if (this.#open !== undefined) this.#close();
    const held = this.#held;
    this.#held = undefined;
    if (held?.shown === true) this.#sink.part({ text: '', thought: true, thoughtSignature: writeProof(held.value) });
    else if (held !== undefined) this.#sink.part({ text: '', thoughtSignature: writeProof(held.value) });
  }

  #begin(block: BlockHead): void {
    if (this.#open !== undefined) this.#close();
    this.#open = block;
    this.#json = '';
    this.#said = false;
    this.#signature = undefined;
    this.#beside = block.type === 'text' ? fieldsOf(block.ext) : undefined;
    this.#place(block);
    switch (block.type) {
      case 'redacted':
        return this.#sink.part({
          text: '',
          thought: true,
          thoughtSignature: writeProof(block.data, { redacted: true }),
        });
      case 'image':
        return this.#image(block.source);
      case 'native':
        if (block.dialect === geminiName) this.#sink.part(block.value);
        return;
      default:
        return;
    }
  }

  /** Puts what is held onto the block where that carries it; else it is told before the block. */
  #place({ type }: BlockHead): void {
    const held = this.#held;
    this.#held = undefined;
    this.#proof = undefined;
    if (held === undefined) return;
    if (type === 'tool_call') this.#proof = writeProof(held.value);
    else if (type === 'text' || type === 'refusal') {
      // Clients that keep no thoughts keep what was said.
      this.#beside = { ...this.#beside, thoughtSignature: writeProof(held.value, { before: true }) };
    } else this.#sink.part({ text: '', thought: true, thoughtSignature: writeProof(held.value) });
  }

  #text(text: string): void {
    const type = this.#open?.type;
    this.#said = true;
    if (type === 'thinking') return this.#sink.text(text, true);
    if (type !== 'text' && type !== 'refusal') return;
    this.grounding.text(text);
    if (this.#beside === undefined) return this.#sink.text(text, false);
    this.#sink.part({ text, ...this.#beside });
    this.#beside = undefined;
  }

  #image(source: Source): void {
    const part = dataPart(source, 'image/png');
    this.#sink.part(part ?? { text: '[an image that lies with another provider]' });
  }

  #close(): void {
    const block = this.#open;
    this.#open = undefined;
    switch (block?.type) {
      case 'thinking':
        return this.#endThought(block);
      case 'text':
      case 'refusal':
        this.grounding.close();
        if (this.#beside !== undefined) this.#sink.part({ text: '', ...this.#beside });
        return;
      case 'tool_call':
        return this.#call(block);
      default:
        return;
    }
  }

  #endThought(block: Extract<BlockHead, { type: 'thinking' }>): void {
    const signature = this.#signature;
    if (signature === undefined) return;
    if (fieldsOf(block.ext)?.follows === true) {
      this.#sink.part({ text: '', thoughtSignature: writeProof(signature) });
    } else this.#held = { value: signature, shown: this.#said };
  }

  #call(block: Call): void {
    const args = argumentsOf(this.#json, block);
    const { functionCall, ...fields } = fieldsOf(block.ext) ?? {};
    const proof = this.#proof;
    this.#proof = undefined;
    this.#sink.part({
      functionCall: { id: block.id, name: block.name, args, ...(isObject(functionCall) && functionCall) },
      ...(proof !== undefined && { thoughtSignature: proof }),
      ...fields,
    });
  }
}

/** Arguments as the object that they have to be. Free text, and text that is none, becomes the one field of an object. */
function argumentsOf(json: string, { kind }: Call): JsonObject {
  const text = kind === 'custom' ? argumentsFor(json) : json;
  const parsed = text.trim() === '' ? {} : parseJson(text);
  return isObject(parsed) ? parsed : { input: json };
}
