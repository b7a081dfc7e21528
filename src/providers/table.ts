import type { KnownKind } from '../config/environment.ts';
import { type Kind, knownKind } from './kind.ts';
import { clouds } from './kinds/clouds.ts';
import { gateways } from './kinds/gateways.ts';
import { hosts } from './kinds/hosts.ts';
import { locals } from './kinds/locals.ts';
import { makers } from './kinds/makers.ts';

/** The well-known services. Their order decides which is the default when several could be. */
export const kinds: ReadonlyMap<string, Kind> = new Map(
  [...makers, ...clouds, ...gateways, ...hosts, ...locals].map((kind) => [kind.kind, Object.freeze(kind)]),
);

/** The same as far as the configuration's room needs them; for `loadConfig`. */
export const knownKinds: readonly KnownKind[] = [...kinds.values()].map(knownKind);
