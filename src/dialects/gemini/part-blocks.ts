import type { BlockHead, Event, RunPieces, Sink } from '../../canon/event.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, otherFields, stringIn } from '../../canon/json.ts';
import { CallArguments } from './call-arguments.ts';
import { asExt, geminiName } from './ext.ts';
import { Sources } from './grounding-read.ts';
import { follows } from './parts-read.ts';
import { type Proof, readProof } from './signature.ts';

const textFields: ReadonlySet<string> = new Set(['text', 'thought', 'thoughtSignature']);
const callPartFields: ReadonlySet<string> = new Set(['functionCall', 'thoughtSignature']);
const callFields: ReadonlySet<string> = new Set(['id', 'name', 'args', 'partialArgs', 'willContinue']);

const noPart: JsonObject = Object.freeze({});

/** The block that is open. */
type Open = { readonly type: 'text' | 'thinking' | 'call' };

/** Turns the parts of an answer into blocks: pieces of text into one, proofs into blocks of their own. */
export class PartBlocks {
  /** True once a function was called. */
  called = false;
  /** True once the answer has gone on although a call's arguments were not complete: nothing after that can be believed. */
  broken = false;
  /** Makes the ids of calls that come without one differ from answer to answer. */
  salt = '';
  readonly sources = new Sources();
  readonly #sink: Sink;
  #index = -1;
  #open: Open | undefined;
  /** Whether the open thought has its proof. */
  #proven = false;
  /** The open call's arguments. */
  #arguments: CallArguments | undefined;
  #calls = 0;
  /** The text of the open block, and the bytes of all text before it: sources are found by their place in it. */
  #text = '';
  #before = 0;
  /** The proof of what has just been said, which waits for what is said about the sources of it. */
  #proof: Proof | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  part(part: JsonObject): void {
    if (this.broken) return;
    const signature = stringIn(part.thoughtSignature);
    const proof = signature === undefined || signature === '' ? undefined : readProof(signature);
    if (isObject(part.functionCall)) return this.#call(part, part.functionCall, proof);
    const text = stringIn(part.text);
    if (text !== undefined) return part.thought === true ? this.#thought(text, proof) : this.#say(text, part, proof);
    if (Object.keys(part).length === 0) return;
    const image = imageHead(part);
    this.#whole(image ?? { type: 'native', dialect: geminiName, value: part });
    // A part of Google's own holds its proof itself.
    if (image !== undefined && proof !== undefined) this.#proof = proof;
  }

  /** A part of which nothing more is said. */
  text(text: string, thought: boolean, pieces?: RunPieces): void {
    if (thought) this.#thought(text, undefined, pieces);
    else this.#say(text, noPart, undefined, pieces);
  }

  /** Closes what is open. @param cut the answer may end anywhere. False: a call's arguments are not complete. */
  finish(cut: boolean): boolean {
    const args = this.#arguments;
    if (cut && args !== undefined) this.#endCall(args.cutJson());
    this.#settle();
    return !this.broken;
  }

  #say(text: string, part: JsonObject, proof: Proof | undefined, pieces?: RunPieces): void {
    if (proof?.before === true) this.#proofBefore(proof);
    if (text !== '') {
      const rest = otherFields(part, textFields);
      if (this.#open?.type !== 'text' || this.#proof !== undefined || rest !== undefined) {
        this.#settle();
        this.#begin('text', { type: 'text', ...asExt(rest) });
      }
      this.#text += text;
      this.#more(text, pieces);
    }
    if (proof === undefined || proof.before) return;
    if (this.#proof !== undefined || this.#open?.type !== 'text') this.#settle();
    this.#proof = proof;
  }

  #thought(text: string, proof: Proof | undefined, pieces?: RunPieces): void {
    if (text !== '') {
      if (this.#open?.type !== 'thinking' || this.#proven) {
        this.#settle();
        this.#begin('thinking', { type: 'thinking' });
      }
      this.#more(text, pieces);
    }
    if (proof !== undefined) this.#proofBefore(proof);
  }

  #more(text: string, pieces: RunPieces | undefined): void {
    const index = this.#index;
    this.#emit(pieces === undefined ? { type: 'text', index, text } : { type: 'text', index, text, pieces });
  }

  /** The proof of the thought that is open, or of one that is not shown. */
  #proofBefore(proof: Proof): void {
    if (proof.redacted) return this.#whole({ type: 'redacted', data: proof.value });
    if (this.#open?.type !== 'thinking' || this.#proven) {
      this.#settle();
      this.#begin('thinking', { type: 'thinking' });
    }
    this.#proven = true;
    this.#emit({ type: 'signature', index: this.#index, signature: proof.value });
  }

  /** A call without a name is more of the one before it. */
  #call(part: JsonObject, call: JsonObject, proof: Proof | undefined): void {
    const name = stringIn(call.name) ?? '';
    if (proof !== undefined && name !== '') this.#proofBefore(proof);
    if (name !== '') this.#beginCall(part, call, name);
    const args = this.#arguments;
    if (args === undefined) return;
    args.add(call);
    if (call.willContinue === true) return;
    // Whoever ends the call ends what was open in it.
    if (args.sound) this.#endCall(args.json());
    else this.broken = true;
  }

  #beginCall(part: JsonObject, call: JsonObject, name: string): void {
    this.#settle();
    this.called = true;
    const given = stringIn(call.id) ?? '';
    const id = given === '' ? `call_${fingerprint(`${this.salt}:${this.#calls}`, 24)}` : given;
    this.#calls += 1;
    const rest = otherFields(call, callFields);
    const ext = { ...otherFields(part, callPartFields), ...(rest !== undefined && { functionCall: rest }) };
    this.#begin('call', { type: 'tool_call', id, name, ...asExt(ext) });
    this.#arguments = new CallArguments();
  }

  #whole(head: BlockHead): void {
    this.#settle();
    this.#index += 1;
    this.#emit({ type: 'open', index: this.#index, block: head });
    this.#emit({ type: 'close', index: this.#index });
  }

  #begin(type: Open['type'], head: BlockHead): void {
    this.#index += 1;
    this.#open = { type };
    this.#proven = false;
    this.#emit({ type: 'open', index: this.#index, block: head });
  }

  /** Closes the open block, with what belongs into it and what follows it. */
  #settle(): void {
    if (this.#open?.type === 'text') this.#endText();
    // What goes on while a call was still to go on has lost the rest of it.
    if (this.#arguments !== undefined) this.broken = true;
    if (this.broken) return;
    if (this.#open !== undefined) this.#emit({ type: 'close', index: this.#index });
    this.#open = undefined;
    const proof = this.#proof;
    if (proof === undefined) return;
    this.#proof = undefined;
    this.#begin('thinking', { type: 'thinking', ext: follows });
    this.#emit({ type: 'signature', index: this.#index, signature: proof.value });
    this.#emit({ type: 'close', index: this.#index });
    this.#open = undefined;
  }

  #endText(): void {
    for (const citation of this.sources.untold(this.#text, this.#before)) {
      this.#emit({ type: 'citation', index: this.#index, citation });
    }
    this.#before += Buffer.byteLength(this.#text);
    this.#text = '';
  }

  #endCall(json: string): void {
    this.#arguments = undefined;
    this.#open = undefined;
    this.#emit({ type: 'json', index: this.#index, json });
    this.#emit({ type: 'close', index: this.#index });
  }

  #emit(event: Event): void {
    if (!this.broken) this.#sink(event);
  }
}

/** The head of a picture that an answer holds; nothing for data of other kinds. */
function imageHead(part: JsonObject): BlockHead | undefined {
  const inline = part.inlineData;
  if (!isObject(inline)) return undefined;
  const mediaType = stringIn(inline.mimeType);
  const data = stringIn(inline.data);
  if (data === undefined || mediaType?.startsWith('image/') !== true) return undefined;
  return { type: 'image', source: { type: 'base64', mediaType, data } };
}
