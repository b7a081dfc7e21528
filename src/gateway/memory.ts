import { isDeepStrictEqual } from 'node:util';
import type { Remedy } from '../policy/heal.ts';

/** How many providers' models are remembered; the oldest is forgotten first. */
const maxEntries = 1000;

/** How many remedies for one model: clients choose what fields they send, and so what is refused. */
const maxRemedies = 32;

const none: readonly Remedy[] = Object.freeze([]);

/** What has been learnt of providers while running: what they refuse. */
export class Memory {
  readonly #remedies = new Map<string, readonly Remedy[]>();

  readonly #names = new Map<string, string>();

  /** What the provider has refused for this model so far. */
  remedies(provider: string, model: string): readonly Remedy[] {
    return this.#remedies.size === 0 ? none : (this.#remedies.get(key(provider, model)) ?? none);
  }

  learnRemedy(provider: string, model: string, remedy: Remedy): void {
    const known = this.remedies(provider, model);
    // Calls at the same time find the same remedy.
    if (known.some((each) => isDeepStrictEqual(each, remedy))) return;
    remember(this.#remedies, key(provider, model), [...known, remedy].slice(-maxRemedies));
  }

  /** What the provider calls the model; the name itself until it has been learnt. */
  nameOf(provider: string, model: string): string {
    return this.#names.size === 0 ? model : (this.#names.get(key(provider, model)) ?? model);
  }

  learnName(provider: string, model: string, name: string): void {
    remember(this.#names, key(provider, model), name);
  }

  /** Forgets all that was learnt of a provider: it is another one now. */
  forget(provider: string): void {
    for (const map of [this.#remedies, this.#names]) {
      for (const each of map.keys()) if (each.startsWith(key(provider, ''))) map.delete(each);
    }
  }

  /** Everything learnt, for people: provider and model, and what is changed for them. */
  *entries(): Iterable<{ readonly target: string; readonly remedies: readonly Remedy[] }> {
    for (const [target, remedies] of this.#remedies) yield { target: target.replace('\n', '/'), remedies };
  }
}

function key(provider: string, model: string): string {
  return `${provider}\n${model}`;
}

function remember<T>(map: Map<string, T>, name: string, value: T): void {
  map.delete(name);
  map.set(name, value);
  if (map.size > maxEntries) map.delete(map.keys().next().value as string);
}
