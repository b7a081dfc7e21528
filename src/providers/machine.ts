import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';

/** What credentials may be found in besides the configuration. */
export interface Machine {
  /** A variable that the platform sets; empty ones count as not set. */
  variable(name: string): string | undefined;
  /** The user's own folder. */
  readonly home: string;
  /** A file's text, nothing where there is none that can be read. */
  readText(path: string): string | undefined;
}

/** A machine without anything. */
export const bareMachine: Machine = { variable: () => undefined, home: '/', readText: () => undefined };

/** The machine this runs on. */
export function thisMachine(env: { readonly [name: string]: string | undefined }): Machine {
  return {
    variable: (name) => {
      const value = env[name]?.trim();
      return value === '' ? undefined : value;
    },
    home: homedir(),
    readText(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}
