import type { z } from 'zod';
import type { AbsentVariable } from './document.ts';
import type { ModelNames } from './environment.ts';
import type { Source } from './problem.ts';
import type { configSchema } from './schema.ts';
import type { Secret } from './secret.ts';

type Checked = z.output<typeof configSchema>;

/** A provider as it was configured; its fields are described in the schema. */
export interface ProviderConfig extends Frozen<Omit<Checked['providers'][string], 'api_key'>> {
  readonly api_key?: Secret;
  /** The second key and all after it, where there are several. */
  readonly more_keys?: readonly Secret[];
}

/** Where calls for some names go, as it is written. */
export interface ModelRule extends Frozen<Checked['models'][string]> {
  /** A name, or names with one `*`. */
  readonly pattern: string;
}

/** One target as it is written. */
export type RuleTarget = ModelRule['to'][number];

/** The configuration, checked and complete. Sizes are bytes, times milliseconds. */
export interface Config extends Frozen<Omit<Checked, 'providers' | 'models' | 'default_provider'>> {
  readonly providers: { readonly [name: string]: ProviderConfig };
  /** In the order in which they are looked at. */
  readonly models: readonly ModelRule[];
  /** Takes what nothing else decides; absent where names must be configured. */
  readonly default_provider?: string;
  /** True when somebody chose the default provider by name: it goes before what names of models suggest. */
  readonly default_chosen: boolean;
  /** Names for models that the environment gives. */
  readonly names: ModelNames;
  /** Credentials left out because their variable is not set. */
  readonly absent: readonly AbsentVariable[];
  /** The file, if there is one. */
  readonly file?: string;
  readonly source: Source;
}

type Frozen<T> = T extends (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? T extends { reveal(): string }
      ? T
      : { readonly [key in keyof T]: Frozen<T[key]> }
    : T;
