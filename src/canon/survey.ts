import type { Block, Ext, NativeBlock } from './content.ts';
import type { ChatRequest, Tool } from './request.ts';

/** Everything a request can say that some language cannot. A dialect lists in `cannotSay` what it has no words for. */
export type Feature =
  | 'cache'
  | 'image'
  | 'audio'
  | 'video'
  | 'document'
  | 'search_result'
  | 'file'
  | 'thinking'
  | 'redacted_thinking'
  | 'text_citations'
  | 'document_citations'
  | 'tool_reference'
  | 'tool_error'
  | 'turn_name'
  | 'mid_system'
  | 'custom_tool'
  | 'tool_strict'
  | 'tool_deferred'
  | 'allowed_tools'
  | 'parallel_tools'
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'repetition_penalty'
  | 'seed'
  | 'stop'
  | 'reasoning'
  | 'reasoning_budget'
  | 'reasoning_display'
  | 'format_json'
  | 'format_schema'
  | 'user'
  | 'service_tier'
  | 'verbosity'
  | 'cache_key'
  | 'labels';

const samplingFeatures: readonly (readonly [keyof ChatRequest['sampling'], Feature])[] = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['minP', 'min_p'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['repetitionPenalty', 'repetition_penalty'],
  ['seed', 'seed'],
];

/** What of a request may get lost on the way into another language. */
export interface Survey {
  /** Each feature that it uses, with the first place where it does. */
  readonly features: ReadonlyMap<Feature, string>;
  /** Blocks that only one language knows, wherever they stand. */
  readonly natives: readonly (readonly [path: string, block: NativeBlock])[];
  /** The fields of turns, blocks and tools that only one language has, with their owner. */
  readonly extFields: readonly (readonly [path: string, owner: string])[];
}

/** Looks at everything that a request says, once. */
export function surveyOf(request: ChatRequest): Survey {
  return new Surveyor(request);
}

/** Goes through a request. Where it stands is put into words only where there is something to tell: histories are long. */
class Surveyor implements Survey {
  readonly features = new Map<Feature, string>();
  readonly natives: [path: string, block: NativeBlock][] = [];
  readonly extFields: [path: string, owner: string][] = [];
  #area: 'system' | 'turns' | 'tools' = 'system';
  /** The numbers on the way from there: of the turn, of the block in it, of the block in that. */
  readonly #way: number[] = [];

  constructor(request: ChatRequest) {
    this.#blocks(request.system, true);
    this.#area = 'turns';
    request.turns.forEach((turn, i) => {
      this.#way.push(i);
      if (turn.role === 'system') this.#note('mid_system');
      if (turn.name !== undefined) this.#note('turn_name', '.name');
      if (turn.ext !== undefined) this.#ext(turn.ext);
      this.#blocks(turn.content, true);
      this.#way.pop();
    });
    this.#area = 'tools';
    request.tools.forEach((tool, i) => {
      this.#way.push(i);
      this.#tool(tool);
      this.#way.pop();
    });
    this.#parameters(request);
  }

  /** @param said whether what they are counts, or only their fields. */
  #blocks(blocks: readonly Block[], said: boolean): void {
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[i] as Block;
      this.#way.push(i);
      if (said) this.#block(block);
      if (block.type !== 'native' && block.ext !== undefined) this.#ext(block.ext);
      if (block.type === 'tool_result') this.#blocks(block.content, said);
      else if (block.type === 'search_result') this.#blocks(block.content, false);
      this.#way.pop();
    }
  }

  #block(block: Block): void {
    if (block.cache !== undefined) this.#note('cache');
    switch (block.type) {
      case 'text':
        if (block.citations !== undefined && block.citations.length > 0) this.#note('text_citations');
        break;
      case 'image':
      case 'audio':
      case 'video':
        this.#note(block.type);
        if (block.source.type === 'file') this.#note('file');
        break;
      case 'document':
        this.#note('document');
        if (block.citations === true) this.#note('document_citations');
        if (block.source.type === 'file') this.#note('file');
        break;
      case 'thinking':
        this.#note(block.redacted === undefined ? 'thinking' : 'redacted_thinking');
        break;
      case 'tool_result':
        if (block.isError === true) this.#note('tool_error');
        break;
      case 'search_result':
      case 'tool_reference':
        this.#note(block.type);
        break;
      case 'native':
        if (this.#area === 'turns') this.natives.push([this.#path(), block]);
        break;
      case 'tool_call':
      case 'refusal':
        break;
    }
  }

  #tool(tool: Tool): void {
    if (tool.cache !== undefined) this.#note('cache');
    if (tool.type !== 'native' && tool.ext !== undefined) this.#ext(tool.ext);
    if (tool.type === 'custom') this.#note('custom_tool');
    if (tool.type !== 'function') return;
    if (tool.strict !== undefined) this.#note('tool_strict');
    if (tool.deferred === true) this.#note('tool_deferred');
  }

  #parameters(request: ChatRequest): void {
    const note = (feature: Feature, path: string = feature): void => {
      if (!this.features.has(feature)) this.features.set(feature, path);
    };
    for (const [field, feature] of samplingFeatures) if (request.sampling[field] !== undefined) note(feature);
    const { toolChoice, reasoning, format } = request;
    if (toolChoice?.type === 'required' && toolChoice.allowed !== undefined) note('allowed_tools', 'tool_choice');
    if (request.parallelTools !== undefined) note('parallel_tools');
    if (request.stop !== undefined && request.stop.length > 0) note('stop');
    if (reasoning !== undefined) note('reasoning');
    if (reasoning?.budget !== undefined) note('reasoning_budget', 'reasoning.budget');
    if (reasoning?.display !== undefined) note('reasoning_display', 'reasoning.display');
    if (format?.type === 'json') note('format_json', 'format');
    if (format?.type === 'json_schema') note('format_schema', 'format');
    if (request.user !== undefined) note('user');
    if (request.serviceTier !== undefined) note('service_tier');
    if (request.verbosity !== undefined) note('verbosity');
    if (request.cacheKey !== undefined) note('cache_key');
    if (request.labels !== undefined) note('labels');
    if (request.cache !== undefined) note('cache');
  }

  #note(feature: Feature, field = ''): void {
    if (!this.features.has(feature)) this.features.set(feature, this.#path() + field);
  }

  #ext(ext: Ext): void {
    for (const [owner, fields] of Object.entries(ext)) {
      for (const field of Object.keys(fields ?? {})) this.extFields.push([`${this.#path()}.${field}`, owner]);
    }
  }

  #path(): string {
    const [first, ...inside] = this.#way;
    return `${this.#area}[${first}]${inside.map((number) => `.content[${number}]`).join('')}`;
  }
}
