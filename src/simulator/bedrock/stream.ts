import { type Answer, type AnswerPart, chunksOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import type { JsonObject } from '../json.ts';
import { stopReason, writeAdditional, writeBlock, writeBytes, writeMetadata } from './answer.ts';
import { encodeEvent } from './event-stream.ts';
import type { BedrockVariant } from './variant.ts';

interface Event {
  readonly type: string;
  readonly payload: JsonObject;
}

/** The letters that fill `p`, a member by which the service hides how long its pieces are. */
const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Some padding that is different from event to event, the same each time. */
export function padding(index: number): string {
  return PADDING.slice(0, 1 + ((index * 7) % PADDING.length));
}

/** The events of a streamed answer, each a message of Amazon's event stream. */
export function writeStream(answer: Answer, asked: Asked): Uint8Array[] {
  const variant = answer.manner.bedrock ?? {};
  return eventsOf(answer, asked, variant)
    .filter(({ type }) => variant.omit?.includes(type) !== true)
    .map(({ type, payload }, index) => {
      const padded = variant.padding === false ? payload : { ...payload, p: padding(index) };
      return encodeEvent(type, JSON.stringify(padded));
    });
}

function eventsOf(answer: Answer, asked: Asked, variant: BedrockVariant): Event[] {
  const blocks = answer.parts.filter((part) => writeBlock(part) !== undefined);
  const model = { delta: { stop_sequence: answer.stopSequence, stop_reason: stopReason(answer) } };
  const end: Event[] = [
    { type: 'messageStop', payload: { ...writeAdditional(model, asked), stopReason: stopReason(answer) } },
    { type: 'metadata', payload: { ...writeMetadata(answer, asked), ...answer.members } },
  ];
  return [
    { type: 'messageStart', payload: { role: 'assistant' } },
    ...blocks.flatMap((part, index) => blockEvents(part, index, answer.chunk, variant)),
    ...(variant.metadataFirst === true ? end.reverse() : end),
  ];
}

function blockEvents(part: AnswerPart, index: number, chunk: number, variant: BedrockVariant): Event[] {
  const start = startOf(part, variant);
  return [
    ...(start === undefined
      ? []
      : [{ type: 'contentBlockStart', payload: { contentBlockIndex: index, start } as JsonObject }]),
    ...deltasOf(part, chunk).map((delta) => ({
      type: 'contentBlockDelta',
      payload: { contentBlockIndex: index, delta },
    })),
    { type: 'contentBlockStop', payload: { contentBlockIndex: index } },
  ];
}

/** Only blocks with something to say in advance have a start. */
function startOf(part: AnswerPart, variant: BedrockVariant): JsonObject | undefined {
  if (part.kind === 'tool') return { toolUse: { toolUseId: part.id, name: part.name } };
  return variant.textStart === true ? {} : undefined;
}

function deltasOf(part: AnswerPart, chunk: number): JsonObject[] {
  switch (part.kind) {
    case 'text': {
      const texts = chunksOf(part.text, chunk).map((text) => ({ text }));
      return [...texts, ...(part.citations ?? []).map((citation) => ({ citation }))];
    }
    case 'refusal':
      return chunksOf(part.text, chunk).map((text) => ({ text }));
    case 'think': {
      if (part.redacted !== undefined) return [{ reasoningContent: { redactedContent: writeBytes(part.redacted) } }];
      const texts = chunksOf(part.text, chunk).map((text) => ({ reasoningContent: { text } }));
      const signature = part.signature === '' ? [] : [{ reasoningContent: { signature: part.signature } }];
      return [...texts, ...signature];
    }
    case 'tool': {
      const pieces = part.json === '{}' ? [''] : chunksOf(part.json, chunk);
      return pieces.map((input) => ({ toolUse: { input } }));
    }
    case 'native':
      return [part.native];
  }
}
