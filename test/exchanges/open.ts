import type { DialectName } from '../../src/canon/content.ts';

/** Something that is known to be wrong. */
export interface Open {
  readonly reason: string;
  readonly aspect: RegExp;
  readonly exchange: RegExp;
  /** Every client where absent. */
  readonly clients?: readonly DialectName[];
}

export const open: readonly Open[] = [];
