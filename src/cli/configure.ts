import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/document.ts';
import { configFileNames, findWritten, type Overrides, readConfig, type Written } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import { knownKinds } from '../providers/table.ts';

/** What the command line says about the configuration. */
export interface ConfigOptions extends Overrides {
  readonly config?: string;
}

/** What a configuration is read from; several processes that are handed the same have the same. */
export interface ConfigSource {
  readonly written?: Written;
  readonly overrides: Overrides;
  /** The environment, `.env` included; this process's own where it is absent. */
  readonly env?: Environment;
}

/** The configuration as the options, the file and the environment give it; `.env` in this folder adds to the environment. @throws ConfigError */
export function configure(options: ConfigOptions): Config {
  return configFrom(new ConfigReader(options).read());
}

/** @throws ConfigError */
export function configFrom({ written, overrides, env = process.env }: ConfigSource): Config {
  return readConfig(written, { env, kinds: knownKinds, overrides });
}

/** Reads what the configuration is made of, as often as somebody asks: always from the same places. */
export class ConfigReader {
  readonly #cwd = process.cwd();
  readonly #given: Environment = { ...process.env };
  readonly #overrides: Overrides;
  /** The file, once there is one: another one never takes its place. */
  #file: string | undefined;
  #isRead = false;

  constructor({ config: file, host, port, workers }: ConfigOptions) {
    this.#file = file === undefined ? undefined : resolve(this.#cwd, file);
    this.#overrides = {
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(workers !== undefined && { workers }),
    };
  }

  /** Looks for the file and for `.env`. @throws ConfigError */
  read(): ConfigSource {
    const added: Environment = parseEnv(textOf(this.#dotEnv));
    // What else looks at the environment finds it there, too.
    if (!this.#isRead) Object.assign(process.env, { ...added, ...this.#given });
    const written = findWritten({ cwd: this.#cwd, ...(this.#file !== undefined && { file: this.#file }) });
    // It may be in the middle of being written; and nobody means to lose every provider.
    if (this.#isRead && written?.text.trim() === '')
      throw new ConfigError([{ where: written.file, path: '', message: 'is empty' }]);
    this.#file = written?.file;
    this.#isRead = true;
    return {
      ...(written !== undefined && { written }),
      overrides: this.#overrides,
      env: { ...added, ...this.#given },
    };
  }

  /** Every file that says something, or would if it were there. */
  get files(): readonly string[] {
    const usual = configFileNames.map((name) => join(this.#cwd, name));
    return [...(this.#file === undefined ? usual : [this.#file]), this.#dotEnv];
  }

  get #dotEnv(): string {
    return join(this.#cwd, '.env');
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new ConfigError([{ where: file, path: '', message: 'cannot be read' }], { cause: error });
  }
}
