import type { Block, ToolResultBlock } from '../../canon/content.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { failureText, fromResult } from '../../canon/prose.ts';
import type { Tool } from '../../canon/request.ts';
import { ownFields, responsesName } from './ext.ts';
import { legalCallId } from './item-id.ts';
import { isPlainText, textPart, writePart } from './parts-write.ts';
import { writeToolList } from './tools-write.ts';
import type { Writing } from './writing.ts';

/** A tool's result: the item that answers the call, and what it cannot hold at this server. */
export interface WrittenResult {
  readonly item: JsonObject;
  /** Parts for the user's message that follows. */
  readonly moved: readonly JsonObject[];
}

/** Writes a tool's result as the item of that type. */
export function writeResult(block: ToolResultBlock, type: string, writing: Writing): WrittenResult {
  const written = outputOf(block, type, writing);
  const item = { type, call_id: legalCallId(block.id), ...written.fields, ...ownFields(block.ext) };
  return { item, moved: written.moved ?? [] };
}

interface WrittenOutput {
  readonly fields: JsonObject;
  readonly moved?: readonly JsonObject[];
}

function outputOf(block: ToolResultBlock, type: string, writing: Writing): WrittenOutput {
  switch (type) {
    case 'shell_call_output':
      return { fields: { output: shellOutput(textOf(block.content), block.isError === true) } };
    case 'local_shell_call_output':
      return { fields: { output: textOf(block.content) } };
    case 'apply_patch_call_output': {
      const output = textOf(block.content);
      const status = block.isError === true ? 'failed' : 'completed';
      return { fields: { status, ...(output !== '' && { output }) } };
    }
    case 'computer_call_output':
      return { fields: { output: screenshotOf(block.content, writing) } };
    case 'tool_search_output':
      return { fields: { execution: 'client', status: 'completed', tools: foundTools(block.content, writing) } };
    default:
      return plainOutput(block, writing);
  }
}

/** Text, as a string where that says all; else parts. */
function plainOutput(block: ToolResultBlock, writing: Writing): WrittenOutput {
  const content = block.isError === true ? withFailure(block, writing) : block.content;
  const parts = content.flatMap((part) => writePart(part, writing.pathOf(part), writing));
  const last = parts.at(-1);
  const mark = last === undefined ? undefined : writing.mark(block.cache, writing.pathOf(block));
  const plain = parts.every(isPlainText) && mark === undefined;
  // Other clients' texts are one text; this language's parts stay parts.
  if (plain && (!writing.own || parts.length < 2)) {
    return { fields: { output: parts.map(({ text }) => String(text)).join('\n') } };
  }
  if (writing.quirks.tool_result_parts === false) return separated(block, parts, writing);
  return { fields: { output: mark === undefined ? parts : [...parts.slice(0, -1), { ...last, ...mark }] } };
}

/** For servers whose results are text alone: the rest follows in a message. */
function separated(block: ToolResultBlock, parts: readonly JsonObject[], writing: Writing): WrittenOutput {
  const texts = parts.filter(({ type }) => type === 'input_text').map(({ text }) => String(text));
  const files = parts.filter(({ type }) => type !== 'input_text');
  if (files.length > 0) {
    writing.loseOnce('moved', writing.pathOf(block), 'images and files in tool results follow in a user message');
    texts.push(`[${files.length} ${files.length === 1 ? 'file follows' : 'files follow'} in the next message.]`);
  }
  return {
    fields: { output: texts.join('\n') },
    moved: files.length === 0 ? [] : [textPart(fromResult(legalCallId(block.id))), ...files],
  };
}

/** The language has no field that says it. */
function withFailure(block: ToolResultBlock, writing: Writing): readonly Block[] {
  const { content } = block;
  const path = writing.pathOf(block);
  const at = content.findIndex(({ type }) => type === 'text');
  const first = content[at];
  const text = first?.type === 'text' ? failureText(first.text) : 'Error';
  if (first?.type === 'text' && text === first.text) {
    writing.loseOnce('approximated', path, 'that a tool failed is left to its own words');
    return content;
  }
  writing.loseOnce('mapped', path, 'that a tool failed is told in its text');
  return first?.type === 'text' ? content.with(at, { ...first, text }) : [{ type: 'text', text }, ...content];
}

function textOf(content: readonly Block[]): string {
  return content.flatMap((block) => (block.type === 'text' || block.type === 'refusal' ? [block.text] : [])).join('\n');
}

/** The outputs that the text is; text that is something else is what was printed. */
function shellOutput(text: string, failed: boolean): readonly unknown[] {
  const parsed = parseJson(text);
  if (Array.isArray(parsed) && parsed.every(isObject)) return parsed;
  return [{ stdout: text, stderr: '', outcome: { type: 'exit', exit_code: failed ? 1 : 0 } }];
}

function screenshotOf(content: readonly Block[], writing: Writing): JsonObject {
  const image = content.find(({ type }) => type === 'image');
  for (const block of content) {
    if (block !== image) writing.lose('dropped', writing.pathOf(block), 'the result is a screenshot and no more');
  }
  const [part] = image === undefined ? [] : writePart(image, writing.pathOf(image), writing);
  return { ...part, type: 'computer_screenshot' };
}

/** What a search has found: the definitions of the tools that the result names. */
function foundTools(content: readonly Block[], writing: Writing): JsonObject[] {
  const { tools } = writing.request;
  const found: Tool[] = [];
  const others: JsonObject[] = [];
  for (const block of content) {
    const tool = block.type === 'tool_reference' ? tools.find(({ name }) => name === block.name) : undefined;
    if (tool !== undefined) found.push(tool);
    else if (block.type !== 'native') {
      writing.lose('dropped', writing.pathOf(block), 'a search finds nothing but tools');
    } else if (block.dialect === responsesName) others.push(block.value);
  }
  return [...writeToolList(found, writing), ...others];
}
