import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, IdPrefixes } from './answer.ts';
import type { Asked, Operation } from './asked.ts';
import type { AwsAccount, SignedRequest } from './bedrock/sigv4.ts';
import type { Frame } from './delivery.ts';
import type { IdMaker } from './ids.ts';
import type { Json, JsonObject } from './json.ts';
import type { Memory } from './memory.ts';
import type { Problem } from './problem.ts';
import type { Manner, Rules } from './scenario.ts';

/** What the address of a POST asks for. */
export interface Address {
  readonly operation: Operation;
  /** The model, decoded, where the path names it; otherwise the body does. */
  readonly model?: string | undefined;
  /** Whether the answer is a stream, where the path says it; otherwise the body does. */
  readonly stream?: boolean | undefined;
}

/** A request whose body is a JSON object, before anything in it is checked. */
export interface IncomingCall extends Address {
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  readonly rules: Rules;
  /** What earlier answers have left behind. */
  readonly memory: Memory;
}

/** What an error is written for; there may be no readable body yet. */
export type ErrorContext = Pick<IncomingCall, 'path' | 'query' | 'headers' | 'rules'> & { readonly requestId: string };

/** A request for what is no answer in a conversation, whatever its method and its body are. */
export interface OtherCall extends ErrorContext {
  readonly method: string;
  /** Decoded from its content encoding. */
  readonly body: Buffer;
  readonly memory: Memory;
  readonly ids: IdMaker;
}

/** The answer to it. */
export interface OtherAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An HTTP answer that is an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject | Json[];
}

/** One wire language of the simulator. Everything is pure; a further language is one more of these in `dialects.ts`. */
export interface SimulatedDialect {
  readonly name: string;
  readonly prefixes: IdPrefixes;
  /** Header in which the service gives the request its id; undefined when it gives none. */
  readonly requestIdHeader?: string;
  /** True when a client with these headers speaks this language, for paths that several have in common. */
  isClient(headers: IncomingHttpHeaders, path: string): boolean;
  /** What a POST to this path asks for; undefined when the path is not of this dialect. */
  address(path: string): Address | undefined;
  /** Keys that the request shows, without `Bearer`. */
  keys(headers: IncomingHttpHeaders, query: URLSearchParams): readonly string[];
  /** Why a request that is signed, and brings no key, is refused; undefined when the account has signed it. */
  verify?(request: SignedRequest, account: AwsAccount): Problem | undefined;
  /** Why a request without a good key is refused. */
  unauthorized(call: Omit<ErrorContext, 'requestId'>): Problem;
  /** Throws `Refused` as the service would refuse. */
  check(call: IncomingCall): void;
  /** Never throws: where nothing was checked, what cannot be read is left out. */
  read(call: IncomingCall): Asked;
  whole(answer: Answer, asked: Asked): JsonObject;
  /** The events of a stream, each complete with its frame. */
  stream(answer: Answer, asked: Asked): Frame[];
  /** Content type of a stream; without it, server-sent events. */
  streamType?(query: URLSearchParams, path: string): string;
  /** Remembers what a later request may refer to. */
  remember?(answer: Answer, asked: Asked, memory: Memory): void;
  /** The answer to what is no answer in a conversation; undefined where there is no such thing. Throws `Refused`. */
  other?(call: OtherCall): OtherAnswer | undefined;
  /** The answer to a token count. */
  count(asked: Asked): JsonObject;
  /** The path of the list of models, or of the one that its first group names; without it, any that ends in `models`. */
  readonly modelsPath?: RegExp;
  /** The list of models with these ids. */
  models(ids: readonly string[], query: URLSearchParams, rules: Rules): JsonObject;
  model(id: string, rules: Rules): JsonObject;
  error(problem: Problem, context: ErrorContext): ErrorAnswer;
  /** An error inside a stream; `before` is the number of events that came before it, undefined when a byte was named. */
  errorFrame(problem: Problem, context: ErrorContext, manner: Manner, before: number | undefined): Frame;
  malformedFrame(manner: Manner, context: ErrorContext): Frame;
  /** The service's own words for a prompt that is too long. */
  overflow(tokens: number, window: number): Problem;
}
