import type { Gateway } from '../gateway/gateway.ts';
import type { Access } from './access.ts';

/** What every route may use. */
export interface Serving {
  readonly gateway: Gateway;
  readonly access: Access;
  readonly maxBody: number;
  readonly maxCalls: number;
  readonly startedAt: number;
  /** Calls under way. */
  readonly open: Set<string>;
}
