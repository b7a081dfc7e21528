import type { CacheMiss, CallRecord } from './call.ts';

/** `cache lost at messages[3].content[0] (changed by client), 48,000 tokens, $0.12` */
export function cacheWords({ at, how, by, tokens, cost }: CacheMiss): string {
  const price = cost === undefined ? '' : `, $${cost.toFixed(cost < 0.1 ? 4 : 2)}`;
  const place = at === 'unknown' || Object.hasOwn(causes, at) ? '' : ` at ${at}`;
  const who = by === 'unknown' ? 'reason unknown' : `by ${by}`;
  const cause = causes[at] === undefined ? `${how === undefined ? '' : `${how} `}${who}` : `${causes[at]}, ${who}`;
  return `cache lost${place} (${at === 'expired' ? at : cause}), ${tokens.toLocaleString('en-US')} tokens${price}`;
}

const causes: { readonly [at: string]: string } = {
  expired: 'expired',
  model: 'another model',
  target: 'another target',
};

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
