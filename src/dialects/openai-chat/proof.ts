import type { Block, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { writeDetails } from './reasoning-detail.ts';

/** Google's proof of a call, or of the text of a message, where its compatible server puts it. */
export function proofIn(fields: JsonObject): string | undefined {
  const extra = fields['extra_content'];
  const google = isObject(extra) ? extra['google'] : undefined;
  return (isObject(google) ? stringIn(google['thought_signature']) : undefined) || undefined;
}

/** The fields without that proof, and without what held nothing else. */
export function withoutProof(fields: JsonObject): JsonObject {
  if (proofIn(fields) === undefined) return fields;
  const { extra_content: extra, ...rest } = fields;
  const { google, ...others } = extra as { google: JsonObject };
  const { thought_signature: _, ...more } = google;
  const left = { ...others, ...(Object.keys(more).length > 0 && { google: more }) };
  return Object.keys(left).length > 0 ? { ...rest, extra_content: left } : rest;
}

/** The fields with that proof. */
export function withProofOf(signature: string, fields: JsonObject = {}): JsonObject {
  const extra = isObject(fields['extra_content']) ? fields['extra_content'] : {};
  const google = isObject(extra['google']) ? extra['google'] : {};
  return { ...fields, extra_content: { ...extra, google: { ...google, thought_signature: signature } } };
}

/** The proofs that a message or delta has at its calls or at itself: they may stand in `reasoning_details` as well. */
export function proofsBeside(message: JsonObject): ReadonlySet<string> {
  const proofs = new Set<string>();
  for (const holder of [message, ...objectsIn(message['tool_calls'])]) {
    const proof = proofIn(holder);
    if (proof !== undefined) proofs.add(proof);
  }
  return proofs;
}

/** Where in an answer its proofs stand. */
export interface ProofPlaces {
  /** The thinking right before each call. */
  readonly before: ReadonlyMap<ToolCallBlock, readonly ThinkingBlock[]>;
  /** The proof that stands right behind a text. */
  readonly behind?: string;
}

export function proofPlaces(content: readonly Block[]): ProofPlaces {
  const before = new Map<ToolCallBlock, readonly ThinkingBlock[]>();
  let run: ThinkingBlock[] = [];
  let afterText = false;
  let behind: string | undefined;
  for (const block of content) {
    if (block.type === 'thinking') {
      run.push(block);
      continue;
    }
    if (block.type === 'tool_call') before.set(block, run);
    else if (afterText) behind = bareProof(run) ?? behind;
    run = [];
    afterText = block.type === 'text';
  }
  if (afterText) behind = bareProof(run) ?? behind;
  return { before, ...(behind !== undefined && { behind }) };
}

/** The proof of thinking that has no words: it belongs to what it stands at. */
export function bareProof(run: readonly ThinkingBlock[]): string | undefined {
  const last = run.at(-1);
  return last !== undefined && last.text === '' ? last.signature : undefined;
}

/**
 * The thinking of an answer as `reasoning_details`. A proof that stands before a call has the call's id, as OpenRouter
 * has it for Gemini: the list stands before all else, and the proof has to find its place again.
 */
export function placedDetails(content: readonly Block[], { before }: ProofPlaces): JsonObject[] {
  const ids = new Map<ThinkingBlock, string>();
  for (const [call, run] of before) for (const block of run) if (isProven(block)) ids.set(block, call.id);
  const thoughts = content.filter((block) => block.type === 'thinking');
  return writeDetails(thoughts).map((detail, i) => {
    const id = ids.get(thoughts[i] as ThinkingBlock);
    return id === undefined || detail['id'] !== undefined ? detail : { ...detail, id };
  });
}

/** Whether there is anything that its issuer wants to see again. */
export function isProven({ signature, redacted }: ThinkingBlock): boolean {
  return signature !== undefined || redacted !== undefined;
}
