import type { Block, Ext, Source, TextBlock, ThinkingBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { writeCall } from './calls.ts';
import { writeAnnotation } from './citation.ts';
import { ownFields, responsesName } from './ext.ts';
import { redactedId } from './item-id.ts';
import type { Writing } from './writing.ts';

/** What the model said in an earlier turn, as items in their order. */
export function writeAnswer(content: readonly Block[], writing: Writing): JsonObject[] {
  const items: JsonObject[] = [];
  for (const block of content) {
    const path = writing.pathOf(block);
    switch (block.type) {
      case 'text':
      case 'refusal':
        if (block.text !== '') addPart(items, block, writing);
        break;
      case 'thinking':
        items.push(...writeThinking(block, items.at(-1), path, writing));
        break;
      case 'tool_call':
        if (block.cache !== undefined) writing.loseOnce('dropped', path, 'calls take no cache marks');
        items.push(writeCall(block, writing.request.tools));
        break;
      case 'native':
        if (block.dialect === responsesName) items.push(block.value);
        break;
      case 'image':
        if (writing.own && block.source.type === 'base64') items.push(writeMadeImage(block.source, block));
        else writing.loseOnce('dropped', path, 'an answer cannot hold images here');
        break;
      default:
        writing.loseOnce('dropped', path, 'an answer cannot hold files here');
    }
  }
  if (!writing.own) dropLoneThoughts(items, content, writing);
  return items.map(plainMessage);
}

/** Reasoning has to be followed by what it led to; of an answer that broke off before that, nothing can be sent. */
function dropLoneThoughts(items: JsonObject[], content: readonly Block[], writing: Writing): void {
  const last = items.findLastIndex(({ type }) => type !== 'reasoning');
  if (items.length === last + 1) return;
  items.length = last + 1;
  const thought = content.findLast(({ type }) => type === 'thinking');
  const path = thought === undefined ? 'turns' : writing.pathOf(thought);
  writing.loseOnce('dropped', path, 'reasoning that led to nothing is not taken back');
}

type Words = Extract<Block, { type: 'text' | 'refusal' }>;

/** Parts of one message follow each other; what they remember of it is the same. */
function addPart(items: JsonObject[], block: Words, writing: Writing): void {
  const { logprobs, ...about } = ownFields(block.ext);
  const path = writing.pathOf(block);
  if (block.cache !== undefined) writing.loseOnce('dropped', path, 'what the model said takes no cache marks');
  const part =
    block.type === 'text'
      ? { ...writeText(block, path, writing), ...(logprobs !== undefined && { logprobs }) }
      : { type: 'refusal', refusal: block.text };
  const last = items.at(-1);
  const { type, role, content, ...lastAbout } = last ?? {};
  if (type === 'message' && role === 'assistant' && Array.isArray(content) && isSame(lastAbout, about)) {
    content.push(part);
  } else items.push({ type: 'message', role: 'assistant', content: [part], ...about });
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function writeText({ text, citations = [] }: TextBlock, path: string, writing: Writing): JsonObject {
  const annotations = citations.flatMap((one) => writeAnnotation(one, text.length) ?? []);
  if (annotations.length < citations.length) {
    writing.loseOnce('dropped', path, 'a citation without an address has no form here');
  }
  return { type: 'output_text', text, ...(annotations.length > 0 && { annotations }) };
}

/** A message of one plain text is told as a string: all servers take that. */
function plainMessage(item: JsonObject): JsonObject {
  const { content } = item;
  if (item.type !== 'message' || item.id !== undefined || !Array.isArray(content) || content.length !== 1) return item;
  const [part] = content as JsonObject[];
  const isPlain = part?.type === 'output_text' && Object.keys(part).length === 2;
  return isPlain ? { ...item, content: part.text } : item;
}

/** Past reasoning, which its issuer wants back; nothing where nobody does. */
function writeThinking(
  block: ThinkingBlock,
  last: JsonObject | undefined,
  path: string,
  writing: Writing,
): JsonObject[] {
  const { text, signature, redacted } = block;
  if (writing.quirks.reasoning === 'none') {
    writing.loseOnce('dropped', path, 'the provider takes no reasoning back');
    return [];
  }
  if (!writing.own && (signature === undefined || redacted !== undefined)) {
    const what = redacted === undefined ? 'reasoning' : 'encrypted reasoning';
    writing.loseOnce('dropped', path, `${what} of another provider`);
    return [];
  }
  const { shown, ...about } = ownFields(block.ext);
  const parts = (type: string): JsonObject[] => (text === '' ? [] : [{ type, text }]);
  // The item's own text and its summary are two blocks of one item.
  if (last?.type === 'reasoning' && last.encrypted_content === undefined && shown === undefined && isOf(last, about)) {
    last.summary = parts('summary_text');
    if (signature !== undefined) last.encrypted_content = signature;
    return [];
  }
  const proof = signature ?? redacted;
  return [
    {
      type: 'reasoning',
      ...(redacted !== undefined && { id: redactedId(redacted) }),
      ...about,
      summary: shown === 'content' ? [] : parts('summary_text'),
      ...(shown === 'content' && { content: parts('reasoning_text') }),
      ...(proof !== undefined && { encrypted_content: proof }),
    },
  ];
}

function isOf(item: JsonObject, { id }: JsonObject): boolean {
  return id !== undefined && item.id === id && Array.isArray(item.summary) && item.summary.length === 0;
}

/** A picture that was made in an answer. */
export function writeMadeImage({ mediaType, data }: Encoded, { ext }: { readonly ext?: Ext }): JsonObject {
  return {
    type: 'image_generation_call',
    status: 'completed',
    result: data,
    output_format: mediaType.slice(mediaType.indexOf('/') + 1),
    ...ownFields(ext),
  };
}

type Encoded = Extract<Source, { type: 'base64' }>;
