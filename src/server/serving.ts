import type { Gateway } from '../gateway/gateway.ts';
import type { FamilySnapshot } from '../observe/metric.ts';
import type { Turn } from '../upstream/turn.ts';
import type { Access } from './access.ts';
import type { Door } from './door.ts';
import type { ShareLimits } from './shares.ts';

/** Where metrics come from, and who may read them. */
export interface MetricsSource {
  /** Also without a key, where there are keys. */
  readonly open: boolean;
  /** Those of all processes that serve as one. */
  gather(): Promise<readonly FamilySnapshot[]>;
}

/** What every route may use, as one configuration has it: a call keeps the one it began with. */
export interface Serving {
  readonly gateway: Gateway;
  readonly access: Access;
  /** Which configuration that is, counted from 1, and since when it serves. */
  readonly generation: { readonly number: number; readonly since: number };
  /** Of the event loop that calls share; it knows how many are under way, those of older configurations among them. */
  readonly turn: Turn;
  readonly maxBody: number;
  readonly maxCalls: number;
  /** Absent where a key may have any number of calls. */
  readonly shareLimits?: ShareLimits;
  readonly door: Door;
  /** Absent where none are kept. */
  readonly metrics?: MetricsSource;
  readonly startedAt: number;
}
