import { other } from './metric.ts';

/** Models that have answered, and models that never have: so many of each get a label of their own. */
const mostProven = 400;
const mostHeard = 50;
/** Characters of a label. */
const longest = 200;

/**
 * Keeps the number of models in metrics bounded, since their names come from outside. A name with which a provider has
 * answered is worth more than one of which nobody knows whether there is such a model: made-up names cannot drive out others.
 */
export class ModelLabels {
  readonly #proven = new Set<string>();
  readonly #heard = new Set<string>();

  /** The label for this model of the provider. @param hasAnswered in the call that is counted. */
  label(provider: string, model: string, hasAnswered: boolean): string {
    const label = model.slice(0, longest).toWellFormed().replaceAll('\0', '\ufffd');
    const key = `${provider}/${label}`;
    if (this.#proven.has(key)) return label;
    if (hasAnswered && this.#proven.size < mostProven) {
      this.#proven.add(key);
      this.#heard.delete(key);
      return label;
    }
    if (this.#heard.has(key)) return label;
    if (this.#heard.size >= mostHeard) return other;
    this.#heard.add(key);
    return label;
  }

  /** How many are proven; labels that were given may be others when this has changed. */
  get proven(): number {
    return this.#proven.size;
  }
}
