import type { DialectName } from '../../../src/canon/content.ts';
import type { JsonObject } from '../../../src/canon/json.ts';

/** A tool that a client offers. */
export interface Offered {
  readonly name: string;
  /** Its input is free text. */
  readonly free?: true;
}

/** What an official SDK made of an answer. */
export interface Heard {
  /** In the form of a whole answer. */
  readonly answer: JsonObject;
  /** Events of the stream as the SDK gave them, for fields that it does not put together. */
  readonly events?: readonly JsonObject[];
  /** What a program adds to the conversation to go on from it. */
  readonly turn: readonly JsonObject[];
}

/** Somebody who uses an official SDK. */
export interface Client {
  readonly language: DialectName;
  /** A question with these tools and reasoning wished for, as the SDK's parameters. */
  ask(model: string, tools: readonly Offered[]): JsonObject;
  /** Throws what the SDK throws. */
  whole(url: string, params: JsonObject): Promise<Heard>;
  streamed(url: string, params: JsonObject): Promise<Heard>;
  /** The same conversation with the answer in it and a result for each call; a plain question where there are none. */
  goOn(params: JsonObject, heard: Heard, result: string): JsonObject;
}

export const question = 'What is to be done?';
export const furtherQuestion = 'And now?';
export const toolSchema = { type: 'object', properties: {}, additionalProperties: true };
