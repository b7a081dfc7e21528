import type { Language, Manner } from './scenario.ts';

/** Where the benchmark's provider listens, for whoever has to be configured with it. */
export interface Provider {
  /**
   * Address of a language in a manner, as a base URL without `/v1...` at its end: `http://127.0.0.1:PORT/burst`. The
   * provider answers below it at that language's usual path (`/v1/messages`, `/v1/chat/completions`,
   * `/v1beta/models/{model}:generateContent`, `:streamGenerateContent`), and also without the version.
   */
  base(language: Language, manner: Manner): string;
}

/** How a client asks a contestant on a lane. */
export interface Way {
  /** Path and query. */
  readonly target: string;
  /** In place of or besides the client's usual headers; names in lower case. */
  readonly headers?: { readonly [name: string]: string };
  /** The model's name to put into the body. */
  readonly model: string;
  /** Where it is not the contestant's own port. */
  readonly port?: number;
}

/** A gateway that answers. */
export interface Contestant {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  /** All processes whose CPU time and memory are its own. */
  pids(): readonly number[];
  /** Nothing where it cannot go this way. */
  way(client: Language, upstream: Language, manner: Manner): Way | undefined;
  stop(): Promise<void>;
}

/** Starts a contestant, or says in words why it cannot take part. */
export type StartContestant = (provider: Provider) => Promise<Contestant | { readonly absent: string }>;
