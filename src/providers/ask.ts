import type { Headers } from '../dialects/dialect.ts';

/** What a credential asks of the service that issues it. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly body?: string;
  /** True for services within the machine's own surroundings: reached without a proxy, and quickly or not at all. */
  readonly nearby?: boolean;
}

/** Asks and gathers the answer, whatever its status; fails when there is none. */
export type Ask = (question: Question) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

/** A form as it is posted. */
export function formQuestion(url: URL, headers: Headers, form: { readonly [name: string]: string }): Question {
  return {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  };
}
