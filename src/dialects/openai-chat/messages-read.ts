import type { Block, Ext, TextBlock, ThinkingBlock, ToolCallBlock, ToolResultBlock } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, objectsIn, otherFields } from '../../canon/json.ts';
import { readUnder } from '../../canon/path.ts';
import type { Turn } from '../../canon/request.ts';
import { argumentsText } from './calls.ts';
import {
  at,
  missingField,
  nth,
  object,
  objects,
  optional,
  required,
  string,
  unknownValue,
  within,
  wrongType,
  wrongValue,
} from './fields.ts';
import { readCacheMark, readContent } from './parts-read.ts';
import { proofIn, proofsBeside, withoutProof } from './proof.ts';
import {
  hasReasoning,
  readReasoning,
  readReasoningPart,
  reasoningFields,
  thinkingBlocks,
  thoughtsOf,
} from './reasoning.ts';

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
  return readUnder('messages', (path) => readList(list, path));
}

function readList(list: readonly JsonObject[], all: string): Conversation {
  const system: TextBlock[] = [];
  const turns: Turn[] = [];
  const legacy = createLegacyCalls();
  let results: ToolResultBlock[] | undefined;
  for (const [i, message] of list.entries()) {
    const path = nth(all, i);
    const role = required(message, 'role', string, within(path));
    if (role === 'tool' || role === 'function') {
      if (results === undefined) {
        results = [];
        turns.push({ role: 'user', content: results });
      }
      results.push(readResult(message, role, legacy, path));
      continue;
    }
    results = undefined;
    if ((role === 'system' || role === 'developer') && turns.length === 0)
      system.push(...readInstructions(message, path));
    else turns.push(readTurn(message, role, legacy, path));
  }
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
      return withRest({ role: 'user', content: readRequired(message, path) }, message, turnFields, path);
    case 'system':
    case 'developer':
      return withRest({ role: 'system', content: readInstructions(message, path) }, message, turnFields, path);
    case 'assistant':
    case 'model': {
      const content = readAssistant(message, legacy, path);
      return withRest({ role: 'assistant', content }, message, assistantFields, path);
    }
    default:
      throw unknownValue(at(path, 'role'), role, roles);
  }
}

/** The turn with its name, and what only this language has. The same object: hardly any has either. */
function withRest(turn: Turn, message: JsonObject, known: ReadonlySet<string>, path: string): Turn {
  const name = optional(message, 'name', string, within(path));
  const rest = otherFields(withoutProof(message), known);
  if (name !== undefined) Object.assign(turn, { name });
  return rest === undefined ? turn : withExt(turn, rest);
}

function withExt<T extends { readonly ext?: Ext }>(read: T, fields: JsonObject): T {
  return Object.assign(read, { ext: { 'openai-chat': fields } });
}

function readRequired(message: JsonObject, path: string): Block[] {
  return required(message, 'content', readContent, within(path));
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
  const refusal = optional(message, 'refusal', string, within(path));
  const calls = readCalls(message, legacy, path);
  const thoughts = readThoughts(message, calls);
  const blocks: Block[] = thoughts === undefined ? words : [...thoughts.first, ...words];
  if (refusal !== undefined && refusal !== '') blocks.push({ type: 'refusal', text: refusal });
  if (message['images'] !== undefined)
    for (const image of objectsIn(message['images'])) blocks.push(...readContent([image], at(path, 'images')));
  // It stands at what was said last: where there are pictures, at the last of them.
  const proof = proofIn(message);
  if (proof !== undefined) blocks.push({ type: 'thinking', text: '', signature: proof });
  for (const call of calls) {
    if (thoughts !== undefined) blocks.push(...(thoughts.ofCalls.get(call.id) ?? []));
    blocks.push(call);
  }
  // An answer that said nothing comes back with null for its content.
  if (blocks.length === 0 && message['content'] === undefined && !isObject(message['audio'])) {
    throw wrongValue(
      at(path, 'content'),
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

/** What was thought before all else, and before each call; nothing where nothing was. */
function readThoughts(message: JsonObject, calls: readonly ToolCallBlock[]): Thoughts | undefined {
  if (!hasReasoning(message) && !hasProvenCall(message)) return undefined;
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

function hasProvenCall(message: JsonObject): boolean {
  const calls = message['tool_calls'];
  return Array.isArray(calls) && calls.some((entry) => isObject(entry) && proofIn(entry) !== undefined);
}

/** The id has done its service. */
function withoutId({ ext, ...block }: ThinkingBlock): ThinkingBlock {
  const { id: _, ...rest } = ext?.['openai-chat'] ?? {};
  return Object.keys(rest).length > 0 ? { ...block, ext: { 'openai-chat': rest } } : block;
}

function readAssistantContent(message: JsonObject, path: string): Block[] {
  const content = message['content'];
  if (content === null || content === undefined || content === '') return [];
  if (!Array.isArray(content)) return readContent(content, at(path, 'content'));
  return objects(content, at(path, 'content')).flatMap((part, i): Block[] => {
    const pieces = readReasoningPart(part);
    return pieces === undefined ? readContent([part], nth(at(path, 'content'), i)) : thinkingBlocks(pieces);
  });
}

const noCalls: readonly ToolCallBlock[] = [];

function readCalls(message: JsonObject, legacy: LegacyCalls, path: string): readonly ToolCallBlock[] {
  const calls = optional(message, 'tool_calls', objects, within(path));
  const list = at(path, 'tool_calls');
  const blocks = calls === undefined ? noCalls : calls.map((call, i) => readCall(call, nth(list, i)));
  const old = optional(message, 'function_call', object, within(path));
  if (old === undefined) return blocks;
  const name = required(old, 'name', string, within(at(path, 'function_call')));
  return [...blocks, { type: 'tool_call', id: legacy.called(name), name, json: argumentsText(old['arguments']) }];
}

const callFields = new Set(['id', 'type', 'index', 'function', 'custom', 'cache_control']);

function readCall(call: JsonObject, path: string): ToolCallBlock {
  const id = required(call, 'id', string, within(path));
  const rest = otherFields(withoutProof(call), callFields);
  const read = call['type'] === 'custom' ? readCustomCall(call, id, path) : readFunctionCall(call, id, path);
  return rest === undefined ? read : withExt(read, rest);
}

function readCustomCall(call: JsonObject, id: string, path: string): ToolCallBlock {
  const custom = required(call, 'custom', object, within(path));
  const name = required(custom, 'name', string, within(at(path, 'custom')));
  const input = required(custom, 'input', string, within(at(path, 'custom')));
  return { type: 'tool_call', id, name, json: input, kind: 'custom' };
}

function readFunctionCall(call: JsonObject, id: string, path: string): ToolCallBlock {
  const fn = required(call, 'function', object, within(path));
  const name = required(fn, 'name', string, within(at(path, 'function')));
  return { type: 'tool_call', id, name, json: argumentsText(fn['arguments']) };
}

const resultFields = new Set(['role', 'content', 'tool_call_id', 'cache_control']);
const functionFields = new Set([...resultFields, 'name']);

function readResult(message: JsonObject, role: string, legacy: LegacyCalls, path: string): ToolResultBlock {
  const isFunction = role === 'function';
  const id = isFunction
    ? legacy.answered(required(message, 'name', string, within(path)))
    : required(message, 'tool_call_id', string, within(path));
  const content = message['content'];
  if (content === undefined) throw missingField(at(path, 'content'));
  if (content === null && !isFunction)
    throw wrongType(at(path, 'content'), 'one of a string or array of objects', content);
  const cache = readCacheMark(message);
  const rest = otherFields(message, isFunction ? functionFields : resultFields);
  const said = content === '' || content === null ? [] : readContent(content, at(path, 'content'));
  const read: ToolResultBlock =
    cache === undefined
      ? { type: 'tool_result', id, content: said }
      : { type: 'tool_result', id, content: said, cache };
  return rest === undefined ? read : withExt(read, rest);
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
