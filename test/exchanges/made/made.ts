import type { DialectName } from '../../../src/canon/content.ts';
import type { JsonObject } from '../../../src/canon/json.ts';

/** An answer as a provider's documentation shows it, written by hand. */
export interface Made {
  readonly name: string;
  readonly language: DialectName;
  /** A streamed answer, event by event. */
  readonly events?: readonly JsonObject[];
  /** A whole one. */
  readonly body?: JsonObject;
  /** Bytes of a stream that are not just its events. */
  readonly text?: string;
}
