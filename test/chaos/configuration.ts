import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Language, languages } from '../failover/stage.ts';
import type { GatewayConfig } from '../gateway-process.ts';
import type { Chance } from './chance.ts';

/** A model that takes the beginning of its answer, where it stands first; and one that may not. */
const strong = 'claude-opus-4-8';
const other = (speaks: Language): string => (speaks === 'anthropic' ? 'claude-sonnet-4-5' : 'some-model');

/** Never open, whatever happens: each call meets its own fault. */
const noBreaker = {
  ...{ failures: 1_000_000, rate: 1, calls: 1_000_000 },
  ...{ open: '1ms', longest_open: '1ms', key_open: '1ms', longest_key_open: '1ms', rest: '1ms', longest_rest: '1ms' },
};

/** As it comes, but for the times, which must pass within a campaign. */
const quickBreaker = {
  open: '500ms',
  longest_open: '2s',
  key_open: '500ms',
  longest_key_open: '2s',
  longest_rest: '2s',
};

/** The configuration of a gateway before providers that fail, at `shaky`, and providers that are well, at `steady`. */
export function configuration(shaky: string, steady: string, workers: number): GatewayConfig {
  const providers = languages.flatMap((speaks) => {
    const path = `${speaks}${speaks.startsWith('openai') ? '/v1' : ''}`;
    const provider = (origin: string, role: string, more: object = {}): readonly [string, object] => [
      `${role}-${speaks}`,
      { speaks, base_url: `${origin}/${role}/${path}`, api_key: 'provider-key', ...more },
    ];
    return [
      provider(shaky, 'first'),
      provider(steady, 'second'),
      provider(shaky, 'alone', { retries: { most: 0 } }),
      provider(shaky, 'again', { retries: { most: 3 } }),
    ];
  });
  const pairs = languages.flatMap((first) =>
    languages.map((second) => [
      `${first}--${second}`,
      [`first-${first}/${strong}`, `second-${second}/${other(second)}`],
    ]),
  );
  const singles = ['alone', 'again'].flatMap((role) =>
    languages.map((speaks) => [`${role}--${speaks}`, [`${role}-${speaks}/${strong}`]]),
  );
  return {
    server: { workers, port: 0 },
    log: { level: 'warn' },
    providers: Object.fromEntries(providers),
    models: Object.fromEntries([...pairs, ...singles]),
    timeouts: { connect: '3s', first_byte: '3s', idle: '3s' },
    retries: { base: '100ms', max: '1s', least: 1_000_000 },
    breaker: workers === 1 ? noBreaker : quickBreaker,
  };
}

/** Writes a configuration anew now and then, as editors do: another file takes its place. */
export class Rewriter {
  readonly #file: string;
  readonly #chance: Chance;
  readonly #original: string;
  valid = 0;
  invalid = 0;

  constructor(file: string, chance: Chance) {
    this.#file = file;
    this.#chance = chance;
    this.#original = readFileSync(file, 'utf8');
  }

  rewrite(): void {
    const isValid = this.#chance.is(0.6);
    if (isValid) this.valid += 1;
    else this.invalid += 1;
    this.#replace(isValid ? this.#changed() : this.#broken());
  }

  /** As it was at first. */
  restore(): void {
    this.#replace(this.#original);
  }

  #changed(): string {
    const config = JSON.parse(this.#original) as { models: object; timeouts: object };
    const [speaks] = languages;
    const models = { ...config.models, [`spare-${this.valid}`]: [`second-${speaks}/${other(speaks)}`] };
    return JSON.stringify({ ...config, models, timeouts: { ...config.timeouts, idle: `${3000 + this.valid}ms` } });
  }

  #broken(): string {
    return this.#chance.one([
      this.#original.slice(0, this.#original.length >> 1),
      this.#original.replace('"models"', '"modles"'),
      'providers: [',
      '',
    ]);
  }

  #replace(text: string): void {
    const fresh = `${this.#file}.new`;
    writeFileSync(fresh, text);
    renameSync(fresh, this.#file);
  }
}
