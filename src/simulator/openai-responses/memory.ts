import type { Answer } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { isObject, type Json, type JsonObject, listOf, textOf } from '../json.ts';
import type { Memory } from '../memory.ts';
import { writeOutput } from './answer.ts';

/** A chain of responses is followed no further back than this. */
const MAX_CHAIN = 100;

/** The items of an input; a string is one message of the user. */
export function itemsOf(input: Json | undefined): JsonObject[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return listOf(input).filter(isObject);
}

/** Keeps a response, unless the request says not to. */
export function rememberResponse(answer: Answer, asked: Asked, memory: Memory): void {
  const { store, input, previous_response_id: previous } = asked.body;
  if (store === false) return;
  const { output } = writeOutput(answer, asked, 'response');
  memory.set(answer.id, { previous: textOf(previous), input: itemsOf(input), output: [...output] });
}

/** The items of all responses that this one goes back to, oldest first; what is forgotten is left out. */
export function earlierItems(previous: Json | undefined, memory: Memory): JsonObject[] {
  const rounds: JsonObject[][] = [];
  let id = textOf(previous);
  for (let round = 0; id !== '' && round < MAX_CHAIN; round += 1) {
    const kept = memory.get(id);
    if (kept === undefined) break;
    rounds.unshift([...itemsOf(kept.input), ...itemsOf(kept.output)]);
    id = textOf(kept.previous);
  }
  return rounds.flat();
}

/** The output that an item with this id belongs to, when its response is kept. */
export function outputWith(itemId: string, memory: Memory): readonly JsonObject[] | undefined {
  const name = /^[a-z]+_(.+)_\d+$/.exec(itemId)?.[1];
  const kept = name === undefined ? undefined : memory.get(`resp_${name}`);
  const output = itemsOf(kept?.output);
  return output.some(({ id }) => id === itemId) ? output : undefined;
}
