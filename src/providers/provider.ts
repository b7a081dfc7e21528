import type { DialectName } from '../canon/content.ts';
import type { JsonObject } from '../canon/json.ts';
import type { Headers, Quirks } from '../dialects/dialect.ts';
import type { Pieces } from '../wire/pieces.ts';
import type { Family } from './kind.ts';
import type { Operation } from './operation.ts';
import type { Wrapping } from './wrapping.ts';

/** One way to call a model. */
export interface Route {
  readonly speaks: DialectName;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query of a call. */
  path(model: string, stream: boolean): string;
  /** Path and query of where the prompt's tokens are counted, if they are. */
  readonly countPath?: string;
  /** How the language's requests and answers are carried here; absent where they go as they are. */
  readonly wrapping?: Wrapping;
  /** How the server departs from the language, for this model. */
  readonly quirks: Quirks;
  /** Fields of every request, beneath the client's, as configured; absent when there are none. */
  readonly body?: JsonObject;
  /** The same for requests that are translated: what the kind has beneath `body`. A client that speaks the language itself knows what it wants. */
  readonly usual?: JsonObject;
}

/** A way to what is no answer in a conversation. */
export interface Door {
  readonly speaks: DialectName;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The sort of body that is taken there, where the language has several. */
  readonly form?: string;
  /** Path and query. @param rest what comes after the operation's own path, with its slash, or nothing. */
  path(rest: string): string;
  readonly quirks: Quirks;
}

/** What a way is wanted for. */
export interface DoorWish {
  readonly model?: string;
  /** The sort of body that the client has. */
  readonly form?: string;
}

/** Milliseconds; 0 is no limit. */
export interface Timeouts {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
  readonly total: number;
}

/** A call as it goes over the wire, for credentials that vouch for its very bytes. */
export interface WireCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** What is sent besides the credential, names in lower case. */
  readonly headers: Headers;
  readonly body?: Pieces;
}

/** An endpoint that answers calls, ready to be called. */
export interface Provider {
  /** Its own name: the one of the configuration, with `#2` and so on behind it for the second key and those after it. */
  readonly name: string;
  /** The name it was given in the configuration, whichever its key. */
  readonly configName: string;
  /** The same provider with the other keys it has in the configuration; absent where there are none. */
  readonly others?: readonly Provider[];
  /** The row of the table it is of; absent for an endpoint nobody else knows. */
  readonly kind?: string;
  /** For people. */
  readonly title: string;
  /** Its language; some models may be spoken to in another one, as their routes say. */
  readonly speaks: DialectName;
  readonly baseUrl: string;
  readonly timeouts: Timeouts;
  /** Families of models it serves under their makers' names; `home`: the one that is at home here. */
  readonly serves: readonly Family[];
  readonly home?: Family;
  /** Whether its models are named `vendor/model`. */
  readonly vendorNames: boolean;
  /** What the aliases `big` and `small` mean here. */
  readonly big?: string;
  readonly small?: string;
  /** Models of which the configuration says something. */
  readonly models: readonly string[];
  /** Why calls are bound to fail: the variable to set, or the field to write. Absent when nothing is missing. */
  readonly missing?: string;
  /** A GET that lists the models. */
  readonly list: { readonly origin: string; readonly path: string };
  /** A GET that proves address and credential. */
  readonly probe: { readonly origin: string; readonly path: string };
  /**
   * The ways to call this model, the preferred first; of those that suit it equally well, the one in the client's own
   * language. A later one is tried only when the one before answered that there is no such path (404, 405).
   */
  routes(model: string, client?: DialectName): readonly Route[];
  /** Remembers the route that answered such a client, so that those that stood before it are tried last from now on. */
  prefer(model: string, route: Route, client?: DialectName): void;
  /** What it is known to offer besides answers in a conversation; absent where nobody knows. */
  readonly offers?: readonly Operation[];
  /** The way to such an operation; nothing where there can be none at its address. */
  door(operation: Operation, wish: DoorWish): Door | undefined;
  /** The provider's name for a model that a client names as its maker does. */
  modelName(model: string): string;
  /** Tokens that prompt and answer may have together, where the configuration says so. */
  contextWindow(model: string): number | undefined;
  /**
   * Headers of a call, credential included, lower case: they go over those of `call`, which is needed where calls are
   * signed. A promise only when the credential has to be fetched first. Fails with `authentication` when there is none
   * to be had.
   */
  authorize(call?: WireCall, signal?: AbortSignal): Headers | Promise<Headers>;
  /** The provider refused these headers (401). True when the next `authorize` gives others. */
  refused(headers: Headers): boolean;
}
