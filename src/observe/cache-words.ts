import type { CacheMiss, CallRecord } from './call.ts';

/** `cache lost at messages[3].content[0] (changed by client), 48,000 tokens, $0.12` */
export function cacheWords({ at, how, by, tokens, cost }: CacheMiss): string {
  const price = cost === undefined ? '' : `, $${cost.toFixed(cost < 0.1 ? 4 : 2)}`;
  return `cache lost ${place(at)}${cause(at, how, by)}, ${tokens.toLocaleString('en-US')} tokens${price}`;
}

function place(at: string): string {
  if (at === 'expired' || at === 'unknown') return `(${at}`;
  if (at === 'model') return '(another model';
  if (at === 'target') return '(another target';
  return `at ${at} (`;
}

function cause(at: string, how: CacheMiss['how'], by: CacheMiss['by']): string {
  if (at === 'expired' || by === 'unknown') return ')';
  const named = at === 'unknown' || at === 'model' || at === 'target';
  if (named) return at === 'unknown' ? `, ${by})` : `, by ${by})`;
  return `${how === undefined ? '' : `${how} `}by ${by})`;
}

const maxSessions = 1000;

/** Says which lost caches are worth a warning: those that somebody can do something about, and each session's now and then. */
export class CacheWarnings {
  readonly #everyMs: number;
  readonly #last = new Map<string, number>();

  /** @param everyMs between two warnings of a session, milliseconds. */
  constructor(everyMs = 5 * 60_000) {
    this.#everyMs = everyMs;
  }

  /** @param now milliseconds. */
  isDue({ cacheMiss, session = '' }: CallRecord, now: number): boolean {
    if (cacheMiss === undefined || cacheMiss.how === 'shortened' || cacheMiss.at === 'model') return false;
    if (cacheMiss.by !== 'client' && cacheMiss.by !== 'gateway') return false;
    const last = this.#last.get(session);
    if (last !== undefined && now - last < this.#everyMs) return false;
    this.#last.delete(session);
    this.#last.set(session, now);
    if (this.#last.size > maxSessions) this.#last.delete(this.#last.keys().next().value as string);
    return true;
  }
}
