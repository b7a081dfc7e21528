import { type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { builtinOfCall, builtinOfFunction, builtinOfOutput } from './builtin.ts';
import { readBuiltinCall } from './builtin-call.ts';
import { ConversationBuilder, type Side } from './conversation-read.ts';
import { asExt, ownFields } from './ext.ts';
import { missingField, objects, required, string, unknownValue, wrongType } from './fields.ts';
import {
  messageRest,
  readAnswerMessage,
  readCall,
  readInstructions,
  readMadeImage,
  readReasoning,
  restOf,
  runsAtProvider,
} from './item-read.ts';
import { readContent } from './parts-read.ts';
import { readBuiltinResult, readResult } from './result-read.ts';
import type { ToolTable } from './tools-read.ts';

/** `input` as a list of items: a bare text is what the user says. Throws `invalid_request`. */
export function itemsOf(input: unknown): JsonObject[] {
  if (input === undefined || input === null) return [];
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  if (!Array.isArray(input)) throw wrongType('input', 'one of a string or array of objects', input);
  return objects(input, 'input');
}

/** Reads `instructions` and `input`; what items bring along goes into the table of tools. Throws `invalid_request`. */
export function readConversation(body: JsonObject, table: ToolTable): ConversationBuilder {
  const builder = new ConversationBuilder();
  const instructions = body.instructions ?? '';
  const text = string(instructions, 'instructions');
  if (text !== '') builder.instruct([{ type: 'text', text }]);
  const goesOn = body.previous_response_id ?? body.conversation;
  if ((body.input === undefined || body.input === null) && !goesOn) throw missingField('input');
  const reader = new ItemReader(builder, table);
  itemsOf(body.input).forEach((item, i) => reader.read(item, `input[${i}]`));
  return builder;
}

const roles = ['assistant', 'system', 'developer', 'user'] as const;

/** Whose turn the items belong into that only this language knows. Others go with whatever stands before them. */
const sides: ReadonlyMap<unknown, Side> = new Map<unknown, Side>([
  ...[
    'web_search_call',
    'file_search_call',
    'code_interpreter_call',
    'image_generation_call',
    'mcp_list_tools',
    'mcp_call',
    'mcp_approval_request',
    'program',
    'program_output',
    'compaction',
    'shell_call',
    'shell_call_output',
    'tool_search_call',
    'tool_search_output',
    'computer_call',
    'local_shell_call',
    'apply_patch_call',
    'x_search_call',
  ].map((type) => [type, 'assistant'] as const),
  ['mcp_approval_response', 'user'],
  ['compaction_trigger', 'user'],
  ['additional_tools', 'system'],
  ['configuration_update', 'system'],
]);

const messageFields: ReadonlySet<string> = new Set(['type', 'role', 'content']);

class ItemReader {
  readonly #builder: ConversationBuilder;
  readonly #table: ToolTable;
  /** Ids of calls that the client runs, by the ids of their items. */
  readonly #calls = new Map<string, string>();
  /** Ids of calls that run at the provider. */
  readonly #hosted = new Set<unknown>();

  constructor(builder: ConversationBuilder, table: ToolTable) {
    this.#builder = builder;
    this.#table = table;
  }

  read(item: JsonObject, path: string): void {
    switch (item.type ?? (item.role === undefined ? undefined : 'message')) {
      case 'message':
        return this.#message(item, path);
      case 'function_call':
      case 'custom_tool_call':
        if (runsAtProvider(item)) return this.#builder.native(item, 'assistant');
        this.#note(item);
        return this.#builder.answer(readCall(item, this.#table.renamed, path));
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#builder.result(readResult(item, this.#callId(item, path), path));
      case 'reasoning':
        return this.#builder.answer(...readReasoning(item));
      case 'image_generation_call':
        return this.#madeImage(item);
      case 'additional_tools':
        objectsIn(item.tools).forEach((tool, i) => this.#table.bring(tool, `${path}.tools[${i}]`, false));
        return this.#builder.native(item, 'system');
      default:
        return this.#other(item, path);
    }
  }

  #message(item: JsonObject, path: string): void {
    const role = required(item, 'role', string, `${path}.`);
    if (item.content === undefined) throw missingField(`${path}.content`);
    const more = asExt(restOf(item, messageFields));
    switch (role) {
      case 'user':
        return this.#builder.message('user', readContent(item.content, `${path}.content`), more);
      case 'assistant':
        return this.#builder.answer(...readAnswerMessage(item, path));
      case 'system':
      case 'developer':
        return this.#instructions(item, role, path);
      default:
        throw unknownValue(`${path}.role`, role, roles);
    }
  }

  /** Before the conversation they are instructions like those in the field of that name; they remember what they were. */
  #instructions(item: JsonObject, role: string, path: string): void {
    const blocks = readInstructions(item, path);
    const rest = messageRest(item);
    if (!this.#builder.begins()) {
      return this.#builder.message('system', blocks, asExt({ ...(role === 'system' && { role }), ...rest }));
    }
    this.#builder.instruct(blocks.map((block) => ({ ...block, ...asExt({ role, ...rest, ...ownFields(block.ext) }) })));
  }

  #madeImage(item: JsonObject): void {
    const image = readMadeImage(item);
    if (image === undefined) this.#builder.native(item, 'assistant');
    else this.#builder.answer(image);
  }

  #other(item: JsonObject, path: string): void {
    const called = builtinOfCall(item);
    if (called !== undefined) {
      this.#note(item);
      const tool = this.#table.tools.find((one) => one.type === 'function' && builtinOfFunction(one) === called);
      return this.#builder.answer(readBuiltinCall(item, called, tool?.name));
    }
    const returned = this.#hosted.has(item.call_id) ? undefined : builtinOfOutput(item);
    if (returned !== undefined && item.execution !== 'server') {
      const found = (tool: JsonObject, at: string): ReturnType<ToolTable['bring']> => this.#table.bring(tool, at, true);
      return this.#builder.result(readBuiltinResult(item, this.#callId(item, path), returned, found, path));
    }
    if (typeof item.call_id === 'string') this.#hosted.add(item.call_id);
    this.#builder.native(item, sides.get(item.type) ?? 'any');
  }

  #note(item: JsonObject): void {
    const id = stringIn(item.call_id) ?? '';
    this.#calls.set(id, id);
    if (typeof item.id === 'string') this.#calls.set(item.id, id);
  }

  /** A result names its call, or, in one form of the local shell, the item of the call; else it is that of the last one. */
  #callId(item: JsonObject, path: string): string {
    if (typeof item.call_id === 'string') return item.call_id;
    const byItem = typeof item.id === 'string' ? this.#calls.get(item.id) : undefined;
    const id = byItem ?? (item.call_id === null ? [...this.#calls.values()].at(-1) : undefined);
    if (id === undefined) throw missingField(`${path}.call_id`);
    return id;
  }
}
