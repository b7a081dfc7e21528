import type { DialectName } from '../canon/content.ts';
import type { CallRecord } from '../observe/call.ts';

/** Names that are remembered for a language; who makes up more of them has nothing of it. */
const mostNames = 1000;

/**
 * Which models' calls had to be translated the last time. Requests for them are read at once, and not first scanned for the
 * model's name. Whoever guesses wrong scans in the end.
 */
export class Carriages {
  readonly #translated = new Map<DialectName, Set<string>>();

  /** Whether a call in this language for that model will most likely be translated. */
  willTranslate(client: DialectName, model: string): boolean {
    return this.#translated.get(client)?.has(model) === true;
  }

  /** Whether any is, so that looking for the model's name may pay. */
  translatesAny(client: DialectName): boolean {
    return this.#translated.has(client);
  }

  /** A call is over. */
  learn({ client, model, carriage }: CallRecord): void {
    const names = this.#translated.get(client);
    if (carriage !== 'translated') names?.delete(model);
    else if (names === undefined) this.#translated.set(client, new Set([model]));
    else if (!names.has(model) && names.size < mostNames) names.add(model);
  }
}
