import { isObject, type JsonObject } from '../canon/json.ts';

/** A part of a prompt that a change would be named by. */
export interface PromptBlock {
  /** Where it stands in the body: `tools[3]`, `messages[4].content[0]`. */
  readonly path: string;
  /** What the provider sees of it: marks of caching are no part of that. */
  readonly text: string;
  /** Its share of the prompt, in characters. A picture counts as what it costs in tokens, not as its bytes. */
  readonly weight: number;
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

/** Takes a request body of any language apart. */
export function promptOf(body: JsonObject): Prompt {
  const { toolConfig } = body;
  const reader = new Reader();
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
      if (marks.has(name)) this.marked = true;
      else if (value !== null) blocks.push(...this.#block(`${path}.${name}`, value, ''));
    }
    return blocks;
  }

  /** A text, a list of blocks, or an object that has one. The role stands before the first. */
  content(path: string, content: unknown, role: string): PromptBlock[] {
    if (typeof content === 'string') return [textBlock(path, content, role)];
    if (isObject(content) && Array.isArray(content['parts']))
      return this.content(`${path}.parts`, content['parts'], role);
    if (!Array.isArray(content))
      return content === undefined || content === null ? [] : this.#block(path, content, role);
    return content.flatMap((block: unknown, i) => this.#block(`${path}[${i}]`, block, i === 0 ? role : ''));
  }

  #block(path: string, value: unknown, role: string): PromptBlock[] {
    if (typeof value === 'string') return [textBlock(path, value, role)];
    if (isObject(value)) {
      const rest = Object.keys(value).filter((name) => !marks.has(name));
      if (rest.length < Object.keys(value).length) this.marked = true;
      if (rest.length === 0) return [];
      const isText = typeof value['text'] === 'string' && rest.every((name) => name === 'text' || name === 'type');
      if (isText) return [textBlock(path, value['text'] as string, role)];
    }
    const json = JSON.stringify(value);
    const found = markText.test(json);
    if (found) this.marked = true;
    const text = found ? JSON.stringify(value, unmarked) : json;
    const isPicture = text.length > maxPictureWeight && /"(?:data|bytes|image_url|url|file_data)":/.test(text);
    return [{ path, text: `${role}\n${text}`, weight: isPicture ? maxPictureWeight : text.length }];
  }
}

/** Text is the same whether it stands by itself or in a block. */
function textBlock(path: string, text: string, role: string): PromptBlock {
  return { path, text: `${role}\n"${text}`, weight: text.length };
}

function unmarked(name: string, value: unknown): unknown {
  return marks.has(name) ? undefined : value;
}

function settingsOf(body: JsonObject): { [field: string]: string } {
  const settings: { [field: string]: string } = {};
  for (const field of settingFields) if (body[field] !== undefined) settings[field] = JSON.stringify(body[field]);
  return settings;
}
