import type { Config } from '../config/config.ts';
import { createSealer, type Sealer } from '../gateway/seal.ts';
import { createRedact, type Redact } from '../observe/redact.ts';
import { credentialsOf, secretsOf } from './logging.ts';

/** So many configurations are remembered for their secrets. */
const mostKept = 16;

/**
 * The secrets of all configurations that have run. Calls under way may still tell those of an older one, and clients
 * still show what was sealed with it.
 */
export class KnownSecrets {
  /** Proofs are sealed with it where there is no credential. */
  readonly #otherwise: string;
  #secrets: readonly (readonly string[])[] = [];
  /** The newest first. */
  #seals: readonly string[];
  #redact: Redact = (text) => text;

  /** @param older what proofs have been sealed with before, the newest first. */
  constructor(otherwise: string, older: readonly string[] = []) {
    this.#otherwise = otherwise;
    this.#seals = older;
  }

  /** Takes out every secret that has ever been one. */
  readonly redact: Redact = (text) => this.#redact(text);

  /** Remembers the secrets of a configuration that is about to run. */
  add(config: Config): void {
    const secrets = secretsOf(config);
    const seal = sealOf(credentialsOf(config), this.#otherwise);
    this.#secrets = [secrets, ...this.#secrets].slice(0, mostKept);
    this.#seals = [seal, ...this.#seals.filter((each) => each !== seal)].slice(0, mostKept);
    this.#redact = createRedact(this.#secrets.flat());
  }

  /** Seals as the newest configuration does, and opens what any of them has sealed. */
  sealer(): Sealer {
    const [newest = this.#otherwise, ...older] = this.#seals;
    return createSealer(newest, older);
  }

  /** What proofs are sealed with and have been, the newest first: to be told to whom has to open them as well. */
  get seals(): readonly string[] {
    return this.#seals;
  }
}

/**
 * What proofs of reasoning are sealed with: the same after a restart and in every replica that has the same credentials.
 * Without any, nobody else has to read them, and every start has its own.
 */
function sealOf(credentials: readonly string[], otherwise: string): string {
  return credentials.length > 0 ? credentials.toSorted().join('\n') : otherwise;
}
