import type { Health } from '../policy/health.ts';
import type { Provider } from '../providers/provider.ts';
import type { Sender } from '../upstream/sending.ts';

/** Most providers that are asked at a time. */
const maxAtATime = 8;

/** What probing needs. */
export interface ProbeOptions {
  readonly health: Health;
  /** Milliseconds from one round to the next. */
  readonly everyMs: number;
  /** Whether the provider answers. Failing means that it does not. */
  readonly reaches: (provider: string, signal: AbortSignal) => Promise<boolean>;
  /** Milliseconds of the clock that the health goes by. */
  readonly now?: () => number;
}

/**
 * Asks providers that are left alone, because they could not be reached, whether they are back. While one is not, no call
 * is spent on finding out. One timer serves all; it does not keep the process alive.
 */
export class Probes {
  readonly #options: ProbeOptions;
  readonly #now: () => number;
  readonly #asked = new Set<string>();
  readonly #stopping = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#timer = setInterval(() => void this.round(), options.everyMs).unref();
  }

  /** Asks all that are left alone and have not been asked yet. Resolves when they have answered; never rejects. */
  async round(): Promise<void> {
    const asking: Promise<void>[] = [];
    for (const [provider, circuit] of this.#options.health.providers()) {
      if (circuit.state !== 'open' || this.#asked.has(provider)) continue;
      if (this.#asked.size >= maxAtATime) break;
      asking.push(this.#ask(provider));
    }
    await Promise.all(asking);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopping.abort();
  }

  async #ask(provider: string): Promise<void> {
    const { health, everyMs, reaches } = this.#options;
    this.#asked.add(provider);
    const answers = await reaches(provider, this.#stopping.signal).catch(() => false);
    this.#asked.delete(provider);
    if (this.#stopping.signal.aborted) return;
    const now = this.#now();
    for (const [name, circuit] of health.providers()) {
      if (name !== provider) continue;
      if (answers) circuit.allow(now);
      // Until the next round has asked again.
      else if (circuit.state === 'open') circuit.openUntil(now + 2 * everyMs, now, circuit.why);
    }
  }
}

/** Whether a provider answers something small at all: what it answers proves that it can be reached, unless it is broken itself. */
export async function reachesProvider(
  sender: Sender,
  userAgent: string,
  provider: Provider,
  signal: AbortSignal,
): Promise<boolean> {
  const headers = { accept: 'application/json', 'user-agent': userAgent };
  const request = { method: 'GET', ...provider.probe, headers } as const;
  const credentials = await provider.authorize(request, signal);
  if (signal.aborted) return false;
  return new Promise((resolve) => {
    const over = (answers: boolean): void => {
      signal.removeEventListener('abort', stop);
      resolve(answers);
    };
    const sending = sender.send(
      { ...request, headers: { ...headers, ...credentials }, timeouts },
      {
        head: (status) => {
          // Nobody needs the rest of it.
          sending.abort();
          over(status < 500);
        },
        data: () => true,
        end: () => over(false),
        fail: () => over(false),
      },
    );
    const stop = (): void => {
      sending.abort();
      over(false);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Milliseconds. */
const timeouts = { connect: 5000, firstByte: 10_000, idle: 5000, total: 15_000 };
