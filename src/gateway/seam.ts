import type { ToolCallBlock } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import type { BlockHead, Event, Sink } from '../canon/event.ts';
import type { ChatRequest, Turn } from '../canon/request.ts';
import { eachOf } from '../canon/run.ts';
import { mergeUsage, summedUsage, type Usage } from '../canon/usage.ts';
import type { Break } from './break.ts';
import type { ClientWriter } from './client-writer.ts';
import { isSameJson, missingJson } from './seam-json.ts';
import { anchorOf, newText, type Resumption } from './seam-text.ts';

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/** What is known of an answer that broke off. */
export interface SeamOptions {
  readonly writer: ClientWriter;
  readonly broken: Exclude<Break, { readonly type: 'called' | 'lost' }>;
  /** What the answer had cost until then. */
  readonly usage: Usage;
  /** Stands for the proof of reasoning that was cut, and is known again when it comes back. */
  readonly unproven: string;
  /** Tokens that have been said, about. */
  readonly saidTokens: number;
}

/**
 * The place where one provider's answer broke off and another one's goes on, in the same message: what the first has said
 * is not said again, a call that it has made is not made again, and one that it has begun is completed only by the
 * very words with which it was begun.
 */
export class Seam {
  readonly #options: SeamOptions;
  /** Whether the model may be shown the text as the beginning of its own answer. */
  mayPrefill = true;
  #resumption: Resumption = { type: 'prefill' };
  /** Set once the new answer and the old one are one. */
  #isJoined = false;
  /** Something that has no place in the answer is being said. */
  #isUnheard = false;
  /** The beginning of the new text, or the arguments of the new call, as long as it is not known what of them is new. */
  #head = '';
  #call: { readonly name: string } | undefined;
  #usage: Usage = {};
  /** Whether what is open is the new answer's own. */
  #hasOpened = false;

  constructor(options: SeamOptions) {
    this.#options = options;
  }

  /** The request that asks a model to go on. @param prefill whether the model can be shown the beginning of its answer. */
  ask(request: ChatRequest, prefill: boolean): ChatRequest {
    const { broken, saidTokens } = this.#options;
    // Another one asks anew: nothing has been heard of its answer.
    this.#isJoined = broken.type === 'unsaid';
    this.#isUnheard = false;
    this.#head = '';
    this.#call = undefined;
    this.#usage = {};
    this.#hasOpened = false;
    if (broken.type === 'unsaid') return request;
    const { format: _, ...rest } = request;
    const left = request.maxTokens === undefined ? undefined : Math.max(1, request.maxTokens - saidTokens);
    const asked: ChatRequest = { ...rest, reasoning: { mode: 'off' }, ...(left !== undefined && { maxTokens: left }) };
    if (broken.type === 'call') {
      return {
        ...asked,
        toolChoice: { type: 'tool', name: broken.call.name },
        turns: [...asked.turns, ...saidTurns(broken.said), userTurn(callWish(broken))],
      };
    }
    const isPrefilled = prefill && this.mayPrefill && broken.sent.trim() !== '';
    this.#resumption = isPrefilled ? { type: 'prefill' } : { type: 'anchor', anchor: anchorOf(broken.sent) };
    const said = saidTurns(isPrefilled ? trimmed(broken.said) : broken.said);
    return {
      ...asked,
      turns: [...asked.turns, ...said, ...(isPrefilled ? [] : [userTurn(textWish(this.#resumption))])],
    };
  }

  /** Takes the new answer's events to the writer of the old one. @throws bad_upstream where the two do not fit together. */
  readonly tap = (next: Sink): Sink => {
    return (event) => this.#hear(event, next);
  };

  #hear(event: Event, next: Sink): void {
    switch (event.type) {
      case 'start':
        return;
      case 'open':
        return this.#open(event, next);
      case 'text':
        return this.#text(event, next);
      case 'json':
        if (this.#call !== undefined) this.#head += event.json;
        else this.#said(event, next);
        return;
      case 'signature':
      case 'citation':
        return this.#said(event, next);
      case 'native':
        return event.index === undefined ? undefined : this.#said(event, next);
      case 'close':
        return this.#close(next);
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage);
        return next({ type: 'usage', usage: summedUsage([this.#options.usage, this.#usage]) });
      case 'finish':
        return this.#finish(event, next);
      case 'error':
        return next(event);
    }
  }

  #open(event: EventOf<'open'>, next: Sink): void {
    const { writer, broken } = this.#options;
    const { block } = event;
    this.#isUnheard = false;
    if (!this.#isJoined) {
      const isThought = block.type === 'thinking' || block.type === 'redacted';
      // Thoughts of how to go on belong nowhere in what is gone on with.
      if (isThought || (broken.type === 'call' && block.type !== 'tool_call')) {
        this.#isUnheard = true;
        return;
      }
      if (broken.type === 'call' && block.type === 'tool_call') {
        this.#call = block;
        this.#head = '';
        return;
      }
      if (block.type === 'text' && writer.open === 'text') return;
      if (block.type !== 'text') this.#isJoined = true;
    }
    // A text that was opened and has no word yet.
    if (broken.type === 'unsaid' && !this.#hasOpened && block.type === 'text' && writer.open === 'text') {
      this.#hasOpened = true;
      return;
    }
    this.#closeOpen(next);
    this.#hasOpened = true;
    next({ type: 'open', index: writer.index + 1, block: this.#distinct(block) });
  }

  /** Providers that count their calls know nothing of the numbers that are taken. */
  #distinct(block: BlockHead): BlockHead {
    const { broken } = this.#options;
    if (block.type !== 'tool_call' || broken.type !== 'call') return block;
    const taken = [broken.call, ...broken.made].some(({ id }) => id === block.id);
    return taken ? { ...block, id: `${block.id}_again` } : block;
  }

  #text(event: EventOf<'text'>, next: Sink): void {
    if (this.#isJoined) return this.#said(event, next);
    if (this.#isUnheard) return;
    if (event.pieces !== undefined) {
      // Where the new text begins may lie in any of them.
      for (const one of eachOf(event)) this.#hear(one, next);
      return;
    }
    this.#head += event.text;
    this.#join(false, next);
  }

  /** @param isAll whether the new text is whole. */
  #join(isAll: boolean, next: Sink): void {
    const { writer, broken } = this.#options;
    if (broken.type !== 'text') return;
    const text = newText(broken.sent, this.#head, this.#resumption, isAll);
    if (text === undefined) return;
    this.#isJoined = true;
    this.#head = '';
    if (text !== '') next({ type: 'text', index: writer.index, text });
  }

  #said(event: EventOf<'text' | 'json' | 'signature' | 'citation' | 'native'>, next: Sink): void {
    if (this.#isUnheard || !this.#isJoined) return;
    next({ ...event, index: this.#options.writer.index });
  }

  #close(next: Sink): void {
    if (this.#call !== undefined) return this.#callMade(this.#call, next);
    if (this.#isUnheard) {
      this.#isUnheard = false;
      return;
    }
    if (!this.#isJoined) this.#join(true, next);
    this.#closeOpen(next);
  }

  #callMade({ name }: { readonly name: string }, next: Sink): void {
    const { broken, writer } = this.#options;
    this.#call = undefined;
    if (broken.type !== 'call') return;
    // Made before, and the client has it.
    if (broken.made.some((made) => made.name === name && isSameJson(made.json, this.#head))) return;
    const json = name === broken.call.name ? missing(broken.call, this.#head) : undefined;
    if (json === undefined) throw notAgain(broken.call.name);
    this.#isJoined = true;
    if (json !== '') next({ type: 'json', index: writer.index, json });
    this.#closeOpen(next);
  }

  #finish(event: EventOf<'finish'>, next: Sink): void {
    const { broken } = this.#options;
    if (this.#call !== undefined) this.#callMade(this.#call, next);
    if (!this.#isJoined && broken.type === 'call') throw notAgain(broken.call.name);
    if (!this.#isJoined) this.#join(true, next);
    this.#closeOpen(next);
    next(event);
  }

  /** What the first provider has left open. Reasoning without its proof would be refused when it comes back. */
  #closeOpen(next: Sink): void {
    const { writer, unproven } = this.#options;
    if (writer.open === undefined) return;
    if (writer.open === 'thinking' && !this.#hasOpened) {
      next({ type: 'signature', index: writer.index, signature: unproven });
    }
    next({ type: 'close', index: writer.index });
  }
}

/** In free text every blank counts. */
function missing({ kind, json }: ToolCallBlock, whole: string): string | undefined {
  if (kind !== 'custom') return missingJson(json, whole);
  return whole.startsWith(json) ? whole.slice(json.length) : undefined;
}

function notAgain(name: string): GatewayError {
  const message = `The answer broke off in the middle of a call of ${name}, and the call was not made again in the same words.`;
  return new GatewayError('bad_upstream', message);
}

function saidTurns(content: Turn['content']): Turn[] {
  return content.length === 0 ? [] : [{ role: 'assistant', content }];
}

function userTurn(text: string): Turn {
  return { role: 'user', content: [{ type: 'text', text }] };
}

/** White space at the end of the beginning of an answer is refused by those who take such beginnings. */
function trimmed(said: Turn['content']): Turn['content'] {
  const last = said.at(-1);
  return last?.type === 'text' ? [...said.slice(0, -1), { ...last, text: last.text.trimEnd() }] : said;
}

function textWish(resumption: Resumption): string {
  const anchor = resumption.type === 'anchor' ? resumption.anchor : '';
  const again =
    anchor === ''
      ? 'Go on with it.'
      : `First repeat its last words exactly, which are between the marks: <<<${anchor}>>>. Then go on from there.`;
  return `The connection broke while you were answering, and your last message is not complete. ${again} Leave out the marks, do not begin anew, and say nothing of the break.`;
}

function callWish({ call, made }: Extract<Break, { readonly type: 'call' }>): string {
  const others =
    made.length === 0
      ? ''
      : ` You have made these calls already, do not repeat them: ${made.map(({ name, json }) => `${name} ${json}`).join('; ')}.`;
  const begun = call.json === '' ? '' : ` with arguments that begin with exactly these characters: ${call.json}`;
  return `The connection broke while you were calling the tool ${call.name}.${others} Make that call again${begun}. Say nothing of the break.`;
}
