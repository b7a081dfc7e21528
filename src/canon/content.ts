import type { JsonObject } from './json.ts';

/** Names of the wire languages. A name tags whatever only its own language can say (`native`, `ext`). */
export type DialectName = 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini' | 'bedrock-converse' | 'cohere';

/** Fields that only one language has, kept under their owner's name so that they can go home unchanged. */
export type Ext = { readonly [owner in DialectName]?: JsonObject };

/** "Cache the prompt up to here." `ttl` is the provider's word for how long, `5m` where none is said. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h' | (string & {});
}

/** Where the bytes of an image, document or recording are. */
export type Source =
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file that lies with a provider: `owner` says whose id it is. */
  | { readonly type: 'file'; readonly id: string; readonly owner: DialectName };

/** A claim's source. Positions count UTF-16 units in the text they speak of; `native` is the owner's own object, whole. */
export interface Citation {
  readonly kind: 'url' | 'char' | 'page' | 'block' | 'search_result' | 'file' | 'unknown';
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  /** Where in the answer's text the claim stands. */
  readonly start?: number;
  readonly end?: number;
  readonly native?: { readonly dialect: DialectName; readonly value: JsonObject };
}

interface Marked {
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

export interface TextBlock extends Marked {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

export interface ImageBlock extends Marked {
  readonly type: 'image';
  readonly source: Source;
  readonly detail?: string;
}

export interface AudioBlock extends Marked {
  readonly type: 'audio';
  readonly source: Source;
}

export interface VideoBlock extends Marked {
  readonly type: 'video';
  readonly source: Source;
}

/** A document: bytes (PDF), plain text, or parts of its own. */
export interface DocumentBlock extends Marked {
  readonly type: 'document';
  readonly source:
    | Source
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'parts'; readonly parts: readonly Block[] };
  readonly title?: string;
  readonly context?: string;
  /** Whether the model shall cite from it. */
  readonly citations?: boolean;
}

/** A search hit handed to the model as a citable source. */
export interface SearchResultBlock extends Marked {
  readonly type: 'search_result';
  readonly source: string;
  readonly title: string;
  readonly content: readonly Block[];
  readonly citations?: boolean;
}

/**
 * Reasoning. `signature` is what its issuer wants to see again with it, opaque: a proof, or the reasoning itself encrypted,
 * `text` being a summary or empty. `redacted` is reasoning that was encrypted from the start, whole. Without either it is
 * plain text that no provider will ask back. A language that keeps such proofs on calls or text (Gemini) reads them as a
 * block of their own, with an empty text where there is none: before the call, after the text. `ext` of the issuer's
 * language is what must come back beside the proof (the id of an item).
 */
export interface ThinkingBlock extends Marked {
  readonly type: 'thinking';
  readonly text: string;
  readonly signature?: string;
  readonly redacted?: string;
}

/** A tool call by the model. `json` is the arguments' text as produced: normally a JSON object; for `custom` tools free text. */
export interface ToolCallBlock extends Marked {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  readonly json: string;
  readonly kind?: 'custom';
}

export interface ToolResultBlock extends Marked {
  readonly type: 'tool_result';
  readonly id: string;
  readonly content: readonly Block[];
  readonly isError?: boolean;
}

/** Names a deferred tool that the model may use from here on. */
export interface ToolReferenceBlock extends Marked {
  readonly type: 'tool_reference';
  readonly name: string;
}

export interface RefusalBlock extends Marked {
  readonly type: 'refusal';
  readonly text: string;
}

/** A block that only its own language knows (server tools, compaction, ...), whole. */
export interface NativeBlock extends Marked {
  readonly type: 'native';
  readonly dialect: DialectName;
  readonly value: JsonObject;
}

export type Block =
  | TextBlock
  | ImageBlock
  | AudioBlock
  | VideoBlock
  | DocumentBlock
  | SearchResultBlock
  | ThinkingBlock
  | ToolCallBlock
  | ToolResultBlock
  | ToolReferenceBlock
  | RefusalBlock
  | NativeBlock;
