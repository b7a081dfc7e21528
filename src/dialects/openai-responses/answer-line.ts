import type { Citation, Source } from '../../canon/content.ts';
import type { BlockHead, Sink } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import { responsesName } from './ext.ts';

/** What happens to a block of an item, or beside it. */
type Step =
  | { readonly type: 'open'; readonly block: BlockHead }
  | { type: 'text'; text: string }
  | { type: 'json'; json: string }
  | { readonly type: 'signature'; readonly signature: string }
  | { readonly type: 'citation'; readonly citation: Citation }
  | { readonly type: 'native'; readonly value: JsonObject; readonly picture?: Source }
  | { readonly type: 'logprobs'; readonly logprobs: readonly unknown[] }
  | { readonly type: 'beside'; readonly value: JsonObject }
  | { readonly type: 'close' };

/** Where an item's blocks go: at once when it is its turn, else when it is. */
export interface Outlet {
  step(step: Step): void;
  /** Nothing more will come of the item. */
  finish(): void;
}

/** Probabilities of tokens, which belong to a text but are no part of it. */
export const logprobsType = 'output_text.logprobs';

/**
 * Brings items that arrive interleaved into a line: the first one streams; what arrives of those behind it is held back
 * until it is complete. Blocks are numbered as they leave.
 */
export class AnswerLine {
  readonly #emit: Sink;
  readonly #waiting: ItemOutlet[] = [];
  #index = -1;

  constructor(emit: Sink) {
    this.#emit = emit;
  }

  add(): Outlet {
    const outlet = new ItemOutlet(this);
    this.#waiting.push(outlet);
    return outlet;
  }

  isFirst(outlet: ItemOutlet): boolean {
    return this.#waiting[0] === outlet;
  }

  /** Lets those go whose turn it has become. */
  advance(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      for (const step of first.held.splice(0)) this.send(step);
      if (!first.finished) return;
      this.#waiting.shift();
    }
  }

  send(step: Step): void {
    switch (step.type) {
      case 'open':
        this.#index += 1;
        return this.#emit({ type: 'open', index: this.#index, block: step.block });
      case 'text':
        return this.#emit({ type: 'text', index: this.#index, text: step.text });
      case 'json':
        return this.#emit({ type: 'json', index: this.#index, json: step.json });
      case 'signature':
        return this.#emit({ type: 'signature', index: this.#index, signature: step.signature });
      case 'citation':
        return this.#emit({ type: 'citation', index: this.#index, citation: step.citation });
      case 'native':
        return this.#emit({
          type: 'native',
          dialect: responsesName,
          index: this.#index,
          value: step.value,
          ...(step.picture !== undefined && { picture: step.picture }),
        });
      case 'logprobs':
        return this.#emit({
          type: 'native',
          dialect: responsesName,
          value: { type: logprobsType, block: this.#index, logprobs: step.logprobs },
        });
      case 'beside':
        return this.#emit({ type: 'native', dialect: responsesName, value: step.value });
      case 'close':
        return this.#emit({ type: 'close', index: this.#index });
    }
  }
}

class ItemOutlet implements Outlet {
  readonly held: Step[] = [];
  finished = false;
  readonly #line: AnswerLine;

  constructor(line: AnswerLine) {
    this.#line = line;
  }

  step(step: Step): void {
    if (this.#line.isFirst(this)) return this.#line.send(step);
    const last = this.held.at(-1);
    if (step.type === 'text' && last?.type === 'text') last.text += step.text;
    else if (step.type === 'json' && last?.type === 'json') last.json += step.json;
    // Held steps grow, and must not be those of whoever sent them.
    else this.held.push({ ...step });
  }

  finish(): void {
    this.finished = true;
    if (this.#line.isFirst(this)) this.#line.advance();
  }
}
