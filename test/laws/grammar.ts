import type { Event } from '../../src/canon/event.ts';

/** What of an answer a later event is judged by. */
interface State {
  started: boolean;
  ended: boolean;
  next: number;
  open: { index: number; type: string; json: string; free: boolean } | undefined;
  readonly ids: Set<string>;
  /** Whether a call is the client's to answer, whatever follows it. */
  awaited: boolean;
  cutCall: boolean;
}

/** Blocks that each kind of content may stand in. */
const homes: { readonly [type: string]: readonly string[] } = {
  text: ['text', 'thinking', 'refusal'],
  json: ['tool_call', 'native'],
  signature: ['thinking'],
  citation: ['text'],
};

/**
 * The grammar of answers once more, written from its description and not from the guard, so that each can prove the
 * other wrong. Says what is wrong with the first event that is not legal where it stands, or nothing.
 * @param anyArguments a call that its provider closed may have arguments that are no JSON: models write such.
 */
export function grammarFault(events: readonly Event[], anyArguments = false): string | undefined {
  const state: State = {
    started: false,
    ended: false,
    next: 0,
    open: undefined,
    ids: new Set(),
    awaited: false,
    cutCall: false,
  };
  for (const [i, event] of events.entries()) {
    if (anyArguments) state.cutCall = false;
    const fault = faultOf(event, state);
    if (fault !== undefined) return `event ${i} (${event.type}): ${fault}`;
  }
  return state.ended ? undefined : 'it has no end';
}

function faultOf(event: Event, state: State): string | undefined {
  if (state.ended) return 'it stands behind the end';
  if (event.type === 'error') {
    state.ended = true;
    return state.cutCall ? 'a call was closed before its arguments were complete' : undefined;
  }
  if (event.type === 'start') {
    if (state.started) return 'the answer had begun';
    state.started = true;
    return undefined;
  }
  if (!state.started) return 'the answer has not begun';
  switch (event.type) {
    case 'open':
      return openFault(event, state);
    case 'text':
    case 'json':
    case 'signature':
    case 'citation':
      return contentFault(event, state);
    case 'close':
      return closeFault(event.index, state);
    case 'native':
      return event.index === undefined || event.index === state.open?.index ? undefined : 'its block is not open';
    case 'usage':
      return Object.entries(event.usage)
        .filter(([name]) => name !== 'ext')
        .map(([name, count]) => countFault(name, count))
        .find((fault) => fault !== undefined);
    case 'finish':
      return finishFault(event, state);
  }
}

function openFault({ index, block }: Extract<Event, { type: 'open' }>, state: State): string | undefined {
  if (state.open !== undefined) return `block ${state.open.index} is open`;
  if (index !== state.next) return `its number is ${index}, not ${state.next}`;
  state.next += 1;
  state.open = { index, type: block.type, json: '', free: block.type === 'tool_call' && block.kind === 'custom' };
  if (block.type !== 'tool_call') return undefined;
  if (block.id === '' || block.name === '') return 'a call without id or name';
  if (state.ids.has(block.id)) return `two calls have the id ${block.id}`;
  state.ids.add(block.id);
  state.awaited ||= block.indirect !== true;
  return undefined;
}

type Content = Extract<Event, { type: 'text' | 'json' | 'signature' | 'citation' }>;

function contentFault(event: Content, { open }: State): string | undefined {
  if (open === undefined || open.index !== event.index) return `block ${event.index} is not open`;
  if (homes[event.type]?.includes(open.type) !== true) return `it stands in a ${open.type} block`;
  if (event.type === 'json') open.json += event.json;
  if (event.type === 'text' && event.text === '') return 'it is empty';
  return undefined;
}

function closeFault(index: number, state: State): string | undefined {
  const { open } = state;
  if (open?.index !== index) return `block ${index} is not open`;
  if (open.type === 'tool_call' && !open.free && !isJson(open.json)) state.cutCall = true;
  state.open = undefined;
  return undefined;
}

function countFault(name: string, count: unknown): string | undefined {
  const legal = typeof count === 'number' && count >= 0 && (name === 'cost' || Number.isInteger(count));
  return legal ? undefined : `${name} is ${String(count)}`;
}

function finishFault({ reason }: Extract<Event, { type: 'finish' }>, state: State): string | undefined {
  if (state.open !== undefined) return `block ${state.open.index} is open`;
  state.ended = true;
  const called = state.ids.size > 0;
  if (reason === 'tool_calls' && !called) return 'no tool was called';
  if (reason === 'end' && state.awaited) return 'a tool was called';
  if (state.cutCall && reason !== 'length') return 'the arguments of a call are cut';
  return undefined;
}

function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
