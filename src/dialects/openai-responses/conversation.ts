import { type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ConversationSide } from '../dialect.ts';
import { itemsOf } from './items-read.ts';

/** How a client goes on from an answer that it names: what was said before stands in front of what it says now. */
export const conversation: ConversationSide = {
  inputItems: (body) => itemsOf(body.input),
  outputItems,
};

/** The answer's items as the next request may bring them. Instructions are no items: each request has its own. */
function outputItems(response: JsonObject): JsonObject[] {
  return objectsIn(response.output).map((item) => {
    const { created_by: _, ...rest } = item;
    return rest;
  });
}
