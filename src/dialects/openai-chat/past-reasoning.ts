import type { Block, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Quirks } from '../dialect.ts';
import { bareProof, isProven, type ProofPlaces, placedDetails, proofPlaces, withProofOf } from './proof.ts';
import { writeThinkingBlock } from './reasoning.ts';
import { writeDetails } from './reasoning-detail.ts';
import type { Writing } from './writing.ts';

/** Past reasoning as an assistant's message has it: fields of the message, and what it adds to a call. */
export interface PastReasoning {
  readonly fields: JsonObject;
  ofCall(call: ToolCallBlock, written: JsonObject): JsonObject;
}

const asItIs = (_: ToolCallBlock, written: JsonObject): JsonObject => written;

/** Past reasoning, where the server wants it back; what it takes as parts of the content is not said here. */
export function writeReasoning(blocks: readonly Block[], path: string, writing: Writing): PastReasoning {
  const thoughts = blocks.filter((block) => block.type === 'thinking');
  const form = formOf(thoughts, writing);
  if (form === 'extra_content') return writeExtraContent(blocks, path, writing);
  if (thoughts.length === 0) return { fields: {}, ofCall: asItIs };
  switch (form) {
    case 'reasoning_details':
      return writing.own
        ? writePlaced(blocks)
        : { fields: { reasoning_details: writeDetails(thoughts) }, ofCall: asItIs };
    case 'thinking_blocks':
      return { fields: { thinking_blocks: thoughts.map(writeThinkingBlock) }, ofCall: asItIs };
    case 'thinking_chunks':
    case 'reasoning_parts':
      return { fields: {}, ofCall: asItIs };
    default:
      noteUnsaid(blocks, form === 'none', path, writing);
      return { fields: plainReasoning(thoughts, form), ofCall: asItIs };
  }
}

type Form = NonNullable<Quirks['reasoning']>;

/** What the server gave goes back in the field that has the proofs, where there are any: proofs of others have been taken out before. */
function formOf(thoughts: readonly ThinkingBlock[], { quirks, own }: Writing): Form {
  if (quirks.reasoning !== undefined) return quirks.reasoning;
  if (thoughts.some(isProven)) return 'reasoning_details';
  return own ? 'reasoning_content' : 'none';
}

function plainReasoning(thoughts: readonly ThinkingBlock[], form: Form): JsonObject {
  const told = thoughts.filter((block) => block.text !== '');
  return form === 'none' || told.length === 0 ? {} : { [form]: told.map((block) => block.text).join('\n') };
}

/** As clients of this language are told of it, so that each proof finds its place again. */
function writePlaced(blocks: readonly Block[]): PastReasoning {
  const places = proofPlaces(blocks);
  return {
    fields: {
      reasoning_details: placedDetails(blocks, places),
      ...(places.behind !== undefined && withProofOf(places.behind)),
    },
    ofCall: (call, written) => provenCall(written, bareProof(places.before.get(call) ?? [])),
  };
}

/** The call with its proof. */
export function provenCall(written: JsonObject, proof: string | undefined): JsonObject {
  return proof === undefined ? written : withProofOf(proof, written);
}

/** Google's servers take proofs at calls and texts, and no reasoning; some insist on one at the first call of an answer. */
function writeExtraContent(blocks: readonly Block[], path: string, writing: Writing): PastReasoning {
  const places = proofPlaces(blocks);
  const proofs = new Map([...places.before].map(([call, run]) => [call, run.at(-1)?.signature]));
  const [first] = proofs.keys();
  if (first !== undefined && proofs.get(first) === undefined) proofs.set(first, writing.quirks.call_proof);
  noteUnplaced(blocks, places, path, writing);
  return {
    fields: places.behind === undefined ? {} : withProofOf(places.behind),
    ofCall: (call, written) => provenCall(written, proofs.get(call)),
  };
}

function noteUnplaced(blocks: readonly Block[], places: ProofPlaces, path: string, { loseOnce }: Writing): void {
  const last = new Set([...places.before.values()].map((run) => run.at(-1)));
  blocks.forEach((block, i) => {
    if (block.type !== 'thinking') return;
    const placed = last.has(block) || (block.text === '' && block.signature === places.behind);
    if (block.redacted !== undefined)
      loseOnce('dropped', `${path}[${i}]`, 'the provider takes no encrypted reasoning back');
    else if (block.text !== '') loseOnce('dropped', `${path}[${i}]`, 'the provider takes no reasoning back');
    else if (!placed) loseOnce('dropped', `${path}[${i}]`, 'a proof that belongs to no call and no text');
  });
}

/** One thought as a part of the content, for servers that want it there: none for all others. */
export function writeThinkingPart(block: ThinkingBlock, path: string, { quirks, loseOnce }: Writing): JsonObject[] {
  const { text, signature, redacted } = block;
  const proof = { ...(signature !== undefined && { signature }) };
  if (quirks.reasoning === 'reasoning_parts') {
    const summary =
      redacted === undefined
        ? { type: 'summary_text', text, ...proof }
        : { type: 'summary_encrypted_text', data: redacted };
    return [{ type: 'reasoning', summary: [summary] }];
  }
  if (quirks.reasoning !== 'thinking_chunks') return [];
  if (redacted !== undefined) {
    loseOnce('dropped', path, 'the provider takes no encrypted reasoning back');
    return [];
  }
  const chunks = text === '' ? [] : [{ type: 'text', text }];
  return [{ type: 'thinking', thinking: chunks, ...proof, closed: true }];
}

function noteUnsaid(blocks: readonly Block[], isAll: boolean, path: string, { loseOnce }: Writing): void {
  blocks.forEach((block, i) => {
    if (block.type !== 'thinking') return;
    if (block.redacted !== undefined)
      loseOnce('dropped', `${path}[${i}]`, 'the provider takes no encrypted reasoning back');
    else if (isAll) loseOnce('dropped', `${path}[${i}]`, 'the provider takes no reasoning back');
    else if (block.signature !== undefined)
      loseOnce('dropped', `${path}[${i}]`, 'the provider takes no signatures back');
  });
}
