/** What a gateway must know of a request body in order to pass it on, found without parsing the body. */
export interface BodyScan {
  /** The value of the top-level `model`, nothing when it is missing or not a string. */
  readonly model: string | undefined;
  /** The bytes of that value, quotes included. */
  readonly modelStart: number;
  readonly modelEnd: number;
  /** Whether the top-level `stream` is true. */
  readonly stream: boolean;
  /** Whether any string in it, a field's name or a value, begins with the mark that was looked for. */
  readonly marked: boolean;
  /** The value of the top-level `prompt_cache_key`, where it is a string. */
  readonly cacheKey: string | undefined;
  /** How many turns the conversation has; none where it is not a list of objects. */
  readonly turns: number;
  /** Where their list begins, and where each of them ends, but for the last of very many. */
  readonly turnBounds: readonly number[];
  /** Where the last list, or object, under the name `tools` begins and ends; -1 where there is none. */
  readonly toolsStart: number;
  readonly toolsEnd: number;
  /** Where each long string begins and ends, quotes included: of a turn, of a block of it or of the instructions, of a tool. */
  readonly longStrings: readonly number[];
}

/** A body that is not one JSON object. `at` is the byte where that shows. */
export class NotJson extends Error {
  readonly at: number;
  constructor(message: string, at: number, cause?: unknown) {
    super(message, { cause });
    this.at = at;
  }
}
