import type { JsonObject } from './json.ts';

/** Why a request is refused; each dialect writes it in its own envelope. */
export interface Problem {
  /** HTTP status, 400-599 (200 for an error that hides in a good answer). */
  readonly status: number;
  readonly message: string;
  /** The service's own error type; left out, it follows from the status. */
  readonly type?: string;
  readonly code?: string | number | null;
  /** The field that is wrong, in OpenAI's notation. */
  readonly param?: string | null;
  readonly details?: JsonObject;
  /** A body in place of the dialect's envelope. */
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown inside a validator to leave it at once; never leaves the simulator. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'Refused';
    this.problem = problem;
  }
}

/** The problem that a check refuses with, or undefined when it passes. Other errors go on up. */
export function problemOf(check: () => void): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.problem;
    throw error;
  }
}
