import type { JsonObject } from '../../canon/json.ts';

/** Reads one item of an answer, from its events or from the item alone. */
export interface ItemReader {
  /** An event of the item. */
  event(type: string, event: JsonObject): void;
  /** The item is complete: says what has not been said yet. False: it contradicts what has been said. */
  done(item: JsonObject): boolean;
  /** The answer is complete, but this item was never said to be. False: it cannot be taken for complete. */
  end(): boolean;
  /** A call that the client has to run. */
  readonly called?: boolean;
  readonly refused?: boolean;
}
