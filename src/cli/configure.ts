import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { findWritten, type Overrides, readConfig, type Written } from '../config/load.ts';
import { knownKinds } from '../providers/table.ts';

/** What the command line says about the configuration. */
export interface ConfigOptions extends Overrides {
  readonly config?: string;
}

/** What a configuration is read from, beside the environment; several processes that are handed the same have the same. */
export interface ConfigSource {
  readonly written?: Written;
  readonly overrides: Overrides;
}

/** The configuration as the options, the file and the environment give it; `.env` in this folder adds to the environment. @throws ConfigError */
export function configure(options: ConfigOptions): Config {
  return configFrom(sourceOf(options));
}

/** Looks for the file and for `.env`. @throws ConfigError */
export function sourceOf({ config: file, host, port, workers }: ConfigOptions): ConfigSource {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const written = findWritten({ cwd: process.cwd(), ...(file !== undefined && { file }) });
  return {
    ...(written !== undefined && { written }),
    overrides: {
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(workers !== undefined && { workers }),
    },
  };
}

/** @throws ConfigError */
export function configFrom({ written, overrides }: ConfigSource): Config {
  return readConfig(written, { env: process.env, kinds: knownKinds, overrides });
}
