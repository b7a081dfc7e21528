import type { Block, DocumentBlock, Source, TextBlock } from '../../src/canon/content.ts';
import { isObject, parseJson } from '../../src/canon/json.ts';
import type { ChatRequest, Tool, ToolChoice, Turn } from '../../src/canon/request.ts';
import { choicesOf } from './choices.ts';
import { createMarkers, type Markers, markStrings, type Planted } from './marker.ts';

/** A request in which everything that is said can be recognized. */
export interface PlantedRequest {
  readonly request: ChatRequest;
  readonly parts: readonly Planted[];
}

/** Numbers that occur nowhere else, legal for every language. */
const numbers = {
  temperature: 0.437,
  topP: 0.811,
  topK: 37,
  minP: 0.053,
  frequencyPenalty: 0.217,
  presencePenalty: 0.319,
  repetitionPenalty: 1.071,
  seed: 424243,
} as const;
const maxTokens = 20011;
const budget = 5003;

/** Field names as losses say them. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Makes all that a request says unique. What cannot be, because it is a choice among few, is noted with the request that does not say it. */
export function plantRequest(request: ChatRequest): PlantedRequest {
  const planter = new Planter();
  const turns = request.turns.map((turn, i) => planter.turn(turn, `turns[${i}]`));
  const marked: ChatRequest = {
    ...request,
    model: planter.text(request.model, 'model', 'model'),
    system: request.system.map((block, i) => planter.textBlock(block, `system[${i}]`)),
    turns,
    tools: request.tools.map((tool, i) => planter.tool(tool, `tools[${i}]`)),
    ...(request.toolChoice !== undefined && { toolChoice: planter.choice(request.toolChoice) }),
    ...(request.maxTokens !== undefined && { maxTokens: planter.number(maxTokens, 'max_tokens') }),
    sampling: planter.sampling(request.sampling),
    ...(request.stop !== undefined && { stop: request.stop.map((text) => planter.text(text, 'stop', 'stop')) }),
    ...(request.reasoning !== undefined && { reasoning: planter.reasoning(request.reasoning) }),
    ...(request.format?.type === 'json_schema' && { format: planter.format(request.format) }),
    ...(request.user !== undefined && { user: planter.text(request.user, 'user', 'user') }),
    ...(request.cacheKey !== undefined && { cacheKey: planter.text(request.cacheKey, 'cache_key', 'cache_key') }),
    ...(request.labels !== undefined && {
      labels: Object.fromEntries(
        Object.entries(request.labels).map(([name, text]) => [name, planter.text(text, 'labels', 'labels')]),
      ),
    }),
  };
  return { request: marked, parts: [...planter.parts, ...choicesOf(marked)] };
}

class Planter {
  readonly parts: Planted[] = [];
  readonly #markers: Markers = createMarkers();

  text(text: string, path: string, kind: string): string {
    const marked = `${text} ${this.#markers.next()}`;
    this.parts.push({ path, kind, needles: [marked] });
    return marked;
  }

  number(number: number, path: string): number {
    this.parts.push({ path, kind: path, needles: [number] });
    return number;
  }

  sampling(sampling: ChatRequest['sampling']): ChatRequest['sampling'] {
    const names = Object.keys(sampling) as (keyof typeof numbers)[];
    return Object.fromEntries(names.map((name) => [name, this.number(numbers[name], snake(name))]));
  }

  reasoning(reasoning: NonNullable<ChatRequest['reasoning']>): NonNullable<ChatRequest['reasoning']> {
    if (reasoning.budget === undefined) return reasoning;
    return { ...reasoning, budget: this.number(budget, 'reasoning.budget') };
  }

  format(format: Extract<ChatRequest['format'], { type: 'json_schema' }>): typeof format {
    return {
      ...format,
      schema: { ...format.schema, description: this.text('An answer.', 'format', 'format') },
      ...(format.description !== undefined && {
        description: this.text(format.description, 'format.description', 'format'),
      }),
    };
  }

  choice(choice: ToolChoice): ToolChoice {
    if (choice.type === 'tool') return { ...choice, name: this.name(choice.name, 'tool_choice', 'tool_choice') };
    if (choice.type !== 'required' || choice.allowed === undefined) return choice;
    return { ...choice, allowed: choice.allowed.map((name) => this.name(name, 'tool_choice', 'tool_choice')) };
  }

  name(old: string, path: string, kind: string): string {
    const name = this.#markers.name(old);
    this.parts.push({ path, kind, needles: [name] });
    return name;
  }

  /** An id stands in a call and in its result: each mention counts. */
  id(old: string, path: string, kind: string): string {
    const id = this.#markers.id(old);
    const times = this.parts.filter(({ needles }) => needles?.includes(id) === true).length + 1;
    this.parts.push({ path, kind, needles: [id], times });
    return id;
  }

  turn(turn: Turn, path: string): Turn {
    return {
      ...turn,
      content: turn.content.map((block, i) => this.block(block, `${path}.content[${i}]`)),
      ...(turn.name !== undefined && { name: this.text(turn.name, `${path}.name`, 'turn_name') }),
    };
  }

  textBlock(block: TextBlock, path: string): TextBlock {
    return { ...block, text: this.text(block.text, path, 'text') };
  }

  block(block: Block, path: string): Block {
    switch (block.type) {
      case 'text':
        return this.textBlock(block, path);
      case 'refusal':
        return { ...block, text: this.text(block.text, path, 'refusal') };
      case 'thinking':
        return this.#thinking(block, path);
      case 'image':
      case 'audio':
      case 'video':
        return { ...block, source: this.#source(block.source, path, block.type) };
      case 'document':
        return this.#document(block, path);
      case 'search_result':
        return {
          ...block,
          source: this.text(block.source, path, 'search_result'),
          title: this.text(block.title, path, 'search_result'),
          content: block.content.map((inner, i) => this.block(inner, `${path}.content[${i}]`)),
        };
      case 'tool_call':
        return {
          ...block,
          id: this.id(block.id, path, 'tool_call'),
          name: this.name(block.name, path, 'tool_call'),
          json: block.kind === 'custom' ? this.text(block.json, path, 'tool_call') : this.#arguments(block.json, path),
        };
      case 'tool_result':
        return {
          ...block,
          id: this.id(block.id, path, 'tool_result'),
          content: block.content.map((inner, i) => this.block(inner, `${path}.content[${i}]`)),
        };
      case 'tool_reference':
        return { ...block, name: this.name(block.name, path, 'tool_reference') };
      case 'native':
        return { ...block, value: this.#json(block.value, path, path) };
    }
  }

  tool(tool: Tool, path: string): Tool {
    if (tool.type === 'native') return { ...tool, value: this.#json(tool.value, path, path) };
    const named = {
      name: this.name(tool.name, path, 'tool'),
      ...(tool.description !== undefined && { description: this.text(tool.description, path, 'tool') }),
    };
    if (tool.type === 'custom') return { ...tool, ...named };
    return { ...tool, ...named, schema: { ...tool.schema, description: this.text('Arguments.', path, 'tool') } };
  }

  #thinking(block: Extract<Block, { type: 'thinking' }>, path: string): Block {
    const { text, signature, redacted } = block;
    const kind = redacted === undefined ? 'thinking' : 'redacted_thinking';
    return {
      ...block,
      ...(text !== '' && { text: this.text(text, path, kind) }),
      ...(signature !== undefined && { signature: this.text(signature, path, kind) }),
      ...(redacted !== undefined && { redacted: this.text(redacted, path, kind) }),
    };
  }

  #document(block: DocumentBlock, path: string): DocumentBlock {
    return {
      ...block,
      source: this.#documentSource(block.source, path),
      ...(block.title !== undefined && { title: this.text(block.title, path, 'document') }),
      ...(block.context !== undefined && { context: this.text(block.context, path, 'document') }),
    };
  }

  #documentSource(source: DocumentBlock['source'], path: string): DocumentBlock['source'] {
    if (source.type === 'text') return { ...source, text: this.text(source.text, path, 'document') };
    if (source.type !== 'parts') return this.#source(source, path, 'document');
    return { ...source, parts: source.parts.map((part, i) => this.block(part, `${path}.source.parts[${i}]`)) };
  }

  #source(source: Source, path: string, kind: string): Source {
    switch (source.type) {
      case 'base64': {
        const text = `bytes ${this.#markers.next()}`;
        const data = Buffer.from(text).toString('base64');
        this.parts.push({ path, kind, needles: [data, text] });
        if (!source.mediaType.startsWith('text/'))
          this.parts.push({ path, kind, needles: mediaNames(source.mediaType) });
        return { ...source, data };
      }
      case 'url':
        return { ...source, url: this.#url(source.url, path, kind) };
      case 'file':
        return { ...source, id: this.text(source.id, path, `${kind} file`) };
    }
  }

  #url(old: string, path: string, kind: string): string {
    const url = `${old}#${this.#markers.next()}`;
    this.parts.push({ path, kind, needles: [url] });
    return url;
  }

  #arguments(json: string, path: string): string {
    const parsed = json.trim() === '' ? {} : parseJson(json);
    if (!isObject(parsed)) return this.text(json, path, 'tool_call');
    const marked = this.#json(parsed, path, 'tool_call');
    return JSON.stringify({ ...marked, planted: this.text('planted', path, 'tool_call') });
  }

  #json<T extends { [field: string]: unknown }>(value: T, path: string, kind: string): T {
    return markStrings(value, path, this.#markers, (_, text) => this.parts.push({ path, kind, needles: [text] })) as T;
  }
}

/** Languages that name a format rather than a media type say `mp3`, `wav`. */
function mediaNames(mediaType: string): string[] {
  return mediaType === 'audio/mpeg' ? [mediaType, 'mp3'] : [mediaType, mediaType.slice(mediaType.indexOf('/') + 1)];
}
