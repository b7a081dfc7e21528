import { channel } from 'node:diagnostics_channel';
import type { ErrorKind } from '../canon/error.ts';

/** `closed`: calls pass. `open`: none does. `half_open`: one passes, and what becomes of it decides. */
export type CircuitState = 'closed' | 'open' | 'half_open';

/** A circuit that opened, let a probe through, or closed. */
export interface CircuitChange {
  /** Whose circuit: `provider:name`, `key:name#2`, `model:name/model`. */
  readonly scope: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** Kind of the error that opened it. */
  readonly why: ErrorKind;
  /** For how long it lets nothing through, milliseconds; absent where it is not open. */
  readonly restMs?: number;
  /** Milliseconds of the clock that the circuits go by. */
  readonly at: number;
}

/** Where each change of a circuit is published. */
export const circuitChanges = channel('dragoman:circuit');

/** Tells whoever listens; costs nothing when nobody does. */
export function publishCircuitChange(change: CircuitChange): void {
  if (circuitChanges.hasSubscribers) circuitChanges.publish(change);
}
