import type { FamilySnapshot } from '../observe/metric.ts';
import type { ProviderRow } from './banner.ts';
import type { ConfigSource } from './configure.ts';

/** What a worker is told by the process that started it: what all of them must have in common. */
export interface Handover {
  /** How many workers there are: each has its share of what is limited. */
  readonly workers: number;
  readonly source: ConfigSource;
  /** What the first ones began with, where it was another: what cannot change while they run is as it says. */
  readonly first?: ConfigSource;
  /** Which configuration it is, counted from 1. */
  readonly generation: number;
  /** Proofs are sealed with it where there is no credential. */
  readonly sealingSecret: string;
  /** What proofs have been sealed with before, the newest first. */
  readonly seals: readonly string[];
  /** Where the built-in simulator is, when a provider wants it. */
  readonly simulatorUrl?: string;
  /** Where conversations are kept when no file is configured; it goes when the gateway does. */
  readonly storeFile?: string;
}

/** To a worker. `adopt`: serve so from now on. `stop`: end in good order. `tell_metrics`: tell yours. `all_metrics`: those it asked for. */
export type ToWorker =
  | { readonly type: 'begin'; readonly handover: Handover }
  | { readonly type: 'adopt'; readonly handover: Handover; readonly isFresh: boolean }
  | { readonly type: 'stop' }
  | { readonly type: 'tell_metrics'; readonly id: number }
  | { readonly type: 'all_metrics'; readonly id: number; readonly metrics: readonly FamilySnapshot[] };

/**
 * From a worker: that it listens, or why it does not; that it serves as it was told, or why it goes on as before; its
 * metrics, unasked where there is no `id`, and that it wants those of all.
 */
export type FromWorker =
  | { readonly type: 'ready'; readonly url: string; readonly providers: readonly ProviderRow[] }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'adopted'; readonly generation: number; readonly why?: string }
  | { readonly type: 'metrics'; readonly id?: number; readonly metrics: readonly FamilySnapshot[] }
  | { readonly type: 'want_metrics'; readonly id: number };
