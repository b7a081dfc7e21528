import { isObject, type JsonObject, objectsIn, parseJson } from '../../canon/json.ts';

/** Judges whether chunks are such as OpenAI itself would send, so that its clients can be left alone with them. */
export interface Legality {
  /** False: not legal here. */
  chunk(chunk: JsonObject): boolean;
  /** More arguments. False: the first choice is not the only one, or has no such call open. */
  fragment(index: number, text: string): boolean;
  /** True once the first choice has said anything. */
  begun(): boolean;
  /** True once the first choice has said why it ended. */
  finished(): boolean;
}

interface ChoiceState {
  /** Calls opened so far: the next one has this index. */
  calls: number;
  /** The arguments of the last call. */
  json: string;
  legacy: boolean;
  finished: boolean;
}

const reasons = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

export function createLegality(): Legality {
  const choices = new Map<number, ChoiceState>();

  function stateOf(index: number): ChoiceState {
    let state = choices.get(index);
    if (state === undefined) {
      state = { calls: 0, json: '', legacy: false, finished: false };
      choices.set(index, state);
    }
    return state;
  }

  function choice(fields: JsonObject): boolean {
    const { index, delta, finish_reason: reason, error } = fields;
    if (typeof index !== 'number' || error) return false;
    const isFirst = !choices.has(index);
    const state = stateOf(index);
    // Clients want to hear first who speaks.
    if (isFirst && index === 0 && !(isObject(delta) && typeof delta['role'] === 'string')) return false;
    if (isObject(delta)) {
      if (Array.isArray(delta['content'])) return false;
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

  function fragment(index: number, text: string): boolean {
    const state = choices.get(0);
    if (state === undefined || choices.size > 1 || index !== state.calls - 1) return false;
    state.json += text;
    return true;
  }

  return {
    chunk,
    fragment,
    begun: () => choices.has(0),
    finished: () => choices.get(0)?.finished ?? false,
  };
}

/**
 * Calls come one after the other, each begun with id and name, which must not be said again: clients string them
 * together. The next one begins when the arguments of the last are complete; a translator that has to take over later
 * would hold it back until then, though the client has it.
 */
function call(entry: JsonObject, state: ChoiceState): boolean {
  const { index, id, type } = entry;
  const isCustom = type === 'custom';
  const body = entry[isCustom ? 'custom' : 'function'];
  const { name, arguments: json, input } = isObject(body) ? body : {};
  const text = (isCustom ? input : json) ?? '';
  if (typeof text !== 'string') return false;
  if (index === state.calls - 1) {
    state.json += text;
    return !id && name === undefined;
  }
  if (index !== state.calls || !id || !name || (state.calls > 0 && !isObject(parseJson(state.json)))) return false;
  state.calls += 1;
  state.json = text;
  return true;
}

/** An agent acts on the reason: calls must be announced as calls, and only calls as calls. */
function fits(reason: string, { calls, legacy }: ChoiceState): boolean {
  if (reason === 'stop') return calls === 0 && !legacy;
  if (reason === 'tool_calls') return calls > 0;
  return reason !== 'function_call' || legacy;
}
