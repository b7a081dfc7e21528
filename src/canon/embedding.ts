import type { DialectName, Ext } from './content.ts';
import { GatewayError } from './error.ts';
import type { Loss } from './loss.ts';
import type { Usage } from './usage.ts';

/** What a vector is wanted for. A service that knows the wish makes another vector of the same text. */
export type EmbedTask =
  | 'search_document'
  | 'search_query'
  | 'classification'
  | 'clustering'
  | 'similarity'
  | 'question_answering'
  | 'fact_verification'
  | 'code_query'
  | (string & {});

/** What becomes one vector. */
export interface EmbedInput {
  /** A text, or tokens of the vocabulary that OpenAI's models of this kind have. */
  readonly content: string | readonly number[];
  readonly task?: EmbedTask;
  /** Of the document that the text is from. */
  readonly title?: string;
}

/** A wish for vectors, in nobody's wire format. */
export interface EmbedRequest {
  /** Who spoke: the language the client used. */
  readonly from: DialectName;
  readonly model: string;
  readonly inputs: readonly EmbedInput[];
  /** Members that a vector shall have. */
  readonly dimensions?: number;
  /** Where an input that is too long may be cut; `none`: it is an error. */
  readonly truncate?: 'none' | 'start' | 'end';
  /** How the client wants a vector written; as numbers where it does not say. */
  readonly encoding?: 'float' | 'base64';
  /** Opaque id of the end user. */
  readonly user?: string;
  readonly ext?: Ext;
}

/** The members of one vector. */
export type Vector = ArrayLike<number>;

/** Vectors in the order of the inputs. */
export interface EmbedAnswer {
  readonly vectors: readonly Vector[];
  readonly usage: Usage;
  /** The provider's name of the model, where it tells. */
  readonly model?: string;
}

/** A vector as base64 of 32-bit floating-point numbers, the lowest byte first. */
export function base64Of(vector: Vector): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}

/** The vector in such a text. */
export function vectorIn(base64: string): Vector {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
}

/** The text of an input, for services that take no tokens: those have become text before. @throws invalid_request */
export function textOf({ inputs }: EmbedRequest, i: number): string {
  const content = inputs[i]?.content;
  if (typeof content === 'string') return content;
  throw new GatewayError('invalid_request', `input[${i}]: the provider embeds texts, not tokens.`, { param: 'input' });
}

/** An answer that is none. */
export function noVectors(): GatewayError {
  return new GatewayError('bad_upstream', 'The provider answered with something that holds no embeddings.');
}

/** Inputs for the same task together, at most `most` of them, by their places: for services that are told one task a call. */
export function inputGroups(request: EmbedRequest, most: number, together: boolean): number[][] {
  const groups: number[][] = [];
  const open = new Map<string | undefined, number[]>();
  for (const [i, { task }] of request.inputs.entries()) {
    const key = together ? undefined : task;
    let group = open.get(key);
    if (group === undefined || group.length >= most) {
      group = [];
      groups.push(group);
      open.set(key, group);
    }
    group.push(i);
  }
  return groups;
}

/** Fields that only the language of the client could have said. */
export function embedLosses({ from, ext }: EmbedRequest, target: DialectName): Loss[] {
  if (from === target) return [];
  return Object.keys(ext?.[from] ?? {}).map((path) => ({ what: 'dropped', path, why: `known to ${from} only` }));
}
