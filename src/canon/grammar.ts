import { GatewayError } from './error.ts';
import type { Event, FinishReason, Sink } from './event.ts';
import { parseJson } from './json.ts';

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
 * Makes whatever a reader emits a legal answer: one start, balanced blocks numbered without gaps, the stop reason
 * that the content demands, nothing after the end, no half characters. A tool call is never completed by repair:
 * its arguments could be a prefix that means something else, so an answer broken inside one ends in an error.
 */
export function createGuard(next: Sink, options: GuardOptions = {}): Guard {
  const mend = (what: Mend): void => options.onMend?.(what);
  let started = false;
  let ended = false;
  let index = (options.firstIndex ?? 0) - 1;
  /** The reader's number of the open block. */
  let open: { theirs: number; type: string; json: string } | undefined;
  const calls = new Set(options.calls);
  /** The reader's number of a block that has been sent already and must not be sent again. */
  let repeated: number | undefined;
  /** First half of a character whose second half comes with the next text. */
  let half = '';

  function start(event?: Extract<Event, { type: 'start' }>): void {
    started = true;
    next(event ?? { type: 'start', id: '', model: '' });
  }

  function fail(message: string): void {
    ended = true;
    next({ type: 'error', error: new GatewayError('bad_upstream', message) });
  }

  function close(): void {
    if (open === undefined) return;
    if (half !== '') flushHalf();
    open = undefined;
    next({ type: 'close', index });
  }

  function flushHalf(): void {
    next({ type: 'text', index, text: '\ufffd' });
    half = '';
  }

  /** Closes a block that the reader left open; false when that would complete a cut call. */
  function closeForgotten(): boolean {
    if (open === undefined) return true;
    // No arguments at all are a prefix, too: the tool would run with none.
    if (open.type === 'tool_call' && parseJson(open.json) === undefined) {
      mend('call_cut');
      fail('The provider broke off in the middle of a tool call.');
      return false;
    }
    mend('block_left_open');
    close();
    return true;
  }

  function openBlock(event: Extract<Event, { type: 'open' }>): void {
    if (!closeForgotten()) return;
    if (event.block.type === 'tool_call') {
      // The client would run the tool twice.
      if (calls.has(event.block.id)) {
        repeated = event.index;
        return mend('call_repeated');
      }
      calls.add(event.block.id);
    }
    repeated = undefined;
    index += 1;
    open = { theirs: event.index, type: event.block.type, json: '' };
    next(event.index === index ? event : { type: 'open', index, block: event.block });
  }

  function text(event: Extract<Event, { type: 'text' }>): void {
    if (open === undefined || open.theirs !== event.index) {
      mend('block_not_open');
      openBlock({ type: 'open', index: event.index, block: { type: 'text' } });
      if (ended) return;
    }
    let whole = half === '' ? event.text : half + event.text;
    half = '';
    const last = whole.charCodeAt(whole.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      half = whole.slice(-1);
      whole = whole.slice(0, -1);
    }
    // Half a character in the middle has lost its other half for good.
    if (!whole.isWellFormed()) whole = whole.toWellFormed();
    if (whole === '') return;
    next(whole === event.text && event.index === index ? event : { type: 'text', index, text: whole });
  }

  function inBlock(event: Extract<Event, { type: 'json' | 'signature' | 'citation' }>): void {
    if (open === undefined && event.index === repeated) return;
    if (open === undefined || open.theirs !== event.index) return mend('block_not_open');
    if (event.type === 'json') open.json += event.json;
    next(event.index === index ? event : { ...event, index });
  }

  function finish(event: Extract<Event, { type: 'finish' }>): void {
    if (open !== undefined && event.reason === 'length') close();
    else if (!closeForgotten()) return;
    const reason = rightReason(event.reason, calls.size > 0);
    if (reason !== event.reason) mend('stop_reason');
    ended = true;
    next(reason === event.reason ? event : { ...event, reason });
  }

  function sink(event: Event): void {
    if (ended) return event.type === 'usage' ? undefined : mend('event_after_end');
    if (!started && event.type !== 'start' && event.type !== 'error') {
      if (event.type !== 'usage' && event.type !== 'native') mend('start_missing');
      start();
    }
    switch (event.type) {
      case 'start':
        if (!started) return start(event);
        mend('start_repeated');
        closeForgotten();
        return;
      case 'open':
        return openBlock(event);
      case 'text':
        return text(event);
      case 'json':
      case 'signature':
      case 'citation':
        return inBlock(event);
      case 'close':
        if (open === undefined && event.index === repeated) return;
        if (open === undefined || open.theirs !== event.index) return mend('block_not_open');
        return close();
      case 'native':
        return next(event.index === undefined || event.index === index ? event : { ...event, index });
      case 'usage':
        return next(event);
      case 'finish':
        return finish(event);
      case 'error':
        ended = true;
        return next(event);
    }
  }

  function end(): void {
    if (ended) return;
    mend('end_missing');
    fail('The provider ended its answer before it was complete.');
  }

  return { sink, ended: () => ended, end };
}

/** An agent acts on the stop reason: calls must be announced as calls, and only calls as calls. */
function rightReason(reason: FinishReason, called: boolean): FinishReason {
  if (called && reason === 'end') return 'tool_calls';
  if (!called && reason === 'tool_calls') return 'end';
  return reason;
}
