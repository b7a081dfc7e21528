import type { Gateway } from '../gateway/gateway.ts';
import type { Turn } from '../upstream/turn.ts';
import type { Access } from './access.ts';

/** What every route may use. */
export interface Serving {
  readonly gateway: Gateway;
  readonly access: Access;
  /** Of the event loop that calls share. */
  readonly turn: Turn;
  readonly maxBody: number;
  readonly maxCalls: number;
  readonly startedAt: number;
  /** Calls under way. */
  readonly open: Set<string>;
}
