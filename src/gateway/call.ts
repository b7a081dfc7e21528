import type { GatewayError } from '../canon/error.ts';
import type { Tap } from '../canon/event.ts';
import type { JsonObject } from '../canon/json.ts';
import type { ChatRequest } from '../canon/request.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Dialect } from '../dialects/index.ts';
import type { CallRecord } from '../observe/call.ts';
import type { Target } from '../policy/plan.ts';
import type { Pieces } from '../wire/pieces.ts';

/** Where the answer goes. The server makes one for each call; nothing here knows of HTTP sockets. */
export interface Reply {
  /** Status line and headers; once. */
  head(status: number, headers: { readonly [name: string]: string | number }): void;
  /** False: the client reads slowly; `onDrain` tells when it has caught up. */
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array): void;
  /** Breaks the connection, so that a truncated answer cannot be taken for a whole one. */
  destroy(): void;
  onDrain(resume: () => void): void;
  /** The client has left before the answer was complete. */
  onGone(leave: () => void): void;
  readonly headSent: boolean;
  readonly gone: boolean;
}

/** A dialect that clients speak. */
export type ClientDialect = Dialect & { readonly client: NonNullable<Dialect['client']> };

/** What a language says in the path and not in the body. */
export interface Address {
  readonly model: string;
  readonly stream: boolean;
  /** Members that the language's reader wants to see in the body. */
  readonly members?: JsonObject;
  /** The client wants its stream in a frame that providers are not asked for: their bytes are not for it. */
  readonly reframed?: true;
}

/** Sees an answer pass that has to be kept, given the request it answers. */
export type KeepAnswer = (request: ChatRequest) => Tap;

/** One call of a client, its body complete. */
export interface Call {
  readonly id: string;
  readonly dialect: ClientDialect;
  readonly headers: Headers;
  /** The query, question mark included, or empty. */
  readonly query: string;
  readonly body: Pieces;
  /** Where the client's language has model and stream flag in the path. */
  readonly address?: Address;
  /** Who calls: the same for the same key, empty where nobody needs one. */
  readonly caller: string;
  /** To be told when the answer is to be streamed, before anybody is asked for it. @throws rate_limit when there are too many. */
  readonly streams?: () => void;
  readonly keep?: KeepAnswer;
  /** Members of the client's body that have been carried out and taken from it; the answer repeats them. */
  readonly resolved?: JsonObject;
  /** What it goes on from and nobody here knows; the provider may. */
  readonly unknown?: { readonly param: string; readonly id: string };
  readonly reply: Reply;
  readonly record: CallRecord;
  /** `performance.now()` when the call came. */
  readonly began: number;
}

/** Notes a try that failed where others were asked after it. @param sent when, by `performance.now()`, and how long it took, milliseconds. */
export function noteFailure(
  { record, began }: Pick<Call, 'record' | 'began'>,
  { provider, model }: Pick<Target, 'provider' | 'model'>,
  { kind, status }: GatewayError,
  sent: { readonly began: number; readonly ms: number },
): void {
  record.failures ??= [];
  record.failures.push({
    ...{ provider, model, error: kind, status },
    ms: Math.round(sent.ms),
    at: Math.round(sent.began - began),
  });
}
