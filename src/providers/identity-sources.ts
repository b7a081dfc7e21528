import type { DialectName } from '../canon/content.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import type { Ask } from './ask.ts';
import type { Kind } from './kind.ts';
import type { Machine } from './machine.ts';
import type { Values } from './template.ts';

/** Everything a credential is made of. */
export interface IdentitySources {
  /** The provider's name. */
  readonly name: string;
  readonly settings: ProviderConfig;
  readonly kind: Kind | undefined;
  readonly baseUrl: URL;
  readonly values: Values;
  readonly speaks: DialectName;
  readonly config: Config;
  readonly machine: Machine;
  readonly ask: Ask;
}
