import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';

/** Judges whether chunks are such as OpenAI itself would send, so that its clients can be left alone with them. */
export interface Legality {
  /** False: not legal here. */
  chunk(chunk: JsonObject): boolean;
  /** Whether the first choice has a call of that index, and is the only choice. */
  knows(index: number): boolean;
  /** Whether any choice has made a call. */
  called(): boolean;
  /** True once the first choice has said why it ended. */
  finished(): boolean;
}

interface ChoiceState {
  /** Calls opened so far: the next one has this index. */
  calls: number;
  legacy: boolean;
  finished: boolean;
}

const reasons = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

export function createLegality(): Legality {
  const choices = new Map<number, ChoiceState>();

  function stateOf(index: number): ChoiceState {
    let state = choices.get(index);
    if (state === undefined) {
      state = { calls: 0, legacy: false, finished: false };
      choices.set(index, state);
    }
    return state;
  }

  function choice(fields: JsonObject): boolean {
    const { index, delta, finish_reason: reason, error } = fields;
    if (typeof index !== 'number' || error) return false;
    const state = stateOf(index);
    if (isObject(delta)) {
      if (isObject(delta['function_call'])) state.legacy = true;
      if (delta['tool_calls'] && !objectsIn(delta['tool_calls']).every((entry) => call(entry, state))) return false;
    }
    if (reason === null || reason === undefined) return true;
    state.finished = true;
    return typeof reason === 'string' && reasons.has(reason) && fits(reason, state);
  }

  function chunk(fields: JsonObject): boolean {
    if (fields['error'] || !Array.isArray(fields['choices'])) return false;
    return objectsIn(fields['choices']).every(choice);
  }

  return {
    chunk,
    knows: (index) => choices.size === 1 && index < (choices.get(0)?.calls ?? 0),
    called: () => [...choices.values()].some(({ calls, legacy }) => calls > 0 || legacy),
    finished: () => choices.get(0)?.finished ?? false,
  };
}

/** Calls come one after the other, each begun with id and name, which must not be said again: clients string them together. */
function call(entry: JsonObject, state: ChoiceState): boolean {
  const { index, id, type } = entry;
  const body = entry[type === 'custom' ? 'custom' : 'function'];
  if (typeof index !== 'number') return false;
  const { name, arguments: json } = isObject(body) ? body : {};
  if (json !== undefined && json !== null && typeof json !== 'string') return false;
  if (index < state.calls) return !id && name === undefined;
  if (index > state.calls || !id || !name) return false;
  state.calls += 1;
  return true;
}

/** An agent acts on the reason: calls must be announced as calls, and only calls as calls. */
function fits(reason: string, { calls, legacy }: ChoiceState): boolean {
  if (reason === 'stop') return calls === 0 && !legacy;
  if (reason === 'tool_calls') return calls > 0;
  return reason !== 'function_call' || legacy;
}
