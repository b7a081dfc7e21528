import type { AnthropicVariant } from './anthropic/variant.ts';
import type { Asked, Operation } from './asked.ts';
import type { BedrockVariant } from './bedrock/variant.ts';
import type { GeminiVariant } from './gemini/variant.ts';
import type { JsonObject } from './json.ts';
import type { ChatVariant } from './openai-chat/variant.ts';
import type { ResponsesVariant } from './openai-responses/variant.ts';
import type { Problem } from './problem.ts';

/** One piece of an answer. A plain string is text. */
export type Part =
  | string
  | { readonly text: string; readonly citations?: readonly JsonObject[] }
  /** `signature` replaces the simulator's own; '' means none. `redacted` makes it a block that nobody can read. */
  | { readonly think: string; readonly signature?: string; readonly redacted?: string }
  /** `rawInput` is written as it stands, to give arguments that are no JSON. */
  | { readonly tool: string; readonly input?: JsonObject; readonly id?: string; readonly rawInput?: string }
  | { readonly refusal: string }
  /**
   * As it stands, for the dialect it is of: a content block of Anthropic, members for a message of OpenAI's chat, an item
   * of Responses, a part of Gemini, a block of Converse, members for a message of Cohere. Other languages leave it out.
   */
  | { readonly native: JsonObject; readonly dialect?: string };

/** Why the answer ends. Another string is written as it stands; null writes null. */
export type Stop = 'end' | 'tool' | 'length' | 'sequence' | 'refusal' | 'pause' | 'window' | (string & {}) | null;

/** In tokens. `input` does not count what was read from or written to a cache. */
export interface UsageNumbers {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** The part of `cacheWrite` that is kept for an hour. */
  readonly cacheWriteHour?: number;
  readonly thinking?: number;
  /** Members added to the usage object as they stand. */
  readonly extra?: JsonObject;
}

/**
 * A place in an answer: after so many events (a whole answer is one event), after so many bytes of the body, or right
 * before or after the first event in which a text stands.
 */
export type Place =
  | { readonly event: number }
  | { readonly byte: number }
  | { readonly before: string }
  | { readonly after: string };

/** What goes wrong. Times are milliseconds. */
export type Fault =
  /** An answer that is an error (or any other fixed body) in place of the real one. */
  | ({ readonly kind: 'status'; readonly status: number; readonly body?: string | JsonObject } & Partial<
      Omit<Problem, 'body' | 'status'>
    >)
  /** The error of a prompt that is too long, in the service's words. */
  | { readonly kind: 'overflow'; readonly window?: number }
  /** The connection is reset before any header. */
  | { readonly kind: 'reset' }
  /** No answer, ever. */
  | { readonly kind: 'never' }
  | { readonly kind: 'late'; readonly ms: number }
  /** Silence in the middle; without `ms` it lasts for ever. */
  | { readonly kind: 'stall'; readonly at: Place; readonly ms?: number }
  /** The answer breaks off: connection closed (the default), reset, or ended as if it were complete. */
  | { readonly kind: 'cut'; readonly at: Place; readonly how?: 'close' | 'reset' | 'end' }
  /** Bytes that do not belong there. */
  | { readonly kind: 'bytes'; readonly at: Place; readonly bytes: string; readonly encoding?: 'utf8' | 'base64' }
  /** A frame of the dialect whose JSON is broken. */
  | { readonly kind: 'malformed'; readonly at: Place }
  /** An error event in a stream, after which it ends. */
  | ({ readonly kind: 'error'; readonly at: Place } & Partial<Omit<Problem, 'body'>>);

/** How bytes leave, beside what they mean. */
export interface Manner {
  /** Code points in one delta of text or arguments; the default is 24. */
  readonly chunk?: number;
  /** Milliseconds between events; 0 sends them all at once. */
  readonly pace?: number;
  /** Bytes in one write, to split events and characters; the default is whole events. */
  readonly slice?: number;
  readonly gzip?: boolean;
  /** Line ends of a stream; the default is `lf`. */
  readonly newline?: 'lf' | 'crlf' | 'cr';
  /** false: `data:{…}` without a space. */
  readonly space?: boolean;
  /** Headers added to the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly anthropic?: AnthropicVariant;
  readonly chat?: ChatVariant;
  readonly bedrock?: BedrockVariant;
  readonly responses?: ResponsesVariant;
  readonly gemini?: GeminiVariant;
}

/** A text to look for: contained, or a regular expression. */
export type TextMatch = string | RegExp | { readonly regex: string; readonly flags?: string };

/** A request that a step is for; every member that is there must hold. */
export interface Match {
  /** The default is `answer`: a token count uses no step up that is not meant for it. */
  readonly operation?: Operation;
  readonly dialect?: string;
  readonly model?: TextMatch;
  /** The last prompt of the user (tool results aside). */
  readonly user?: TextMatch;
  /** `<system-reminder>` passages of the last turn, in which Claude Code tells of background tasks. */
  readonly reminder?: TextMatch;
  /** Anything the user wrote in this conversation. */
  readonly anyUser?: TextMatch;
  readonly system?: TextMatch;
  /** Tools that must all be offered. */
  readonly tools?: readonly string[];
  /** Whether the last turn brings tool results. */
  readonly hasToolResult?: boolean;
  /** Text of one of the tool results of the last turn. */
  readonly toolResult?: TextMatch;
  readonly session?: TextMatch;
  readonly stream?: boolean;
  readonly path?: TextMatch;
  readonly headers?: Readonly<Record<string, TextMatch>>;
}

/** The answer to one request. Without parts it is what the simulator would say anyway. */
export interface Step extends Manner {
  readonly when?: Match | ((asked: Asked) => boolean);
  /** How many requests it answers; the default is 1. */
  readonly times?: number | 'always';
  readonly parts?: readonly Part[];
  readonly stop?: Stop;
  readonly stopSequence?: string;
  readonly stopDetails?: JsonObject;
  /** null: the answer has no usage at all. */
  readonly usage?: UsageNumbers | null;
  /** Model name in the answer; the default is that of the request. */
  readonly model?: string;
  readonly id?: string;
  /** Members added to the answer as they stand, such as `container` or `provider`. */
  readonly members?: JsonObject;
  readonly faults?: readonly Fault[];
}

/** A field that a server does not take: a path (`thinking.display`, `messages.*.role=system`), and what it says then. */
export type RefusedField = string | { readonly field: string; readonly message: string; readonly status?: number };

/** What kind of server the chat dialect plays: which extra fields it takes, and the form of its errors. */
export type Flavor = 'openai' | 'openrouter' | 'litellm' | 'databricks' | 'compatible';

/** What the simulated service takes and what not. */
export interface Rules {
  /** false: nothing is checked but that the body is JSON. */
  readonly strict: boolean;
  readonly flavor: Flavor;
  /** Top-level fields that are taken beside the known ones. */
  readonly allow: readonly string[];
  readonly limits: { readonly maxOutputTokens?: number; readonly contextWindow?: number };
  readonly refuse: {
    readonly fields?: readonly RefusedField[];
    /** Names for `anthropic-beta` that are refused. */
    readonly betas?: readonly string[];
    /** Only these names are taken. */
    readonly betasExcept?: readonly string[];
  };
  /** The model ids that exist; without it every name is taken, and a few are listed. */
  readonly models?: readonly string[];
}

/** What the simulator does. With nothing in it, the prompt says (see `directives.ts`). */
export interface Scenario extends Partial<Rules> {
  /** The first step that fits and is not used up answers; a plain string is a step with that text. */
  readonly steps?: readonly (Step | string)[];
  /** Whose uses of a step are counted together; the default is `all`. */
  readonly per?: 'all' | 'session' | 'conversation';
  /** Asked before the steps; undefined leaves the request to them. */
  readonly answer?: (asked: Asked) => Step | string | undefined;
  /** For every answer, unless its step says otherwise. */
  readonly manner?: Manner;
  /** One answer for all: requests are not read or checked, and the bytes are made once. For benchmarks. */
  readonly constant?: Step;
}

/** A step that is only text may be written as a string. */
export function stepOf(step: Step | string): Step {
  return typeof step === 'string' ? { parts: [step] } : step;
}
