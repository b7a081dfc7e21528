import { isObject, type JsonObject, numberIn, objectsIn } from '../../canon/json.ts';

/** Adds to the first choice what rode beside it, and puts further choices together from their pieces. */
export class ChoiceJoin {
  /** Fields that belong to no choice. */
  readonly rest: JsonObject = {};
  readonly #choices = new Map<number, JsonObject>();

  constructor(first: JsonObject) {
    this.#choices.set(0, first);
  }

  add(value: JsonObject): void {
    const { choices, ...rest } = value;
    Object.assign(this.rest, rest);
    for (const { index, delta, message, ...more } of objectsIn(choices)) {
      const choice = this.#choice(numberIn(index) ?? 0);
      const said = isObject(message) ? message : delta;
      if (isObject(said)) choice['message'] = joined(choice['message'], withTextOnly(said));
      for (const field in more) choice[field] = joined(choice[field], more[field]);
    }
  }

  choices(): JsonObject[] {
    return [...this.#choices].sort(([one], [other]) => one - other).map(([, choice]) => choice);
  }

  #choice(index: number): JsonObject {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = { index, message: { role: 'assistant', content: null }, logprobs: null, finish_reason: null };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

/** Parts that nobody knows beside the text, which clients expect `content` to be. */
export function withTextOnly(said: JsonObject): JsonObject {
  const { content, ...rest } = said;
  return Array.isArray(content) ? { ...rest, content_parts: content } : said;
}

/** Fields whose pieces are not to be strung together. */
const labels = new Set(['role', 'id', 'type', 'name', 'object']);

/** Two pieces of the same thing: text goes on, lists grow, entries with an index find their own. */
function joined(earlier: unknown, later: unknown, field = ''): unknown {
  if (later === null || later === undefined) return earlier ?? null;
  if (earlier === null || earlier === undefined) return field === 'tool_calls' ? joinCalls([], later) : later;
  if (typeof earlier === 'string' && typeof later === 'string')
    return labels.has(field) ? later || earlier : earlier + later;
  if (field === 'tool_calls') return joinCalls(objectsIn(earlier), later);
  if (Array.isArray(earlier) && Array.isArray(later)) return (earlier as unknown[]).concat(later);
  if (!isObject(earlier) || !isObject(later)) return later;
  const both: JsonObject = { ...earlier };
  for (const name in later) both[name] = joined(earlier[name], later[name], name);
  return both;
}

function joinCalls(earlier: readonly JsonObject[], later: unknown): JsonObject[] {
  const calls = [...earlier];
  for (const { index, ...call } of objectsIn(later)) {
    const at = Math.min(numberIn(index) ?? calls.length, calls.length);
    calls[at] = joined(calls[at], call) as JsonObject;
  }
  return calls;
}
