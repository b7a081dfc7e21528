import type { IncomingHttpHeaders } from 'node:http';
import type { Answer, IdPrefixes } from './answer.ts';
import type { Asked, Operation } from './asked.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { Manner, Rules } from './scenario.ts';

/** A request whose body is a JSON object, before anything in it is checked. */
export interface IncomingCall {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
  readonly rules: Rules;
}

/** What an error is written for; there may be no readable body yet. */
export type ErrorContext = Omit<IncomingCall, 'body' | 'operation'> & { readonly requestId: string };

/** An HTTP answer that is an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** One wire language of the simulator. Everything is pure; a further language is one more of these in `dialects.ts`. */
export interface SimulatedDialect {
  readonly name: string;
  readonly prefixes: IdPrefixes;
  /** Header in which the service gives the request its id. */
  readonly requestIdHeader: string;
  /** True when a client with these headers speaks this language, for paths that several have in common. */
  isClient(headers: IncomingHttpHeaders): boolean;
  /** What a POST to this path asks for; undefined when the path is not of this dialect. */
  operation(path: string): Operation | undefined;
  /** Keys that the request shows, without `Bearer`. */
  keys(headers: IncomingHttpHeaders): readonly string[];
  /** Why a request without a good key is refused. */
  unauthorized(call: Omit<ErrorContext, 'requestId'>): Problem;
  /** Throws `Refused` as the service would refuse. */
  check(call: IncomingCall): void;
  /** Never throws: where nothing was checked, what cannot be read is left out. */
  read(call: IncomingCall): Asked;
  whole(answer: Answer, asked: Asked): JsonObject;
  /** The events of a stream, each complete with its frame. */
  stream(answer: Answer, asked: Asked): string[];
  /** The answer to a token count. */
  count(asked: Asked): JsonObject;
  /** The list of models with these ids. */
  models(ids: readonly string[], query: URLSearchParams, rules: Rules): JsonObject;
  model(id: string, rules: Rules): JsonObject;
  error(problem: Problem, context: ErrorContext): ErrorAnswer;
  /** An error inside a stream that has begun. */
  errorFrame(problem: Problem, context: ErrorContext, manner: Manner): string;
  malformedFrame(manner: Manner): string;
  /** The service's own words for a prompt that is too long. */
  overflow(tokens: number, window: number): Problem;
}
