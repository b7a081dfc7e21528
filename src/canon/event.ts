import type { Citation, DialectName, Ext, Source } from './content.ts';
import type { GatewayError } from './error.ts';
import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/** What a block is, before its content arrives. */
export type BlockHead =
  | { readonly type: 'text'; readonly ext?: Ext }
  | { readonly type: 'thinking'; readonly ext?: Ext }
  /** Encrypted reasoning, whole at once. */
  | { readonly type: 'redacted'; readonly data: string; readonly ext?: Ext }
  | {
      readonly type: 'tool_call';
      readonly id: string;
      readonly name: string;
      readonly kind?: 'custom';
      /** Made by code that runs at the provider; when the answer goes on after it, nobody waits for its result. */
      readonly indirect?: true;
      readonly ext?: Ext;
    }
  | { readonly type: 'refusal' }
  | { readonly type: 'image'; readonly source: Source }
  /** A block only its own language knows; `value` is its start form there. `json` events carry its streamed input. */
  | { readonly type: 'native'; readonly dialect: DialectName; readonly value: JsonObject };

/** Why an answer ended. */
export type FinishReason =
  | 'end'
  | 'length'
  | 'stop_sequence'
  | 'tool_calls'
  | 'pause'
  | 'refusal'
  | 'context_overflow'
  | 'compaction';

/**
 * The pieces in which more of a string came, where one event tells of several: a run. Each is the inside of a JSON string,
 * has no half characters and is not empty; together they say what the event says. They can be asked for as long as the
 * event is being told: they may stand in bytes that others come into.
 */
export interface RunPieces {
  /** Each as `JSON.stringify` writes it. */
  list(): readonly string[];
  /** The bytes of each as a JSON string between the same head and tail; nothing where they are not at hand. */
  between(head: string, tail: string): Uint8Array | undefined;
}

/**
 * One step of an answer. Grammar: `start (open (text|json|signature|citation)* close)* finish`, or `error` at any
 * place, which ends it; `usage` and `native` may stand anywhere between start and end. Blocks are numbered from 0 without gaps, one open at a time.
 */
export type Event =
  /** `usage`: counts known before any content, for languages that state them there; a `usage` event says them as well. */
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly usage?: Usage; readonly ext?: Ext }
  | { readonly type: 'open'; readonly index: number; readonly block: BlockHead }
  /** More text of a text, thinking or refusal block. */
  | { readonly type: 'text'; readonly index: number; readonly text: string; readonly pieces?: RunPieces }
  /** More of a call's arguments, as text. */
  | { readonly type: 'json'; readonly index: number; readonly json: string; readonly pieces?: RunPieces }
  /** The thinking block's proof, whole; a later one replaces it. */
  | { readonly type: 'signature'; readonly index: number; readonly signature: string }
  | { readonly type: 'citation'; readonly index: number; readonly citation: Citation }
  | { readonly type: 'close'; readonly index: number }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** Something only its own language knows: an event, or with `index` a delta of that block. */
  | {
      readonly type: 'native';
      readonly dialect: DialectName;
      readonly index?: number;
      readonly value: JsonObject;
      /** The picture that the block has turned out to be, for languages that do not know the block. */
      readonly picture?: Source;
    }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly stopSequence?: string; readonly ext?: Ext }
  | { readonly type: 'error'; readonly error: GatewayError };

/** Takes the events of one answer, in order, synchronously. */
export type Sink = (event: Event) => void;

/** Stands between a reader and a writer: sees, and may change, what passes. */
export type Tap = (next: Sink) => Sink;
