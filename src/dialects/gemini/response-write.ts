import type { Block } from '../../canon/content.ts';
import type { Event } from '../../canon/event.ts';
import type { Folded } from '../../canon/fold.ts';
import { type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { answerHead, writeCandidate } from './answer-frame.ts';
import { AnswerParts } from './answer-parts.ts';
import { fieldsOf, geminiName } from './ext.ts';
import { writeUsage } from './usage.ts';

/** Writes a whole answer as a `GenerateContentResponse`. */
export function writeResponse(answer: Folded, request: ChatRequest): JsonObject {
  const collected = new Collected();
  const parts = new AnswerParts(collected);
  answer.content.forEach((block, index) => {
    for (const event of eventsOf(block, index)) parts.event(event);
  });
  parts.finish();
  const { candidate: ownCandidate, ...own } = fieldsOf(answer.ext) ?? {};
  const ending = answer.finish ?? { reason: 'end' };
  const candidate = writeCandidate(collected.parts, ending, ownCandidate, parts.grounding);
  const others = answer.natives.flatMap(({ dialect, value }) =>
    dialect === geminiName ? objectsIn(value.candidates) : [],
  );
  const isBlocked = own.promptFeedback !== undefined && answer.content.length === 0 && ending.reason === 'refusal';
  const hasUsage = Object.keys(answer.usage).length > 0;
  return {
    ...(!isBlocked && { candidates: [candidate, ...others] }),
    ...(hasUsage && { usageMetadata: writeUsage(answer.usage) }),
    ...answerHead(answer, request),
    ...own,
  };
}

/** Parts of a whole answer: pieces of one text together, proofs on the parts before them. */
class Collected {
  readonly parts: JsonObject[] = [];

  text(text: string, thought: boolean): void {
    this.parts.push({ text, ...(thought && { thought }) });
  }

  part(part: JsonObject): void {
    const last = this.parts.at(-1);
    const isProof = part.text === '' && part.thoughtSignature !== undefined && Object.keys(part).length < 4;
    const fits =
      last?.thoughtSignature === undefined && last?.functionCall === undefined && last?.thought === part.thought;
    if (last !== undefined && isProof && fits) {
      this.parts[this.parts.length - 1] = { ...last, thoughtSignature: part.thoughtSignature };
    } else this.parts.push(part);
  }
}

/** The events that a block adds up from. */
function* eventsOf(block: Block, index: number): Generator<Event> {
  switch (block.type) {
    case 'text':
    case 'refusal':
      yield { type: 'open', index, block: block.type === 'text' ? { ...block, type: 'text' } : { type: 'refusal' } };
      if (block.text !== '') yield { type: 'text', index, text: block.text };
      for (const citation of block.type === 'text' ? (block.citations ?? []) : []) {
        yield { type: 'citation', index, citation };
      }
      break;
    case 'thinking':
      if (block.redacted !== undefined) {
        yield { type: 'open', index, block: { type: 'redacted', data: block.redacted } };
        break;
      }
      yield { type: 'open', index, block: { type: 'thinking', ...(block.ext !== undefined && { ext: block.ext }) } };
      if (block.text !== '') yield { type: 'text', index, text: block.text };
      if (block.signature !== undefined) yield { type: 'signature', index, signature: block.signature };
      break;
    case 'tool_call': {
      const { json, cache: _, ...head } = block;
      yield { type: 'open', index, block: head };
      if (json !== '') yield { type: 'json', index, json };
      break;
    }
    case 'image':
      yield { type: 'open', index, block: { type: 'image', source: block.source } };
      break;
    case 'native':
      yield { type: 'open', index, block };
      break;
    default:
      return;
  }
  yield { type: 'close', index };
}
