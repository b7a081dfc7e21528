import type { Gateway } from '../gateway/gateway.ts';
import type { FamilySnapshot } from '../observe/metric.ts';
import type { Turn } from '../upstream/turn.ts';
import type { Access } from './access.ts';

/** Where metrics come from, and who may read them. */
export interface MetricsSource {
  /** Also without a key, where there are keys. */
  readonly open: boolean;
  /** Those of all processes that serve as one. */
  gather(): Promise<readonly FamilySnapshot[]>;
}

/** What every route may use. */
export interface Serving {
  readonly gateway: Gateway;
  readonly access: Access;
  /** Of the event loop that calls share. */
  readonly turn: Turn;
  readonly maxBody: number;
  readonly maxCalls: number;
  /** Absent where none are kept. */
  readonly metrics: MetricsSource | undefined;
  readonly startedAt: number;
  /** Calls under way. */
  readonly open: Set<string>;
}
