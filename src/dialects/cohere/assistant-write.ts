import type { Block, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { argumentsFor } from '../../canon/custom-tool.ts';
import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { omitted } from '../../canon/prose.ts';
import type { Turn } from '../../canon/request.ts';
import { isText, textPart, writePart } from './parts-write.ts';
import type { Writing } from './writing.ts';

/**
 * An assistant turn as one message; none where nothing of it can be said. Beside calls the service takes no text but a
 * plan, and thinking only from models that are asked to think; the plan is what they all take.
 * @param thinks the model is asked to think.
 */
export function writeAssistant(turn: Turn, thinks: boolean, writing: Writing): JsonObject[] {
  const calls = turn.content.filter((block) => block.type === 'tool_call');
  const bare = writing.quirks.reasoning === 'none';
  const parts = turn.content.flatMap((block) =>
    bare && calls.length === 0 && block.type === 'thinking' ? leftOut(block, writing) : writeAnswerPart(block, writing),
  );
  if (calls.length === 0) return parts.length === 0 ? [] : [{ role: 'assistant', content: contentOf(parts) }];
  noteText(turn, writing);
  const asThinking = thinks && !bare && parts.length > 0 && !parts.some(isText);
  return [
    {
      role: 'assistant',
      ...(asThinking && { content: parts }),
      ...(parts.length > 0 && !asThinking && { tool_plan: planOf(parts) }),
      tool_calls: calls.map((call) => writeCall(call, writing)),
    },
  ];
}

function contentOf(parts: readonly JsonObject[]): unknown {
  const [first] = parts;
  return parts.length === 1 && first !== undefined && isText(first) ? first['text'] : parts;
}

/** Pieces of one text follow each other without a gap. */
function planOf(parts: readonly JsonObject[]): string {
  let plan = '';
  let before: JsonObject | undefined;
  for (const part of parts) {
    const goesOn = before !== undefined && isText(before) && isText(part);
    plan += (plan === '' || goesOn ? '' : '\n\n') + String(part['text'] ?? part['thinking']);
    before = part;
  }
  return plan;
}

function noteText({ content }: Turn, writing: Writing): void {
  const text = content.find((block) => block.type === 'text' && block.text !== '');
  if (text !== undefined) writing.loseOnce('mapped', writing.at(text), 'text beside calls is told as the plan');
  const called = content.findIndex(({ type }) => type === 'tool_call');
  const late = content.slice(called).find(({ type }) => type !== 'tool_call');
  if (late !== undefined) writing.loseOnce('moved', writing.at(late), 'what follows a call stands before it');
}

/** The parts of a block that an answer may have: thinking and text. */
function writeAnswerPart(block: Block, writing: Writing): JsonObject[] {
  switch (block.type) {
    case 'thinking':
      return writeThinking(block, writing);
    case 'refusal':
      writing.loseOnce('mapped', writing.at(block), 'a refusal in the past is said as text');
      return writePart(block, writing);
    case 'image':
      writing.loseOnce('dropped', writing.at(block), 'an answer cannot hold images here');
      return [textPart(omitted('image', 'an answer cannot hold images'))];
    case 'document':
      return writePart(block, writing).map((part) => {
        if (isText(part)) return part;
        writing.loseOnce('dropped', writing.at(block), 'an answer cannot hold images here');
        return textPart(omitted('image', 'an answer cannot hold images'));
      });
    default:
      return writePart(block, writing);
  }
}

function leftOut(block: ThinkingBlock, writing: Writing): JsonObject[] {
  if (block.redacted === undefined)
    writing.loseOnce('dropped', writing.at(block), 'the provider takes no reasoning back');
  return [];
}

function writeThinking(block: ThinkingBlock, writing: Writing): JsonObject[] {
  const { text, signature, redacted } = block;
  const path = writing.at(block);
  // That encrypted reasoning cannot be said at all is declared.
  if (redacted !== undefined) return [];
  if (signature !== undefined) writing.loseOnce('dropped', path, 'the provider takes no signatures back');
  return text === '' ? [] : [{ type: 'thinking', thinking: text }];
}

function writeCall(call: ToolCallBlock, writing: Writing): JsonObject {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: argumentsOf(call, writing) },
  };
}

function argumentsOf(call: ToolCallBlock, writing: Writing): string {
  const { json, kind } = call;
  if (kind === 'custom') return argumentsFor(json);
  if (json.trim() === '') return '{}';
  if (isObject(parseJson(json))) return json;
  writing.lose('approximated', writing.at(call), 'arguments that are not a JSON object');
  return argumentsFor(json);
}
