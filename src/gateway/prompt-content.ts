import type { Block, Source } from '../canon/content.ts';
import { imageSizeOf } from '../canon/image-size.ts';
import { bytesIn } from '../canon/media.ts';
import { madeOf } from '../canon/recurring.ts';
import type { ChatRequest, Tool } from '../canon/request.ts';
import type { TokenFamily } from './token-family.ts';

/** What of a request becomes tokens. */
export interface PromptContent {
  readonly texts: readonly string[];
  /** Tokens, roughly, of what frames the texts: roles, names, the brackets around tools. */
  readonly frame: number;
  /** Tokens, roughly, of images, documents and recordings. */
  readonly media: number;
}

const tokensPerTurn = 4;
const tokensPerTool = 8;
/** An image of unknown size, and a page of a document. */
const tokensPerImage = 1500;
const tokensPerPage = 1500;
const bytesPerPage = 50_000;
const maxPages = 100;
/** Recordings: some 32 tokens a second of 16 KB; films: some 300 a second of 100 KB. */
const bytesPerAudioToken = 500;
const bytesPerVideoToken = 330;

/** Gathers what the model reads of a request. Nothing is copied. */
export function promptContent(request: ChatRequest, family: TokenFamily): PromptContent {
  const gathering = new Gathering(family);
  for (const block of request.system) gathering.add(block);
  for (const turn of request.turns) {
    gathering.frame += tokensPerTurn;
    if (turn.name !== undefined) gathering.texts.push(turn.name);
    for (const block of turn.content) gathering.add(block);
  }
  gathering.frame += tokensPerTool * request.tools.length;
  gathering.texts.push(...madeOf(request.tools, promptContent, () => request.tools.flatMap(textsOf)));
  if (request.tools.length > 0) gathering.frame += family.toolPrompt;
  if (request.format?.type === 'json_schema') gathering.texts.push(JSON.stringify(request.format.schema));
  return gathering;
}

function textsOf(tool: Tool): string[] {
  if (tool.type === 'native') return [JSON.stringify(tool.value)];
  const form = tool.type === 'function' ? tool.schema : (tool.format ?? {});
  return [tool.name, tool.description ?? '', JSON.stringify(form)];
}

class Gathering implements PromptContent {
  readonly texts: string[] = [];
  frame = 0;
  media = 0;
  readonly #family: TokenFamily;

  constructor(family: TokenFamily) {
    this.#family = family;
  }

  add(block: Block): void {
    switch (block.type) {
      case 'text':
      case 'thinking':
      case 'refusal':
        this.texts.push(block.text);
        break;
      case 'tool_call':
        this.frame += tokensPerTool;
        this.texts.push(block.name, block.json);
        break;
      case 'tool_reference':
        this.texts.push(block.name);
        break;
      case 'tool_result':
        this.frame += tokensPerTool;
        for (const inner of block.content) this.add(inner);
        break;
      case 'search_result':
        this.texts.push(block.source, block.title);
        for (const inner of block.content) this.add(inner);
        break;
      case 'native':
        this.texts.push(JSON.stringify(block.value));
        break;
      case 'document':
        this.texts.push(block.title ?? '', block.context ?? '');
        if (block.source.type === 'text') this.texts.push(block.source.text);
        else if (block.source.type === 'parts') for (const part of block.source.parts) this.add(part);
        else this.media += this.#tokensOf('document', block.source);
        break;
      default:
        this.media += this.#tokensOf(block.type, block.source);
    }
  }

  #tokensOf(type: 'image' | 'document' | 'audio' | 'video', source: Source): number {
    const data = source.type === 'base64' ? source.data : '';
    const bytes = bytesIn(data);
    if (type === 'audio') return Math.max(100, Math.round(bytes / bytesPerAudioToken));
    if (type === 'video') return Math.max(1000, Math.round(bytes / bytesPerVideoToken));
    if (type === 'document') {
      return tokensPerPage * Math.min(maxPages, Math.max(1, Math.round(bytes / bytesPerPage)));
    }
    const size = imageSizeOf(data);
    return size === undefined ? tokensPerImage : this.#family.image(size);
  }
}
