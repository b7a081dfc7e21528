import type { Block, Source } from '../../canon/content.ts';
import type { BlockHead } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import { inputOf } from './block-write.ts';
import { writeCitation } from './citation.ts';
import { anthropicName, fieldsOf } from './ext.ts';

/** A block of a whole answer, nothing where only another language could say it. */
export function writeAnswerBlock(block: Block): JsonObject | undefined {
  const own = 'ext' in block ? fieldsOf(block.ext) : undefined;
  switch (block.type) {
    case 'text': {
      const { text } = block;
      if (block.citations === undefined) return withOwn({ type: 'text', text }, own);
      const citations = block.citations.map(writeCitation).filter((citation) => citation !== undefined);
      return withOwn(citations.length > 0 ? { type: 'text', text, citations } : { type: 'text', text }, own);
    }
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'thinking':
      return withOwn(
        block.redacted === undefined
          ? { type: 'thinking', thinking: block.text, signature: block.signature ?? '' }
          : { type: 'redacted_thinking', data: block.redacted },
        own,
      );
    case 'tool_call':
      return withOwn({ type: 'tool_use', id: block.id, name: block.name, input: inputOf(block).input }, own);
    case 'image':
      return { type: 'text', text: imageNote(block.source) };
    case 'native':
      return block.dialect === anthropicName ? block.value : undefined;
    default:
      return undefined;
  }
}

function withOwn(block: JsonObject, own: JsonObject | undefined): JsonObject {
  return own === undefined ? block : { ...block, ...own };
}

/** A streamed block as it begins: empty, since clients overlook what stands in a start. Nothing where only another language could say it. */
export function writeBlockStart(head: BlockHead): JsonObject | undefined {
  switch (head.type) {
    case 'text':
      return { type: 'text', text: '', ...fieldsOf(head.ext) };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '', ...fieldsOf(head.ext) };
    case 'redacted':
      return { type: 'redacted_thinking', data: head.data, ...fieldsOf(head.ext) };
    case 'tool_call':
      return { type: 'tool_use', id: head.id, name: head.name, input: {}, ...fieldsOf(head.ext) };
    case 'refusal':
    case 'image':
      return { type: 'text', text: '' };
    case 'native':
      return head.dialect === anthropicName && typeof head.value.type === 'string' ? head.value : undefined;
  }
}

/** What a client that cannot show images is told of one. */
export function imageNote(source: Source): string {
  return source.type === 'url' ? `![image](${source.url})` : '[image]';
}
