import type { Block, CacheMark, DialectName, Ext, TextBlock } from './content.ts';
import type { JsonObject } from './json.ts';

/** One turn. Tool results are blocks of a user turn; `system` stands for instructions given in mid-conversation. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: readonly Block[];
  /** The participant's name, where the language has one. */
  readonly name?: string;
  readonly ext?: Ext;
}

/** A tool the client runs. */
export interface FunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments, as the client wrote it. */
  readonly schema: JsonObject;
  readonly strict?: boolean;
  /** Hidden from the model until a `tool_reference` names it. */
  readonly deferred?: boolean;
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

/** A tool whose input is free text, perhaps bound by a grammar. */
export interface CustomTool {
  readonly type: 'custom';
  readonly name: string;
  readonly description?: string;
  readonly format?: JsonObject;
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

/** What several languages have as a tool of the provider's own, in words that all of them share. */
export type ToolMeaning =
  | {
      readonly type: 'web_search';
      readonly maxUses?: number;
      readonly allowedDomains?: readonly string[];
      readonly blockedDomains?: readonly string[];
      /** Approximate place of the user: `city`, `region`, `country`, `timezone`. */
      readonly location?: { readonly [part: string]: string };
    }
  | { readonly type: 'web_fetch' }
  | { readonly type: 'code_execution' };

/** A tool that only its own language knows: server tools, toolsets, versioned client tools. */
export interface NativeTool {
  readonly type: 'native';
  readonly dialect: DialectName;
  readonly name: string;
  readonly value: JsonObject;
  /** Where other languages have the like of it. They write their own and report it as mapped. */
  readonly means?: ToolMeaning;
  readonly cache?: CacheMark;
}

export type Tool = FunctionTool | CustomTool | NativeTool;

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  /** At least one call, of any tool or of one of `allowed`. */
  | { readonly type: 'required'; readonly allowed?: readonly string[] }
  | { readonly type: 'tool'; readonly name: string };

/** How hard to think, from not at all to the utmost. */
export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | (string & {});

export interface Reasoning {
  /** `budget`: up to `budget` tokens; `adaptive`: the model decides, guided by `effort`; `off`: none. */
  readonly mode?: 'off' | 'adaptive' | 'budget' | (string & {});
  readonly effort?: Effort;
  /** Tokens. */
  readonly budget?: number;
  /** Whether the reasoning's text is shown to the client. */
  readonly display?: string;
}

export type OutputFormat =
  | { readonly type: 'json' }
  | {
      readonly type: 'json_schema';
      readonly schema: JsonObject;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
    };

/** Numbers that steer the choice of tokens, as the client gave them; no language accepts all. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
}

/** A call, in nobody's wire format. What only one language has rides in `ext` under its owner's name. */
export interface ChatRequest {
  /** Who spoke: the language the client used. */
  readonly from: DialectName;
  readonly model: string;
  readonly stream: boolean;
  /** Whether the client asked for a streamed answer's usage, where its language gives none unasked. */
  readonly usageInStream?: boolean;
  /** Instructions that precede the conversation. */
  readonly system: readonly TextBlock[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** False: at most one call an answer. */
  readonly parallelTools?: boolean;
  /** Tokens the answer may have. */
  readonly maxTokens?: number;
  readonly sampling: Sampling;
  readonly stop?: readonly string[];
  readonly reasoning?: Reasoning;
  readonly format?: OutputFormat;
  /** Opaque id of the end user. */
  readonly user?: string;
  readonly serviceTier?: string;
  /** How much to say: `low`, `medium`, `high`. */
  readonly verbosity?: string;
  /** Calls with the same key have much of the prompt in common: they are sent where it is cached. */
  readonly cacheKey?: string;
  /** What the client wants to find again in the provider's records. */
  readonly labels?: { readonly [name: string]: string };
  /** Mark the last cacheable block. */
  readonly cache?: CacheMark;
  /** Request headers that belong to the client's language (`anthropic-beta`, ...), lower case. */
  readonly headers?: { readonly [name: string]: string };
  readonly ext?: Ext;
}
