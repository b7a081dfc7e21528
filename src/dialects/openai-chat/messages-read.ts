import type { Block, Ext, TextBlock, ThinkingBlock, ToolCallBlock, ToolResultBlock } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import { argumentsText } from './calls.ts';
import {
  missingField,
  object,
  objects,
  optional,
  others,
  required,
  string,
  unknownValue,
  wrongType,
  wrongValue,
} from './fields.ts';
import { readCacheMark, readContent } from './parts-read.ts';
import { proofIn, proofsBeside, withoutProof } from './proof.ts';
import { readReasoning, readReasoningPart, reasoningFields, thinkingBlocks, thoughtsOf } from './reasoning.ts';

/** Messages as instructions and turns. */
export interface Conversation {
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
}

/** Reads `messages`; throws `invalid_request` in OpenAI's words. */
export function readMessages(messages: unknown): Conversation {
  if (messages === undefined) throw missingField('messages');
  const list = objects(messages, 'messages');
  if (list.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    throw wrongValue('messages', message, 'empty_array');
  }
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  const legacy = createLegacyCalls();
  let results: ToolResultBlock[] | undefined;
  list.forEach((message, i) => {
    const path = `messages[${i}]`;
    const role = required(message, 'role', string, `${path}.`);
    if (role === 'tool' || role === 'function') {
      if (results === undefined) {
        results = [];
        turns.push({ role: 'user', content: results });
      }
      results.push(readResult(message, role, legacy, path));
      return;
    }
    results = undefined;
    if ((role === 'system' || role === 'developer') && turns.length === 0)
      system.push(...readInstructions(message, path));
    else turns.push(readTurn(message, role, legacy, path));
  });
  return { system, turns };
}

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer'] as const;
const turnFields = new Set(['role', 'content', 'name']);
const assistantFields = new Set([
  ...turnFields,
  'refusal',
  'tool_calls',
  'function_call',
  'images',
  ...reasoningFields,
]);

function readTurn(message: JsonObject, role: string, legacy: LegacyCalls, path: string): Turn {
  switch (role) {
    case 'user':
      return { role: 'user', content: readRequired(message, path), ...readTurnRest(message, turnFields, path) };
    case 'system':
    case 'developer':
      return { role: 'system', content: readInstructions(message, path), ...readTurnRest(message, turnFields, path) };
    case 'assistant':
    case 'model':
      return {
        role: 'assistant',
        content: readAssistant(message, legacy, path),
        ...readTurnRest(message, assistantFields, path),
      };
    default:
      throw unknownValue(`${path}.role`, role, roles);
  }
}

function readTurnRest(message: JsonObject, known: ReadonlySet<string>, path: string): { name?: string; ext?: Ext } {
  const name = optional(message, 'name', string, `${path}.`);
  const rest = others(withoutProof(message), known);
  return { ...(name !== undefined && { name }), ...(rest !== undefined && { ext: { 'openai-chat': rest } }) };
}

function readRequired(message: JsonObject, path: string): Block[] {
  return required(message, 'content', readContent, `${path}.`);
}

function readInstructions(message: JsonObject, path: string): TextBlock[] {
  return readRequired(message, path).map((block, i) => {
    if (block.type !== 'text') throw unknownValue(`${path}.content[${i}].type`, block.type, ['text', 'input_text']);
    return block;
  });
}

/** Thoughts first, then words, then calls, whatever the order of the fields; a proof that is known to be of a call, or of the words, stands there. */
function readAssistant(message: JsonObject, legacy: LegacyCalls, path: string): Block[] {
  const words = readAssistantContent(message, path);
  const refusal = optional(message, 'refusal', string, `${path}.`);
  const calls = readCalls(message, legacy, path);
  const { first, ofCalls } = readThoughts(message, calls);
  const blocks: Block[] = [...first, ...words];
  if (refusal !== undefined && refusal !== '') blocks.push({ type: 'refusal', text: refusal });
  for (const image of objectsIn(message['images'])) blocks.push(...readContent([image], `${path}.images`));
  // It stands at what was said last: where there are pictures, at the last of them.
  const proof = proofIn(message);
  if (proof !== undefined) blocks.push({ type: 'thinking', text: '', signature: proof });
  for (const call of calls) blocks.push(...(ofCalls.get(call.id) ?? []), call);
  // An answer that said nothing comes back with null for its content.
  if (blocks.length === 0 && message['content'] === undefined && !isObject(message['audio'])) {
    throw wrongValue(
      `${path}.content`,
      `Invalid value for '${path}.content': expected a string, got nothing.`,
      'invalid_type',
    );
  }
  return blocks;
}

interface Thoughts {
  readonly first: readonly ThinkingBlock[];
  readonly ofCalls: ReadonlyMap<string, readonly ThinkingBlock[]>;
}

/** What was thought before all else, and before each call. */
function readThoughts(message: JsonObject, calls: readonly ToolCallBlock[]): Thoughts {
  const first: ThinkingBlock[] = [];
  const ofCalls = new Map<string, ThinkingBlock[]>(calls.map(({ id }) => [id, []]));
  const beside = proofsBeside(message);
  const pieces = readReasoning(message).filter((piece) => piece.type !== 'signature' || !beside.has(piece.signature));
  for (const { block, id } of thoughtsOf(pieces)) {
    const place = id === undefined ? undefined : ofCalls.get(id);
    if (place === undefined) first.push(block);
    else place.push(withoutId(block));
  }
  for (const entry of objectsIn(message['tool_calls'])) {
    const proof = proofIn(entry);
    if (proof !== undefined) ofCalls.get(String(entry['id']))?.push({ type: 'thinking', text: '', signature: proof });
  }
  return { first, ofCalls };
}

/** The id has done its service. */
function withoutId({ ext, ...block }: ThinkingBlock): ThinkingBlock {
  const { id: _, ...rest } = ext?.['openai-chat'] ?? {};
  return Object.keys(rest).length > 0 ? { ...block, ext: { 'openai-chat': rest } } : block;
}

function readAssistantContent(message: JsonObject, path: string): Block[] {
  const content = message['content'];
  if (content === null || content === undefined || content === '') return [];
  if (!Array.isArray(content)) return readContent(content, `${path}.content`);
  return objects(content, `${path}.content`).flatMap((part, i): Block[] => {
    const pieces = readReasoningPart(part);
    return pieces === undefined ? readContent([part], `${path}.content[${i}]`) : thinkingBlocks(pieces);
  });
}

function readCalls(message: JsonObject, legacy: LegacyCalls, path: string): ToolCallBlock[] {
  const calls = optional(message, 'tool_calls', objects, `${path}.`) ?? [];
  const blocks = calls.map((call, i) => readCall(call, `${path}.tool_calls[${i}]`));
  const old = optional(message, 'function_call', object, `${path}.`);
  if (old === undefined) return blocks;
  const name = required(old, 'name', string, `${path}.function_call.`);
  return [...blocks, { type: 'tool_call', id: legacy.called(name), name, json: argumentsText(old['arguments']) }];
}

const callFields = new Set(['id', 'type', 'index', 'function', 'custom', 'cache_control']);

function readCall(call: JsonObject, path: string): ToolCallBlock {
  const id = required(call, 'id', string, `${path}.`);
  const rest = others(withoutProof(call), callFields);
  const more = rest === undefined ? undefined : { ext: { 'openai-chat': rest } };
  if (call['type'] === 'custom') {
    const custom = required(call, 'custom', object, `${path}.`);
    const name = required(custom, 'name', string, `${path}.custom.`);
    const input = required(custom, 'input', string, `${path}.custom.`);
    return { type: 'tool_call', id, name, json: input, kind: 'custom', ...more };
  }
  const fn = required(call, 'function', object, `${path}.`);
  const name = required(fn, 'name', string, `${path}.function.`);
  return { type: 'tool_call', id, name, json: argumentsText(fn['arguments']), ...more };
}

const resultFields = new Set(['role', 'content', 'tool_call_id', 'cache_control']);
const functionFields = new Set([...resultFields, 'name']);

function readResult(message: JsonObject, role: string, legacy: LegacyCalls, path: string): ToolResultBlock {
  const isFunction = role === 'function';
  const id = isFunction
    ? legacy.answered(required(message, 'name', string, `${path}.`))
    : required(message, 'tool_call_id', string, `${path}.`);
  const content = message['content'];
  if (content === undefined) throw missingField(`${path}.content`);
  if (content === null && !isFunction)
    throw wrongType(`${path}.content`, 'one of a string or array of objects', content);
  const cache = readCacheMark(message);
  const rest = others(message, isFunction ? functionFields : resultFields);
  return {
    type: 'tool_result',
    id,
    content: content === '' || content === null ? [] : readContent(content, `${path}.content`),
    ...(cache !== undefined && { cache }),
    ...(rest !== undefined && { ext: { 'openai-chat': rest } }),
  };
}

/** The older function form has no ids: a result belongs to the oldest call of its name that has none yet. */
interface LegacyCalls {
  called(name: string): string;
  answered(name: string): string;
}

function createLegacyCalls(): LegacyCalls {
  const open = new Map<string, string[]>();
  let made = 0;
  const make = (name: string): string => `call_${fingerprint(`${name}:${made++}`, 24)}`;
  return {
    called(name) {
      const id = make(name);
      open.set(name, [...(open.get(name) ?? []), id]);
      return id;
    },
    answered: (name) => open.get(name)?.shift() ?? make(name),
  };
}
