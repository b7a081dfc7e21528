import type { BlockHead } from '../../canon/event.ts';
import { isObject, type JsonObject, objectsIn, parseJson, stringIn } from '../../canon/json.ts';
import { converseName } from './ext.ts';
import { mediaTypeOfFormat } from './format.ts';

/** A streamed block that is told when it is whole. */
export interface Gathering {
  /** More of it. False: the delta is of another kind. */
  take(delta: JsonObject): boolean;
  /** The block as an answer has it. */
  head(): BlockHead;
}

/** Encrypted reasoning, of which there may be several pieces, each base64 of its own. */
export class GatherRedacted implements Gathering {
  readonly #pieces: string[];

  constructor(first: string) {
    this.#pieces = [first];
  }

  take({ reasoningContent }: JsonObject): boolean {
    if (!isObject(reasoningContent) || typeof reasoningContent.redactedContent !== 'string') return false;
    this.#pieces.push(reasoningContent.redactedContent);
    return true;
  }

  head(): BlockHead {
    const [first = '', ...more] = this.#pieces;
    if (more.length === 0) return { type: 'redacted', data: first };
    const bytes = this.#pieces.map((piece) => Buffer.from(piece, 'base64'));
    return { type: 'redacted', data: Buffer.concat(bytes).toString('base64') };
  }
}

/**
 * A streamed block that makes sense only when it is whole: calls and results of the provider's own tools, pictures,
 * whatever the service may add. It becomes what the same block is in a whole answer.
 */
export class GatherBlock implements Gathering {
  readonly #member: string;
  readonly #start: JsonObject;
  #input = '';
  readonly #content: JsonObject[] = [];
  readonly #bytes: Buffer[] = [];
  #error: unknown;
  #changed: JsonObject = {};

  private constructor(member: string, start: JsonObject) {
    this.#member = member;
    this.#start = start;
  }

  /** Nothing for a start that is empty. */
  static of(start: JsonObject): GatherBlock | undefined {
    const [member] = Object.keys(start);
    const value = member === undefined ? undefined : start[member];
    return member === undefined || !isObject(value) ? undefined : new GatherBlock(member, value);
  }

  take(delta: JsonObject): boolean {
    const value = delta[this.#member];
    if (value === undefined) return false;
    if (this.#member === 'toolUse' && isObject(value)) this.#input += stringIn(value.input) ?? '';
    else if (this.#member === 'toolResult') for (const part of objectsIn(value)) this.#result(part);
    else if (this.#member === 'image' && isObject(value)) this.#picture(value);
    else if (isObject(value)) this.#changed = { ...this.#changed, ...value };
    return true;
  }

  /** Text comes in pieces, JSON whole. */
  #result(part: JsonObject): void {
    const last = this.#content.at(-1);
    if (typeof part.text === 'string' && typeof last?.text === 'string') last.text += part.text;
    else this.#content.push({ ...part });
  }

  /** Each piece is base64 of its own. */
  #picture({ source, error }: JsonObject): void {
    if (isObject(source) && typeof source.bytes === 'string') this.#bytes.push(Buffer.from(source.bytes, 'base64'));
    else if (isObject(source)) this.#changed = { source };
    if (error !== undefined) this.#error = error;
  }

  head(): BlockHead {
    const bytes = Buffer.concat(this.#bytes);
    if (this.#member === 'image' && bytes.length > 0 && this.#error === undefined) {
      const mediaType = mediaTypeOfFormat('image', stringIn(this.#start.format) ?? 'png');
      return { type: 'image', source: { type: 'base64', mediaType, data: bytes.toString('base64') } };
    }
    return { type: 'native', dialect: converseName, value: { [this.#member]: this.#value(bytes) } };
  }

  #value(bytes: Buffer): JsonObject {
    const { source: _, ...start } = this.#start;
    switch (this.#member) {
      case 'toolUse':
        return { ...start, input: this.#input === '' ? (start.input ?? {}) : (parseJson(this.#input) ?? this.#input) };
      case 'toolResult':
        return { ...start, content: this.#content };
      case 'image':
        return {
          ...start,
          ...(bytes.length > 0 ? { source: { bytes: bytes.toString('base64') } } : this.#changed),
          ...(this.#error !== undefined && { error: this.#error }),
        };
      default:
        return { ...this.#start, ...this.#changed };
    }
  }
}
