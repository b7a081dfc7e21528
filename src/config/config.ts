import type { z } from 'zod';
import type { AbsentVariable } from './document.ts';
import type { ModelNames } from './environment.ts';
import type { Source } from './problem.ts';
import type { configSchema } from './schema.ts';

type Checked = z.output<typeof configSchema>;

/** A provider as it was configured; its fields are described in the schema. */
export type ProviderConfig = Frozen<Checked['providers'][string]>;

/** Where calls for some names go. */
export interface ModelRule {
  /** A name, or names with one `*`. */
  readonly pattern: string;
  /** `provider/model`, in the order they are tried. */
  readonly to: readonly string[];
  readonly strict?: boolean;
}

/** The configuration, checked and complete. Sizes are bytes, times milliseconds. */
export interface Config extends Frozen<Omit<Checked, 'models' | 'default_provider'>> {
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
