import { plainTextOf } from '../../canon/blocks.ts';
import type { Block, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { argumentsFor } from '../../canon/custom-tool.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import { fieldsOf } from './ext.ts';
import { writeParts } from './parts-write.ts';
import { unproven } from './signature.ts';
import type { Place, Writing } from './writing.ts';

/** What the model said, as parts: proofs on the parts that they belong to. */
export function writeAssistantParts(turn: Turn, to: Writing): JsonObject[] {
  const plain = plainParts(turn, to);
  if (plain !== undefined) return to.modern ? withStub(plain) : plain;
  const parts = new ProvenParts();
  turn.content.forEach((block, i) => {
    const at = to.placeOf(block);
    if (block.type === 'thinking') writeThinking(block, parts, turn.content.slice(i + 1), at, to);
    else if (block.type === 'tool_call') parts.add(writeCall(block, at, to));
    else for (const part of writeParts(block, at, to)) parts.add(part);
  });
  const written = parts.done();
  return to.modern ? withStub(written) : written;
}

/** Texts and calls without proofs, as those of other languages are: nothing of them can be lost. Nothing for all other turns. */
function plainParts({ content }: Turn, to: Writing): JsonObject[] | undefined {
  const parts: JsonObject[] = [];
  for (const block of content) {
    if (block.type === 'tool_call') {
      const { args, asSaid } = argumentsOf(block);
      if (!asSaid || block.ext !== undefined) return undefined;
      const { id, name } = block;
      parts.push({ functionCall: to.ids ? { id, name, args } : { name, args } });
      continue;
    }
    const text = plainTextOf(block);
    if (text === undefined) return undefined;
    if (text !== '') parts.push({ text });
  }
  return parts;
}

/** Parts as they grow, and the proof that waits for the part that it belongs to. */
class ProvenParts {
  readonly #parts: JsonObject[] = [];
  #waiting: { readonly proof: string; readonly forCall: boolean } | undefined;

  add(part: JsonObject): void {
    const waiting = this.#waiting;
    const fits = waiting !== undefined && (!waiting.forCall || part.functionCall !== undefined);
    if (!fits || part.thought === true) {
      this.#parts.push(part);
      return;
    }
    this.#parts.push({ ...part, thoughtSignature: waiting.proof });
    this.#waiting = undefined;
  }

  /** For the next part, or the next call. */
  ahead(proof: string, forCall: boolean): void {
    this.#flush();
    this.#waiting = { proof, forCall };
  }

  /** For what has just been said; an empty text where nothing has been, or it has a proof. */
  behind(proof: string): void {
    const last = this.#parts.at(-1);
    const free =
      last !== undefined &&
      last.thoughtSignature === undefined &&
      last.thought !== true &&
      last.functionCall === undefined;
    if (free) this.#parts[this.#parts.length - 1] = { ...last, thoughtSignature: proof };
    else this.#parts.push({ text: '', thoughtSignature: proof });
  }

  /** Whether there is more than thoughts. */
  hasSaid(): boolean {
    return this.#parts.some((part) => part.thought !== true);
  }

  done(): JsonObject[] {
    this.#flush();
    return this.#parts;
  }

  #flush(): void {
    if (this.#waiting !== undefined) this.behind(this.#waiting.proof);
    this.#waiting = undefined;
  }
}

/**
 * A proof goes with the part it came with: where it is said to belong to what precedes it, there; else on the next call
 * of the turn, or, where the model called nothing, on the next part. The thought's own words go along with their proof.
 */
function writeThinking(
  block: ThinkingBlock,
  parts: ProvenParts,
  later: readonly Block[],
  at: Place,
  to: Writing,
): void {
  const { text, signature } = block;
  if (block.redacted !== undefined) return;
  if (signature === undefined && !to.own) {
    if (text !== '') to.lose('dropped', at, 'reasoning without a proof of this provider is not sent');
    return;
  }
  const { follows, ...fields } = fieldsOf(block.ext) ?? {};
  const [next] = later;
  const words = text === '' ? undefined : { text, thought: true, ...fields };
  if (signature === undefined) {
    if (words !== undefined) parts.add(words);
    return;
  }
  if (follows === true) return parts.behind(signature);
  const beforeProof = next?.type === 'thinking' && next.signature !== undefined;
  const call = later.some(({ type }) => type === 'tool_call');
  const spoken = later.some(({ type }) => type !== 'thinking');
  // The proof came on the thought itself where the model went on to speak and called nothing.
  const orphan = !parts.hasSaid() && (beforeProof ? call && text !== '' : !spoken);
  if (orphan && !to.own) {
    // The answer broke off before the call came that it was thought for.
    to.lose('dropped', at, 'nothing came of this reasoning');
    return;
  }
  if (words !== undefined && (beforeProof || !call)) return parts.add({ ...words, thoughtSignature: signature });
  if (words !== undefined) parts.add(words);
  if (beforeProof || !spoken) parts.behind(signature);
  else parts.ahead(signature, call);
}

function writeCall(block: ToolCallBlock, at: Place, to: Writing): JsonObject {
  const { functionCall: ownCall, ...fields } = fieldsOf(block.ext) ?? {};
  const { args, asSaid } = argumentsOf(block);
  if (!asSaid) to.lose('approximated', at, 'arguments that are not a JSON object');
  return {
    functionCall: {
      ...(to.ids && { id: block.id }),
      name: block.name,
      args,
      ...(isObject(ownCall) && ownCall),
    },
    ...fields,
  };
}

function argumentsOf({ json, kind }: ToolCallBlock): { readonly args: JsonObject; readonly asSaid: boolean } {
  const text = kind === 'custom' ? argumentsFor(json) : json;
  const parsed = text.trim() === '' ? {} : parseJson(text);
  return isObject(parsed) ? { args: parsed, asSaid: true } : { args: { _raw: json }, asSaid: false };
}

/** Models that check proofs let a step pass whose first call says that it has none. */
function withStub(parts: readonly JsonObject[]): JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  const call = parts[first];
  if (call === undefined || call.thoughtSignature !== undefined) return [...parts];
  return parts.with(first, { ...call, thoughtSignature: unproven });
}
