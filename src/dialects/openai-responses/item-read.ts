import type { Block, ImageBlock, NativeBlock, TextBlock, ThinkingBlock, ToolCallBlock } from '../../canon/content.ts';
import { type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { plainBase64 } from '../../canon/media.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { required, string } from './fields.ts';
import { isRedacted } from './item-id.ts';
import { readCallName } from './namespace.ts';
import { readContent } from './parts-read.ts';

/** Between the parts of a summary, which are one text here. */
export const partGap = '\n\n';

/** Fields of items of every kind that say nothing where they have these values. */
export function restOf(item: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const rest = otherFields(item, known);
  if (rest?.status !== 'completed') return rest;
  const { status: _, ...others } = rest;
  return others;
}

const messageFields: ReadonlySet<string> = new Set(['type', 'role', 'content']);

/** A message's fields beside its role and content. */
export function messageRest(item: JsonObject): JsonObject | undefined {
  return restOf(item, messageFields);
}

/** What the model said in a message: each part is a block that remembers the message. */
export function readAnswerMessage(item: JsonObject, path: string): Block[] {
  const { ext } = asExt(messageRest(item));
  return readContent(item.content ?? '', `${path}.content`).map((block): Block => {
    if (ext === undefined || block.type === 'native') return block;
    const own = block.ext?.[responsesName];
    return { ...block, ext: { [responsesName]: { ...ext[responsesName], ...own } } };
  });
}

/** The instructions in a message of the system or the developer. */
export function readInstructions(item: JsonObject, path: string): TextBlock[] {
  return readContent(item.content ?? '', `${path}.content`).flatMap((block): TextBlock[] => {
    if (block.type === 'text') return [block];
    return block.type === 'refusal' ? [{ type: 'text', text: block.text }] : [];
  });
}

const reasoningFields: ReadonlySet<string> = new Set(['type', 'summary', 'content', 'encrypted_content']);

/**
 * Reasoning: its summary, or its own text where the server shows that; both are blocks of their own, of which the last
 * has the proof. An item that holds neither text nor proof means something to its server only.
 */
export function readReasoning(item: JsonObject): (ThinkingBlock | NativeBlock)[] {
  const proof = stringIn(item.encrypted_content);
  const rest = restOf(item, reasoningFields) ?? {};
  if (proof !== undefined && isRedacted(item)) {
    const { id: _, ...own } = rest;
    return [{ type: 'thinking', text: textOf(item.summary), redacted: proof, ...asExt(own) }];
  }
  const content = textOf(item.content);
  const summary = textOf(item.summary);
  const blocks: ThinkingBlock[] = [];
  if (content !== '') blocks.push({ type: 'thinking', text: content, ...asExt({ ...rest, shown: 'content' }) });
  if (summary !== '' || (blocks.length === 0 && proof !== undefined)) {
    blocks.push({ type: 'thinking', text: summary, ...asExt(rest) });
  }
  const last = blocks.pop();
  if (last === undefined) return [{ type: 'native', dialect: responsesName, value: item }];
  return [...blocks, proof === undefined ? last : { ...last, signature: proof }];
}

function textOf(parts: unknown): string {
  return objectsIn(parts)
    .map((part) => stringIn(part.text) ?? '')
    .join(partGap);
}

const callFields: ReadonlySet<string> = new Set(['type', 'call_id', 'name', 'namespace', 'arguments', 'input']);

/** The call of a function or of a tool that takes free text. @param known canonical names, by the flat one. */
export function readCall(item: JsonObject, known: ReadonlyMap<string, string>, path: string): ToolCallBlock {
  required(item, 'name', string, `${path}.`);
  const isCustom = item.type === 'custom_tool_call';
  const { name, ext } = readCallName(item, known);
  return {
    type: 'tool_call',
    id: required(item, 'call_id', string, `${path}.`),
    name,
    json: isCustom ? required(item, 'input', string, `${path}.`) : argumentsText(item.arguments),
    ...(isCustom && { kind: 'custom' }),
    ...asExt({ ...ext, ...restOf(item, callFields) }),
  };
}

/** xAI tells of its own searches as calls of tools that nobody offered. */
export function runsAtProvider({ type, call_id: id }: JsonObject): boolean {
  return type === 'custom_tool_call' && typeof id === 'string' && id.startsWith('xs_');
}

/** Arguments as text; some clients and servers write the object itself. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

const imageFields: ReadonlySet<string> = new Set(['type', 'result', 'output_format']);

/** A picture that was made in an earlier answer; nothing where the item does not hold it. */
export function readMadeImage(item: JsonObject): ImageBlock | undefined {
  const data = stringIn(item.result);
  if (item.type !== 'image_generation_call' || data === undefined || data === '') return undefined;
  if (plainBase64(data) === undefined) return undefined;
  const mediaType = `image/${stringIn(item.output_format) ?? 'png'}`;
  return { type: 'image', source: { type: 'base64', mediaType, data }, ...asExt(restOf(item, imageFields)) };
}
