import type { Block, Source } from '../../canon/content.ts';
import type { Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { inputOf } from './block-write.ts';
import { writeCitation } from './citation.ts';
import { converseName, fieldsOf } from './ext.ts';
import { formatOfMediaType } from './format.ts';
import { writeRedacted } from './redacted.ts';
import { writeStopReason } from './stop.ts';
import { writeUsage } from './usage.ts';

/** Writes a whole answer. */
export function writeResponse(answer: Folded): JsonObject {
  const ending = writeEnding(answer.finish?.reason ?? 'end', answer.finish?.stopSequence, fieldsOf(answer.ext));
  return {
    metrics: { latencyMs: 0 },
    output: { message: { role: 'assistant', content: answer.content.flatMap(writeAnswerBlock) } },
    usage: writeUsage(answer.usage),
    ...ending.stop,
    ...ending.beside,
  };
}

/** Why an answer ended, and what is told beside its cost. */
export interface WrittenEnding {
  readonly stop: JsonObject;
  readonly beside: JsonObject;
}

/** The stop reason in this language's words, its own where it had one; fields that only this language has. */
export function writeEnding(
  reason: Parameters<typeof writeStopReason>[0],
  sequence: string | undefined,
  { stopReason, additionalModelResponseFields, ...beside }: JsonObject,
): WrittenEnding {
  const fields = {
    ...(sequence !== undefined && { stop_sequence: sequence }),
    ...(additionalModelResponseFields as JsonObject | undefined),
  };
  const isOwn = stopReason !== undefined && (reason === 'end' || reason === 'refusal');
  return {
    stop: {
      stopReason: isOwn ? stopReason : writeStopReason(reason),
      ...(Object.keys(fields).length > 0 && { additionalModelResponseFields: fields }),
    },
    beside,
  };
}

/** A block of a whole answer, none where it cannot be said. */
function writeAnswerBlock(block: Block): JsonObject[] {
  switch (block.type) {
    case 'text': {
      const citations = (block.citations ?? []).map(writeCitation).filter((citation) => citation !== undefined);
      if (citations.length > 0) return [{ citationsContent: { content: [{ text: block.text }], citations } }];
      return block.text === '' ? [] : [{ text: block.text }];
    }
    case 'refusal':
      return block.text === '' ? [] : [{ text: block.text }];
    case 'thinking': {
      const { text, signature, redacted } = block;
      if (redacted !== undefined) return [{ reasoningContent: { redactedContent: writeRedacted(redacted) } }];
      return [{ reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } } }];
    }
    case 'tool_call':
      return [
        { toolUse: { toolUseId: block.id, name: block.name, input: inputOf(block).input, ...fieldsOf(block.ext) } },
      ];
    case 'image':
      return [writeImage(block.source)];
    case 'native':
      return block.dialect === converseName ? [block.value] : [];
    default:
      return [];
  }
}

/** A picture by its bytes; by its address, in words, where that is all there is. */
export function writeImage(source: Source): JsonObject {
  const format = source.type === 'base64' ? formatOfMediaType('image', source.mediaType) : undefined;
  if (source.type === 'base64' && format !== undefined) return { image: { format, source: { bytes: source.data } } };
  return { text: source.type === 'url' ? `![image](${source.url})` : '[image]' };
}
