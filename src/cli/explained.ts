import { ConfigError } from '../config/problem.ts';

/** What a person is told of an error that ends a command. */
export function explained(error: unknown): string {
  return error instanceof ConfigError
    ? `The configuration cannot be used:\n${error.message}\n\n"npx dragoman doctor" tells more.`
    : String((error as Error).message);
}
