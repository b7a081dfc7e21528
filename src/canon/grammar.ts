import { GatewayError } from './error.ts';
import type { Event, FinishReason, Sink } from './event.ts';
import { parseJson } from './json.ts';
import { eachOf } from './run.ts';

/** What the guard had to put right in an answer. The names are counted per provider. */
export type Mend =
  | 'start_missing'
  | 'start_repeated'
  | 'block_left_open'
  | 'block_not_open'
  | 'event_after_end'
  | 'stop_reason'
  | 'end_missing'
  | 'call_cut'
  | 'call_repeated';

export interface GuardOptions {
  readonly onMend?: (mend: Mend) => void;
  /** Number of the next block, when earlier ones have already left another way. */
  readonly firstIndex?: number;
  /** Ids of the tool calls among those. */
  readonly calls?: readonly string[];
}

/** The guard's sink, and what has to be known of it from outside. */
export interface Guard {
  readonly sink: Sink;
  /** True once `finish` or `error` has passed. */
  ended(): boolean;
  /** The bytes are over: an answer that has not ended gets its error. */
  end(): void;
}

/**
 * Makes whatever a reader emits a legal answer: one start, balanced blocks numbered without gaps, no call twice, the
 * stop reason that the content demands, nothing after the end, no half characters. A tool call is never completed by
 * repair: its arguments could be a prefix that means something else, so an answer broken inside one ends in an error.
 */
export function createGuard(next: Sink, options: GuardOptions = {}): Guard {
  return new AnswerGuard(next, options);
}

type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

interface OpenBlock {
  /** The reader's number of the block. */
  readonly theirs: number;
  readonly type: string;
  json: string;
}

class AnswerGuard implements Guard {
  readonly #next: Sink;
  readonly #onMend: ((mend: Mend) => void) | undefined;
  #started = false;
  #ended = false;
  /** Whether the client has been sent any block. */
  #begun: boolean;
  /** Number of the last block that was opened. */
  #index: number;
  #open: OpenBlock | undefined;
  /** Ids of the calls so far; most answers have none. */
  #calls: Set<string> | undefined;
  /** Whether one of them is the client's to answer, whatever follows it. */
  #awaited: boolean;
  /** The reader's number of a call that has been made already and must not be made again. */
  #repeated: number | undefined;
  /** First half of a character whose second half comes with the next text. */
  #half = '';

  constructor(next: Sink, { onMend, firstIndex = 0, calls = [] }: GuardOptions) {
    this.#next = next;
    this.#onMend = onMend;
    this.#index = firstIndex - 1;
    this.#begun = firstIndex > 0;
    this.#calls = calls.length > 0 ? new Set(calls) : undefined;
    this.#awaited = calls.length > 0;
  }

  ended(): boolean {
    return this.#ended;
  }

  end(): void {
    if (this.#ended) return;
    this.#mend('end_missing');
    this.#fail('The provider ended its answer before it was complete.');
  }

  readonly sink = (event: Event): void => {
    if (this.#ended) {
      if (event.type !== 'usage') this.#mend('event_after_end');
      return;
    }
    if (!this.#started && event.type !== 'start' && event.type !== 'error') this.#startUnasked(event);
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'open':
        return this.#openBlock(event);
      case 'text':
        return this.#text(event);
      case 'json':
      case 'signature':
      case 'citation':
        return this.#inBlock(event);
      case 'close':
        return this.#closeAsked(event);
      case 'native':
        return this.#next(event.index === undefined ? event : this.#numbered(event));
      case 'usage':
        return this.#next(event);
      case 'finish':
        return this.#finish(event);
      case 'error':
        this.#ended = true;
        return this.#next(event);
    }
  };

  #start(event: EventOf<'start'>): void {
    if (this.#started) {
      this.#mend('start_repeated');
      // What has been sent cannot be taken back, and the new answer does not go on from it: together they would say things twice.
      if (this.#begun) this.#fail('The provider broke off and began its answer anew.');
      return;
    }
    this.#started = true;
    this.#next(event);
  }

  #startUnasked({ type }: Event): void {
    if (type !== 'usage' && type !== 'native') this.#mend('start_missing');
    this.#start({ type: 'start', id: '', model: '' });
  }

  #openBlock(event: EventOf<'open'>): void {
    if (!this.#closeForgotten()) return;
    const { block } = event;
    this.#repeated = undefined;
    if (block.type === 'tool_call') {
      if (this.#calls?.has(block.id) === true) {
        // The client would run the tool twice.
        this.#repeated = event.index;
        return this.#mend('call_repeated');
      }
      this.#calls ??= new Set();
      this.#calls.add(block.id);
      if (block.indirect !== true) this.#awaited = true;
    }
    this.#index += 1;
    this.#begun = true;
    this.#open = { theirs: event.index, type: block.type, json: '' };
    this.#next(this.#numbered(event));
  }

  #text(event: EventOf<'text'>): void {
    if (event.pieces !== undefined) return this.#run(event);
    if (!this.#isOpen(event.index)) {
      this.#mend('block_not_open');
      this.#openBlock({ type: 'open', index: event.index, block: { type: 'text' } });
      if (this.#ended) return;
    }
    let whole = this.#half === '' ? event.text : this.#half + event.text;
    this.#half = '';
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#half = whole.slice(-1);
      whole = whole.slice(0, -1);
    }
    // Half a character in the middle has lost its other half for good.
    if (!whole.isWellFormed()) whole = whole.toWellFormed();
    if (whole === '') return;
    this.#next(whole === event.text ? this.#numbered(event) : { type: 'text', index: this.#index, text: whole });
  }

  /** The pieces of a run are sound. */
  #run(event: EventOf<'text'>): void {
    if (this.#half === '' && this.#isOpen(event.index)) return this.#next(this.#numbered(event));
    for (const one of eachOf(event)) this.sink(one);
  }

  #inBlock(event: EventOf<'json' | 'signature' | 'citation'>): void {
    if (this.#open === undefined && event.index === this.#repeated) return;
    if (!this.#isOpen(event.index) || !belongs(event.type, this.#open?.type)) return this.#mend('block_not_open');
    if (event.type === 'json' && this.#open !== undefined) this.#open.json += event.json;
    this.#next(this.#numbered(event));
  }

  #closeAsked(event: EventOf<'close'>): void {
    if (this.#open === undefined && event.index === this.#repeated) return;
    if (!this.#isOpen(event.index)) return this.#mend('block_not_open');
    this.#close();
  }

  #finish(event: EventOf<'finish'>): void {
    // An answer that reached its limit may end anywhere, and says so.
    if (event.reason === 'length') this.#close();
    else if (!this.#closeForgotten()) return;
    const reason = rightReason(event.reason, this.#calls !== undefined, this.#awaited);
    if (reason !== event.reason) this.#mend('stop_reason');
    this.#ended = true;
    this.#next(reason === event.reason ? event : { ...event, reason });
  }

  /** Closes a block that the reader left open; false when that would complete a cut call. */
  #closeForgotten(): boolean {
    if (this.#open === undefined) return true;
    const { type, json } = this.#open;
    if (type === 'tool_call' && parseJson(json === '' ? '{}' : json) === undefined) {
      this.#mend('call_cut');
      this.#fail('The provider broke off in the middle of a tool call.');
      return false;
    }
    this.#mend('block_left_open');
    this.#close();
    return true;
  }

  #close(): void {
    if (this.#open === undefined) return;
    if (this.#half !== '') this.#next({ type: 'text', index: this.#index, text: '\ufffd' });
    this.#half = '';
    this.#open = undefined;
    this.#next({ type: 'close', index: this.#index });
  }

  #fail(message: string): void {
    this.#ended = true;
    this.#next({ type: 'error', error: new GatewayError('bad_upstream', message) });
  }

  #isOpen(theirs: number): boolean {
    return this.#open !== undefined && this.#open.theirs === theirs;
  }

  #mend(mend: Mend): void {
    this.#onMend?.(mend);
  }

  /** The event under the number that its block has for the client. */
  #numbered<E extends Event & { readonly index?: number }>(event: E): E {
    return event.index === this.#index ? event : { ...event, index: this.#index };
  }
}

/** Whether a block of that kind can have such a thing in it. */
function belongs(what: 'json' | 'signature' | 'citation', block: string | undefined): boolean {
  if (what === 'signature') return block === 'thinking';
  return what === 'citation' ? block === 'text' : block === 'tool_call' || block === 'native';
}

/** An agent acts on the stop reason: calls must be announced as calls, and only calls as calls. */
function rightReason(reason: FinishReason, called: boolean, awaited: boolean): FinishReason {
  if (awaited && reason === 'end') return 'tool_calls';
  if (!called && reason === 'tool_calls') return 'end';
  return reason;
}
