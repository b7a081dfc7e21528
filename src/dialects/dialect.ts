import type { DialectName } from '../canon/content.ts';
import type { EmbedAnswer, EmbedRequest } from '../canon/embedding.ts';
import type { GatewayError } from '../canon/error.ts';
import type { Event, Sink } from '../canon/event.ts';
import type { Folded } from '../canon/fold.ts';
import type { JsonObject } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest, ToolMeaning } from '../canon/request.ts';
import type { Feature } from '../canon/survey.ts';
import type { Usage } from '../canon/usage.ts';

/** Request or response headers, names in lower case. */
export type Headers = { readonly [name: string]: string };

/**
 * Where a provider departs from its language. All are data: a user may set them in YAML for a provider of his own.
 * A quirk says what the server does or wants, never who it is.
 */
export interface Quirks {
  /**
   * Field in which past reasoning travels back to the server; `none`: it wants none of it. `thinking_chunks` (Mistral) and
   * `reasoning_parts` (Databricks) are parts of the content; in `extra_content` Google's servers want the proofs alone, at
   * the calls and texts that they belong to.
   */
  readonly reasoning?:
    | 'reasoning_content'
    | 'reasoning'
    | 'reasoning_details'
    | 'thinking_blocks'
    | 'thinking_chunks'
    | 'reasoning_parts'
    | 'extra_content'
    | 'none';
  /** What stands for the proof of a call that has none, where the server insists on one. */
  readonly call_proof?: string;
  /** How reasoning is asked for: OpenAI's `reasoning_effort`, OpenRouter's `reasoning` object, Anthropic's `thinking`, or not at all. */
  readonly reasoning_request?: 'reasoning_effort' | 'reasoning' | 'thinking' | 'none';
  /** Words for effort that the server takes; the nearest one is sent. */
  readonly efforts?: readonly string[];
  /** Name of the limit on the answer's length. */
  readonly max_tokens?: 'max_tokens' | 'max_completion_tokens';
  /** Most tokens an answer may have; larger wishes are lowered to it. */
  readonly max_output_tokens?: number;
  /** Role of instructions. */
  readonly system_role?: 'system' | 'developer';
  /** Whether system messages may stand in mid-conversation; false: they become user turns. */
  readonly mid_system?: boolean;
  /** Whether content parts may carry Anthropic's `cache_control`. */
  readonly cache_control?: boolean;
  /** Whether `stream_options: {include_usage}` is understood. */
  readonly stream_options?: boolean;
  /** Whether the content of tool results may be an array of parts. */
  readonly tool_result_parts?: boolean;
  /** Whether images, and PDF files, are taken at all. */
  readonly images?: boolean;
  readonly files?: boolean;
  /** How a file is told: OpenAI's `file`, or Mistral's `document_url`, which takes addresses too. */
  readonly file_part?: 'file' | 'document_url';
  /** Whether a JSON schema may be asked for; false: `json_object` with the schema in the instructions. */
  readonly json_schema?: boolean;
  /** Whether the model can be made to call a tool. */
  readonly forced_tools?: boolean;
  /** Cache marks are set for clients that set none, with this time to live. */
  readonly inject_cache?: '5m' | '1h';
  /** Whether calls of one session shall be told to have a prompt in common (`prompt_cache_key`). */
  readonly cache_key?: boolean;
  /** How the server is asked to search the web: a field, a plugin of OpenRouter's, or a tool of that type. Without a word it is not. */
  readonly web_search?: 'web_search_options' | 'plugins' | 'tool';
  /** Word for "must call some tool". */
  readonly tool_choice_required?: 'required' | 'any';
  /** Tool-call ids that the server takes: `nine` = exactly nine letters or digits; `none`: calls have no ids there. */
  readonly tool_ids?: 'any' | 'nine' | 'none';
  /** A request to count tokens as Vertex AI takes it, `bare`, instead of in Gemini's envelope. */
  readonly count_body?: 'bare';
  /** Whether a last message of the assistant has to say that the answer goes on from it (`prefix`). */
  readonly assistant_prefix?: boolean;
  /** Name of the seed. */
  readonly seed?: 'seed' | 'random_seed';
  /** Words for the service tier that the server takes. */
  readonly service_tiers?: readonly string[];
  /** Most stop sequences. */
  readonly stop_max?: number;
  /** Whether `top_k`, `min_p` and `repetition_penalty` are taken. */
  readonly extra_sampling?: boolean;
  /** Field in which the length of vectors is wished for. */
  readonly dimensions?: 'dimensions' | 'output_dimension';
  /** Top-level fields that the server is known to refuse; they are dropped, and said to be. */
  readonly refuses?: readonly string[];
  /** Fields set on every request, over the client's. */
  readonly extra_body?: JsonObject;
}

/** What a request writer needs besides the request. */
export interface WriteOptions {
  readonly quirks: Quirks;
  /** Reports what depends on values and cannot be told from `cannotSay`: clamps, moves, approximations. */
  readonly lose: (loss: Loss) => void;
}

/** A model that can be asked for. */
export interface ModelEntry {
  readonly id: string;
  readonly displayName?: string;
  /** Seconds since 1970. */
  readonly created?: number;
  /** Tokens of prompt and answer together. */
  readonly contextWindow?: number;
  /** Tokens of answer. */
  readonly maxOutput?: number;
  /** Who serves it. */
  readonly owner?: string;
}

/** Reads one streamed answer. Any split of the bytes reads the same events. */
export interface StreamReader {
  /** The chunk is only valid during the call. */
  feed(chunk: Uint8Array): void;
  /** Whether the answer has said how it ends, so that nothing is missing but marks of its end. */
  isComplete?(): boolean;
  /** The bytes are over. Emits what was held back, and an error when the answer was not complete. */
  end(): void;
}

/** How events are numbered, where the language does, in an answer whose beginning has left in another way. */
export interface Numbering {
  /** Of the next event. */
  next: number;
  /** Set by the writer that would still add to what it has written last: ends that. */
  settle?: () => void;
  /** What has been begun and has said nothing yet: the writer begins it, too, and what it says of that has been said. */
  begun?: Begun | undefined;
}

/** An item that was begun, and the events that have told of it so far. */
export interface Begun {
  readonly id: string;
  readonly events: readonly string[];
}

/** Writes one streamed answer as its wire form: text, or bytes where the language is binary. */
export type StreamWriter = (
  write: (piece: string | Uint8Array) => void,
  request: ChatRequest,
  numbering?: Numbering,
) => Sink;

/** How a language counts a prompt's tokens at the provider. */
export interface CountSide {
  /** The body of the counting call, for a request that an answer is not wanted of. */
  writeRequest(request: ChatRequest, options: WriteOptions): JsonObject;
  /** Tokens in the answer; nothing where it tells none. */
  readResponse(body: unknown): number | undefined;
}

/** The language as a provider speaks it. Everything here is synchronous and pure. */
export interface UpstreamSide {
  /**
   * Where the language has model and stream flag in the path (`Dialect.addressed`), they are members of the body here all
   * the same, `model` and `stream`: whoever sends it takes them out.
   */
  writeRequest(request: ChatRequest, options: WriteOptions): JsonObject;
  /** Request headers the language itself demands (`anthropic-version`). */
  headers?(request: ChatRequest): Headers;
  /** @param runs pieces of a string that have come together may be told in one event (`Pieces`). */
  readStream(emit: Sink, runs?: boolean): StreamReader;
  /** A whole answer, already parsed; emits the events of the answer, an `error` when it is not one. */
  readResponse(body: unknown, emit: Sink): void;
  readError(status: number, headers: Headers, body: Uint8Array): GatewayError;
  readonly cannotSay: readonly Feature[];
  /** The provider's own tools that the language has. */
  readonly means?: readonly ToolMeaning['type'][];
  /** False where the language has no place for a PDF; a number where it takes so many documents in a request, and no more. */
  readonly pdf?: false | number;
  /** What the names of tools must look like. Others are sent under a name that fits, and come back under their own. */
  readonly toolNames?: RegExp;
  /** Media type of a streamed answer; server-sent events where it is absent. */
  readonly streamType?: string;
  readonly count?: CountSide;
}

/** How a language goes on from an answer that the server has kept. */
export interface ConversationSide {
  /** What a request says, as the list of items that it may be written as. */
  inputItems(body: JsonObject): JsonObject[];
  /** What of an answer has to stand in front of the next request's items. */
  outputItems(response: JsonObject): JsonObject[];
}

/** The language as a client speaks it. Everything here is synchronous and pure. */
export interface ClientSide {
  /**
   * Lenient about the unknown, strict about contradictions: throws `invalid_request` that names the field. Where the
   * language has model and stream flag in the path, they have been put into the body as `model` and `stream`.
   */
  readRequest(body: JsonObject, headers: Headers): ChatRequest;
  readonly writeStream: StreamWriter;
  /** Set where the writer takes runs, and writes each of their pieces as an event of its own; others get events without. */
  readonly takesRuns?: true;
  /**
   * Set where the reader looks at no more of a turn's long text than its beginning and its end, so that its middle may be
   * left out of what it reads; such texts stand in `content` and `text` of turns and of their blocks, and in a tool's
   * `description`.
   */
  readonly outlined?: true;
  writeResponse(answer: Folded, request: ChatRequest): JsonObject;
  writeError(error: GatewayError, requestId: string): JsonObject;
  writeModel(model: ModelEntry): JsonObject;
  writeModels(models: readonly ModelEntry[]): JsonObject;
  /** The HTTP status the language's clients expect for the error; its own status where this is absent. */
  statusOf?(error: GatewayError): number;
  /** Where clients may go on from an answer by naming it. */
  readonly conversation?: ConversationSide;
  /** Kinds of events the language has no words for. */
  readonly cannotSay: readonly Event['type'][];
  /** Media type of a streamed answer; server-sent events where it is absent. */
  streamType?(request: ChatRequest): string;
  /** The request inside a body that asks for a count; the body itself where this is absent. */
  readCount?(body: JsonObject): JsonObject;
  /** The answer to a request for a count of tokens, where the language has one. */
  writeCount?(tokens: number): JsonObject;
  /** Headers beside an error's body. */
  errorHeaders?(error: GatewayError): Headers;
  /** Whose models' proofs of reasoning the language was made to carry: bare ones are theirs. */
  readonly proofsOf?: string;
  /** What keeps a silent stream alive; empty where the language has nothing that says nothing. */
  readonly ping: string;
  /** A line for people in the midst of a stream, which clients pass over; absent where they would stumble. @param text ASCII, one line. */
  readonly remark?: (text: string) => string;
  /** Set where calls are written when they are whole: one that a client has seen a part of cannot be gone on with. */
  readonly wholeCalls?: true;
  /** Response header in which the language's clients look for the call's id. */
  readonly requestIdHeader: string;
}

/**
 * Watches a stream whose bytes pass untouched between two speakers of the same language: proves each frame legal
 * where it stands, with as little reading as that takes.
 */
export interface PassWatch {
  /** One whole frame, its terminator included. False: not legal here; the translator must take over from this frame. */
  frame(bytes: Buffer, start: number, end: number): boolean;
  /**
   * The short way: where the frame ends that begins at `start`, if it is one of a known form that is legal here, and has
   * been taken; 0 where that cannot be seen at once.
   */
  leap?(bytes: Buffer, start: number): number;
  /** True once the answer has begun: what comes before is comments at best. */
  started(): boolean;
  /** True once the answer is complete, but for `tail`. */
  ended(): boolean;
  /** What an answer that has ended still lacks in form. */
  tail(): string;
  /** Frames that put a fresh reader into the state of this stream. */
  kept(): readonly Uint8Array[];
  /** Blocks opened and closed so far, that a fresh reader fed with `kept` will not have seen. */
  closedBlocks(): number;
  /** Ids of the tool calls among those. */
  calls(): readonly string[];
  /** Ends what is open and has said nothing, of which a fresh reader would not know: what to send for that. */
  settle?(): Uint8Array | undefined;
  /** Number of the next event, where the language numbers them. */
  next?(): number;
  /** What is open and has said nothing, where a fresh reader would not know of it. */
  begun?(): Begun | undefined;
  /** Whether all that has been said is told to be whole, where the language tells that apart from the end of a block. */
  isSettled?(): boolean;
  usage(): Usage;
}

/** How two speakers of the same language are left to themselves. */
export interface PassSide {
  /** Request headers that belong to the language and are sent on. */
  readonly requestHeaders: readonly string[];
  /** Those the language demands, for clients that leave them out. */
  readonly defaultHeaders: Headers;
  /** Response headers that are sent back. */
  readonly responseHeaders: readonly string[];
  watch(): PassWatch;
  /**
   * Usage in the bytes of a whole answer, found without parsing all of it where that is possible; nothing where they are
   * not whole. @param isEnd they are the end of something longer, a stream perhaps.
   */
  usageOf(body: Buffer, isEnd?: boolean): Usage;
  /** Whether a whole answer is such as the language's clients cannot read, though its provider says it in this language. */
  isForeign?(body: Buffer): boolean;
}

/** One request for vectors, and the places of the inputs that it is about. */
export interface EmbedCall {
  readonly body: JsonObject;
  readonly inputs: readonly number[];
}

/** How vectors are asked of a provider. `form` is what the paths of the language call the sort of body. */
export interface EmbedUpstream {
  /** Whether lists of tokens are taken. */
  readonly tokens?: true;
  /** One body, or several where the provider takes fewer inputs at a time. */
  writeRequests(request: EmbedRequest, form: string, options: WriteOptions): readonly EmbedCall[];
  /** @throws bad_upstream where there are no vectors in it. */
  readResponse(body: unknown, headers: Headers, form: string): EmbedAnswer;
}

/** How clients ask for vectors. */
export interface EmbedClient {
  /** @throws invalid_request */
  readRequest(body: JsonObject, form: string): EmbedRequest;
  writeResponse(answer: EmbedAnswer, request: EmbedRequest, form: string): JsonObject;
}

/** How requests for vectors, and vectors, pass between two speakers of the same language. */
export interface EmbedPass {
  /** Changes in the body what this provider wants otherwise. True when there was something. */
  amend(body: JsonObject, model: string, options: WriteOptions): boolean;
  /** The answer as the client wanted it, where the provider's is not so; nothing where it is. */
  corrected?(answer: Buffer, asked: JsonObject): JsonObject | undefined;
  usageOf(answer: Buffer): Usage;
}

/** Vectors for texts. */
export interface EmbedSide {
  readonly upstream?: EmbedUpstream;
  readonly client?: EmbedClient;
  readonly pass?: EmbedPass;
}

/** One wire language, both directions. */
export interface Dialect {
  readonly name: DialectName;
  /** True where model and stream flag are said in the path and not in the body. */
  readonly addressed?: true;
  readonly upstream: UpstreamSide;
  readonly client?: ClientSide;
  readonly pass?: PassSide;
  readonly embed?: EmbedSide;
}
