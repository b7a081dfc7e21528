import type { Fault, Step } from '../../src/simulator/index.ts';
import type { GatewayConfig } from '../gateway-process.ts';
import type { Json } from './json.ts';

/** Languages that an upstream may speak. */
export const languages = [
  'anthropic',
  'openai-chat',
  'openai-responses',
  'gemini',
  'bedrock-converse',
  'cohere',
] as const;

/** The language of an upstream. */
export type Language = (typeof languages)[number];

/** Who says a piece of a conversation. */
export type Speaker = 'system' | 'user' | 'model';

/** What stories need to know of a language: where things stand in requests, and how its servers differ. */
export interface Grammar {
  /** Follows the origin in the address that is configured. */
  readonly base: '' | '/v1';
  /** What the upstream calls the model that clients call `claude-...`, `gpt-...` and so on. */
  readonly model: string;
  /** Members for the provider's entry where past thinking is wanted back only if they say so. */
  readonly remembers: GatewayConfig;
  /** Whether past thinking goes back as it was told, or as a proof that stands for it. */
  readonly thoughtsReturn: 'told' | 'proven';
  /** How a server says that it has too much to do. */
  readonly busy: Extract<Fault, { readonly kind: 'status' }>;
  /** How a server says that a prompt of 9000 tokens is too long, where it tells the numbers. */
  readonly tooLong: Fault;
  /** Whether `tooLong` tells how long the prompt is, and how long it may be. */
  readonly tellsLength: boolean;
  /** Whether the language has a word for an answer that was refused. */
  readonly refuses: boolean;
  /** Whether texts that follow each other stay apart. */
  readonly textsApart: boolean;
  /** Whether tokens written to a cache are counted by themselves. */
  readonly countsCacheWrites: boolean;
  /** Whether pictures, and PDF files, are taken. */
  readonly takes: { readonly pictures: boolean; readonly documents: boolean };
  /** Ways to write one and the same answer, as servers are known to do. */
  readonly manners: Readonly<Record<string, Step>>;
  /** What stands before the conversation: tools and instructions. */
  preamble(body: Json): readonly unknown[];
  /** The conversation in pieces, oldest first, without marks of caches, which move about. */
  pieces(body: Json): readonly Json[];
  speaker(piece: Json): Speaker;
  /** The names of the tools that are offered. */
  tools(body: Json): readonly string[];
  /** Ids of the calls, and of the results, in a piece. */
  calls(piece: Json): readonly string[];
  results(piece: Json): readonly string[];
  /** Whether the server has kept what was said before. */
  goesOn?(body: Json): boolean;
  /** What a piece holds of earlier thinking. */
  thoughts(piece: Json): readonly string[];
  /** What `effort` finds where a high one was asked for, in small letters. */
  readonly highEffort: string;
  /** The effort that is asked for. */
  effort(body: Json): unknown;
  /** The most tokens that an answer may have. */
  most(body: Json): unknown;
}
