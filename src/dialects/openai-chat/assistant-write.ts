import { plainTextOf } from '../../canon/blocks.ts';
import type { Block, ToolCallBlock } from '../../canon/content.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import type { Turn } from '../../canon/request.ts';
import { writePart } from './parts-write.ts';
import { writeReasoning, writeThinkingPart } from './past-reasoning.ts';
import type { Writing } from './writing.ts';

/** An assistant turn as one message; nothing where nothing of it can be said. */
export function writeAssistant(turn: Turn, index: number, writing: Writing): JsonObject | undefined {
  return plainAnswer(turn, writing) ?? writeAny(turn, index, writing);
}

/** A turn of texts, calls behind them, and nothing else, as most are: nothing of it can be lost. */
function plainAnswer({ content, name, ext }: Turn, writing: Writing): JsonObject | undefined {
  if (name !== undefined || ext !== undefined || writing.quirks.reasoning === 'extra_content') return undefined;
  let text = '';
  let calls: JsonObject[] | undefined;
  for (const block of content) {
    if (block.type === 'tool_call') {
      if (block.kind !== undefined || block.cache !== undefined || block.ext !== undefined) return undefined;
      calls ??= [];
      calls.push(functionCall(writing.callId(block.id), block.name, block.json));
      continue;
    }
    const more = calls === undefined ? plainTextOf(block) : undefined;
    if (more === undefined) return undefined;
    text += more;
  }
  if (calls === undefined) return text === '' ? undefined : { role: 'assistant', content: text };
  return { role: 'assistant', content: text === '' ? null : text, tool_calls: calls };
}

function writeAny(turn: Turn, index: number, writing: Writing): JsonObject | undefined {
  const path = `turns[${index}].content`;
  const content = writeContent(turn.content, path, writing);
  const { fields, ofCall } = writeReasoning(turn.content, path, writing);
  const calls = callsOf(turn).map((call) => ofCall(call, writeCall(call, path, writing)));
  const refusal = turn.content.map((block) => (block.type === 'refusal' ? block.text : '')).join('');
  const said = {
    ...fields,
    ...(refusal !== '' && { refusal }),
    ...writeImages(turn.content, path, writing),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...turn.ext?.['openai-chat'],
  };
  if (content === '' && Object.keys(said).length === 0) return undefined;
  const name = turn.name === undefined ? undefined : { name: turn.name };
  return { role: 'assistant', content: content === '' && saysMore(said) ? null : content, ...name, ...said };
}

/** Null content is only legal beside something that speaks in its place. */
function saysMore(said: JsonObject): boolean {
  return said['tool_calls'] !== undefined || said['refusal'] !== undefined || said['audio'] !== undefined;
}

function callsOf({ content }: Turn): ToolCallBlock[] {
  return content.filter((block) => block.type === 'tool_call');
}

/** The ids of a turn's calls. */
export function callIds(turn: Turn | undefined): string[] {
  const ids: string[] = [];
  for (const block of turn?.content ?? []) if (block.type === 'tool_call') ids.push(block.id);
  return ids;
}

/** Texts as one string; as parts where one carries a mark, or is a part that only this language knows. */
function writeContent(blocks: readonly Block[], path: string, writing: Writing): string | JsonObject[] {
  const parts: JsonObject[] = [];
  let text = '';
  let called = false;
  /** What stood before: pieces of one text follow each other without a gap. */
  let before: Block['type'] = 'text';
  blocks.forEach((block, i) => {
    called ||= block.type === 'tool_call';
    for (const part of writeAnswerPart(block, `${path}[${i}]`, writing)) {
      if (part['text'] === '') continue;
      if (called && block.type !== 'thinking')
        writing.loseOnce('moved', `${path}[${i}]`, 'text after a call stands before it');
      text += (text !== '' && before !== 'text' ? '\n\n' : '') + (stringIn(part['text']) ?? '');
      parts.push(part);
    }
    before = block.type;
  });
  const isString = parts.every((part) => part['type'] === 'text' && Object.keys(part).length === 2);
  return isString ? text : parts;
}

/** The parts of a block that an answer may have: texts, and whatever is this language's own. */
function writeAnswerPart(block: Block, path: string, writing: Writing): JsonObject[] {
  switch (block.type) {
    case 'text':
    case 'native':
      return writePart(block, path, writing);
    case 'thinking':
      return writeThinkingPart(block, path, writing);
    case 'audio':
    case 'document':
    case 'search_result':
    case 'tool_reference': {
      const parts = writePart(block, path, writing);
      const texts = parts.filter((part) => part['type'] === 'text');
      if (texts.length < parts.length) writing.lose('dropped', path, 'an answer cannot hold files here');
      return texts;
    }
    default:
      return [];
  }
}

function writeImages(blocks: readonly Block[], path: string, { own, loseOnce }: Writing): JsonObject {
  const images = blocks.filter((block) => block.type === 'image');
  if (images.length === 0) return {};
  if (!own) {
    loseOnce('dropped', path, 'an answer cannot hold images here');
    return {};
  }
  return {
    images: images.flatMap(({ source }) =>
      source.type === 'file' ? [] : [{ type: 'image_url', image_url: { url: urlOf(source) } }],
    ),
  };
}

function writeCall(call: ToolCallBlock, path: string, writing: Writing): JsonObject {
  if (call.cache !== undefined) writing.loseOnce('dropped', path, 'calls take no cache marks');
  const id = writing.callId(call.id);
  const ext = call.ext?.['openai-chat'];
  if (call.kind === 'custom' && writing.own) {
    return { id, type: 'custom', custom: { name: call.name, input: call.json }, ...ext };
  }
  const json = call.kind === 'custom' ? JSON.stringify({ input: call.json }) : call.json;
  return { ...functionCall(id, call.name, json), ...ext };
}

function functionCall(id: string, name: string, json: string): JsonObject {
  return { id, type: 'function', function: { name, arguments: json === '' ? '{}' : json } };
}
