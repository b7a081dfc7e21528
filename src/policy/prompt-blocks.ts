import { billingLine } from '../canon/billing-line.ts';
import { isObject, type JsonObject } from '../canon/json.ts';

/** A part of a prompt that a change would be named by. */
export interface PromptBlock {
  /** Where it stands in the body: `tools[3]`, `messages[4].content[0]`. */
  readonly path: string;
  /** What the provider sees of it: marks of caching are no part of that. */
  readonly text: string;
  /** Its share of the prompt, in characters. A picture counts as what it costs in tokens, not as its bytes. */
  readonly weight: number;
  /** Whether the provider is asked to keep what ends here. */
  readonly marked: boolean;
}

/** A prompt in the order in which providers read it. */
export interface Prompt {
  readonly tools: readonly PromptBlock[];
  readonly system: readonly PromptBlock[];
  readonly turns: readonly PromptBlock[];
  /** How many turns they are. */
  readonly turnCount: number;
  /** What of the other fields decides whether a cached prompt holds, each as JSON. */
  readonly settings: { readonly [field: string]: string };
  /** Whether something in it asks the provider to cache. */
  readonly marked: boolean;
}

/** Fields in which languages say where to cache. */
const marks = new Set(['cache_control', 'cachePoint', 'prompt_cache_breakpoint']);
const markText = /"(?:cache_control|cachePoint|prompt_cache_breakpoint)":/;

/** Fields beside the prompt that change what the model reads, or which cache is looked into. */
const settingFields = [
  'tool_choice',
  'thinking',
  'reasoning',
  'reasoning_effort',
  'output_config',
  'output_format',
  'response_format',
  'text',
  'context_management',
  'speed',
  'mcp_servers',
  'additionalModelRequestFields',
  'prompt_cache_key',
  'cachedContent',
];

const maxPictureWeight = 6000;

/**
 * Takes a request body of any language apart.
 * @param billed whether the line for Anthropic's bills is part of the prompt. Anthropic takes it out; others may not.
 */
export function promptOf(body: JsonObject, billed: boolean): Prompt {
  const { toolConfig } = body;
  const reader = new Reader(billed);
  return {
    tools: [
      ...reader.tools('tools', body['tools']),
      ...reader.tools('functions', body['functions']),
      ...(isObject(toolConfig) ? reader.tools('toolConfig.tools', toolConfig['tools']) : []),
    ],
    system: ['instructions', 'system', 'systemInstruction', 'system_instruction'].flatMap((field) =>
      reader.content(field, body[field], ''),
    ),
    turns: ['messages', 'input', 'contents'].flatMap((field) => reader.turns(field, body[field])),
    turnCount: reader.turnCount,
    settings: settingsOf(body),
    marked: reader.marked || body['cache_control'] !== undefined,
  };
}

class Reader {
  marked = false;
  turnCount = 0;
  readonly #billed: boolean;
  #last: { marked: boolean } | undefined;

  constructor(billed: boolean) {
    this.#billed = billed;
  }

  tools(path: string, list: unknown): PromptBlock[] {
    if (!Array.isArray(list)) return [];
    return list.flatMap((tool: unknown, i) => {
      if (!isObject(tool)) return [];
      // What is loaded when it is asked for does not stand in the prompt before.
      if (tool['defer_loading'] === true) return [];
      const declared = tool['functionDeclarations'];
      if (Array.isArray(declared)) return this.tools(`${path}[${i}].functionDeclarations`, declared);
      return this.#block(`${path}[${i}]`, tool, '');
    });
  }

  turns(path: string, list: unknown): PromptBlock[] {
    if (typeof list === 'string') return this.content(path, list, 'user');
    if (!Array.isArray(list)) return [];
    this.turnCount += list.length;
    return list.flatMap((turn: unknown, i) => (isObject(turn) ? this.#turn(`${path}[${i}]`, turn) : []));
  }

  #turn(path: string, turn: JsonObject): PromptBlock[] {
    const { role } = turn;
    const field = turn['parts'] === undefined ? 'content' : 'parts';
    if (turn[field] === undefined) return this.#block(path, turn, '');
    const blocks = this.content(`${path}.${field}`, turn[field], typeof role === 'string' ? role : '');
    for (const [name, value] of Object.entries(turn)) {
      if (name === 'role' || name === field) continue;
      if (marks.has(name)) this.#mark();
      else if (value !== null) blocks.push(...this.#block(`${path}.${name}`, value, ''));
    }
    return blocks;
  }

  /** A text, a list of blocks, or an object that has one. The role stands before the first. */
  content(path: string, content: unknown, role: string): PromptBlock[] {
    if (typeof content === 'string') return this.#text(path, content, role, false);
    if (isObject(content) && Array.isArray(content['parts']))
      return this.content(`${path}.parts`, content['parts'], role);
    if (!Array.isArray(content))
      return content === undefined || content === null ? [] : this.#block(path, content, role);
    return content.flatMap((block: unknown, i) => this.#block(`${path}[${i}]`, block, i === 0 ? role : ''));
  }

  #block(path: string, value: unknown, role: string): PromptBlock[] {
    if (typeof value === 'string') return this.#text(path, value, role, false);
    if (isObject(value)) {
      const rest = Object.keys(value).filter((name) => !marks.has(name));
      const marked = rest.length < Object.keys(value).length;
      // A mark that stands by itself is for what stands before it.
      if (rest.length === 0 && marked) return this.#mark();
      const isText = typeof value['text'] === 'string' && rest.every((name) => name === 'text' || name === 'type');
      if (isText) return this.#text(path, value['text'] as string, role, marked);
    }
    const json = JSON.stringify(value);
    const marked = markText.test(json);
    const text = marked ? JSON.stringify(value, unmarked) : json;
    const isPicture = text.length > maxPictureWeight && /"(?:data|bytes|image_url|url|file_data)":/.test(text);
    return this.#made(path, `${role}\n${text}`, isPicture ? maxPictureWeight : text.length, marked);
  }

  /** Text is the same whether it stands by itself or in a block. */
  #text(path: string, content: string, role: string, marked: boolean): PromptBlock[] {
    const text = this.#billed ? content : content.replace(billingLine, '');
    return this.#made(path, `${role}\n"${text}`, text.length, marked);
  }

  #made(path: string, text: string, weight: number, marked: boolean): PromptBlock[] {
    const block = { path, text, weight, marked: false };
    this.#last = block;
    if (marked) this.#mark();
    return [block];
  }

  #mark(): [] {
    this.marked = true;
    if (this.#last !== undefined) this.#last.marked = true;
    return [];
  }
}

function unmarked(name: string, value: unknown): unknown {
  return marks.has(name) ? undefined : value;
}

function settingsOf(body: JsonObject): { [field: string]: string } {
  const settings: { [field: string]: string } = {};
  for (const field of settingFields) if (body[field] !== undefined) settings[field] = JSON.stringify(body[field]);
  return settings;
}
