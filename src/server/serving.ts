import type { Gateway } from '../gateway/gateway.ts';
import type { Turn } from '../upstream/turn.ts';
import type { Access } from './access.ts';
import type { Door } from './door.ts';
import type { ShareLimits } from './shares.ts';

/** What every route may use, as one configuration has it: a call keeps the one it began with. */
export interface Serving {
  readonly gateway: Gateway;
  readonly access: Access;
  /** Which configuration that is, counted from 1, and since when it serves. */
  readonly generation: { readonly number: number; readonly since: number };
  /** Of the event loop that calls share. */
  readonly turn: Turn;
  readonly maxBody: number;
  readonly maxCalls: number;
  /** Absent where a key may have any number of calls. */
  readonly shareLimits?: ShareLimits;
  readonly door: Door;
  readonly startedAt: number;
  /** Calls under way, those of older configurations among them. */
  readonly open: Set<string>;
}
