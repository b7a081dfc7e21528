import type { Block, Ext, NativeBlock, TextBlock, ToolResultBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import { responsesName } from './ext.ts';

/** Whose turn a native item belongs into; `any`: whoever's turn it is. */
export type Side = 'assistant' | 'user' | 'system' | 'any';

/** Puts the items of a request together to instructions and turns, in their order. */
export class ConversationBuilder {
  readonly system: TextBlock[] = [];
  readonly turns: Turn[] = [];
  /** The content of the last turn, which grows. */
  #content: Block[] = [];
  /** Whether the last turn holds nothing but results, so that the next one joins them. */
  #results = false;

  /** A message that is a turn of its own. */
  message(role: Turn['role'], content: readonly Block[], more: { readonly ext?: Ext }): void {
    this.#open(role, more);
    this.#content.push(...content);
  }

  /** Instructions before the conversation. */
  instruct(blocks: readonly TextBlock[]): void {
    this.system.push(...blocks);
  }

  /** Whether nothing of the conversation itself has been said. */
  begins(): boolean {
    return this.turns.length === 0;
  }

  /** What the model said. */
  answer(...blocks: readonly Block[]): void {
    if (this.turns.at(-1)?.role !== 'assistant') this.#open('assistant', {});
    this.#content.push(...blocks);
  }

  /** A tool's result: those that follow each other are one turn. */
  result(block: ToolResultBlock): void {
    if (!this.#results) this.#open('user', {});
    this.#results = true;
    this.#content.push(block);
  }

  /** An item that only this language knows. */
  native(value: JsonObject, side: Side): void {
    const last = this.turns.at(-1);
    const role = side === 'any' ? (last?.role ?? 'user') : side;
    if (last?.role !== role) this.#open(role, {});
    const block: NativeBlock = { type: 'native', dialect: responsesName, value };
    this.#content.push(block);
  }

  #open(role: Turn['role'], more: { readonly ext?: Ext }): void {
    this.#content = [];
    this.#results = false;
    this.turns.push({ role, content: this.#content, ...more });
  }
}
