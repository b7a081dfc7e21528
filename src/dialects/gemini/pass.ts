import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject, objectsIn, parseJson, stringIn } from '../../canon/json.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { KeptFrames } from '../../wire/kept-frames.ts';
import { lastMember, lastMembers } from '../../wire/last-members.ts';
import { readFrame } from '../../wire/sse.ts';
import type { PassSide, PassWatch } from '../dialect.ts';
import { readEnding } from './finish.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { partsOf } from './parts-read.ts';
import { TextFrames } from './text-frame.ts';
import { usageIn } from './usage.ts';

/** How two speakers of this language are left to themselves. */
export const pass: PassSide = {
  requestHeaders,
  defaultHeaders: {},
  responseHeaders,
  watch: () => new StreamWatch(),
  usageOf,
};

/** A frame of comments alone. */
const silent = /^(?::[^\r\n]*|[\r\n])*$/;

/** Follows a stream: what matters may stand in any frame, so each form of frame is read once. */
class StreamWatch implements PassWatch {
  readonly #kept = new KeptFrames();
  readonly #texts = new TextFrames(true);
  /** Whether the usage that was told last is still with those frames. */
  #untold = false;
  readonly #calls = new Set<string>();
  /** Whether more of the last call's arguments is to come. */
  #openCall = false;
  #done = false;
  #usage: Usage = {};

  frame(bytes: Buffer, start: number, end: number): boolean {
    this.#tell();
    const chunk = this.#read(bytes, start, end);
    if (!isObject(chunk)) {
      this.#texts.forget();
      return chunk;
    }
    this.#texts.learn(bytes.subarray(start, end), chunk);
    return true;
  }

  leap(bytes: Buffer, start: number): number {
    // Behind the end, each is kept.
    if (this.#done) return 0;
    const end = this.#texts.end(bytes, start);
    if (end > 0) this.#untold = true;
    return end;
  }

  /** What a legal frame says, if anything; whether it is legal. */
  #read(bytes: Buffer, start: number, end: number): JsonObject | boolean {
    if (!isUtf8(bytes.subarray(start, end))) return false;
    const { event, data } = readFrame(bytes, start, end);
    // Comments and blank lines are nothing to any client.
    if (data === undefined) return silent.test(bytes.toString('latin1', start, end));
    if (event !== '' || !isWhole(data)) return false;
    const chunk = parseJson(data);
    if (!isObject(chunk)) return false;
    // Whoever hears of a failure may still make it good.
    if (isObject(chunk.error)) return false;
    const candidates = objectsIn(chunk.candidates);
    const first = this.#kept.size === 0;
    if (first && candidates.length === 0 && !isObject(chunk.promptFeedback)) return false;
    // In the middle of a call nobody can take over.
    if (!first && candidates.length === 0 && !isObject(chunk.usageMetadata) && !this.#openCall) return false;
    if (!candidates.every((candidate) => this.#follow(candidate))) return false;
    if (isObject(chunk.promptFeedback) && chunk.promptFeedback.blockReason !== undefined) this.#done = true;
    const usage = usageIn(chunk);
    if (usage !== undefined) this.#usage = mergeUsage(this.#usage, usage);
    // A reader has to know of the answer's name, of every call and of the end.
    if (first || this.#done || data.includes('"functionCall"')) this.#kept.keep(bytes, start, end);
    return chunk;
  }

  #tell(): void {
    const usage = this.#untold ? this.#texts.usage() : undefined;
    this.#untold = false;
    if (usage !== undefined) this.#usage = mergeUsage(this.#usage, usage);
  }

  started(): boolean {
    return this.#kept.size > 0;
  }

  ended(): boolean {
    return this.#done && !this.#openCall;
  }

  tail(): string {
    return '';
  }

  kept(): readonly Uint8Array[] {
    return this.#kept.list();
  }

  // Blocks and calls have no number in this language, and frames with calls are kept whole.
  closedBlocks(): number {
    return 0;
  }

  calls(): readonly string[] {
    return [];
  }

  usage(): Usage {
    this.#tell();
    return this.#usage;
  }

  #follow(candidate: JsonObject): boolean {
    if ((candidate.index ?? 0) !== 0) return true;
    for (const part of partsOf(candidate.content)) if (!this.#part(part)) return false;
    const word = stringIn(candidate.finishReason);
    if (word !== undefined && word !== '') {
      this.#done = true;
      const ending = readEnding(word, candidate);
      // An answer that the limit has cut may end in the middle of an argument, one that has failed anywhere.
      if (!('reason' in ending) || ending.reason === 'length') this.#openCall = false;
    }
    return true;
  }

  #part(part: JsonObject): boolean {
    const call = part.functionCall;
    if (!isObject(call)) return true;
    const id = stringIn(call.id) ?? '';
    if (stringIn(call.name) !== undefined && call.name !== '') {
      // The client would run the tool twice, or go on in the middle of another call.
      if (this.#openCall || (id !== '' && this.#calls.has(id))) return false;
      if (id !== '') this.#calls.add(id);
    }
    this.#openCall = call.willContinue === true;
    return true;
  }
}

/** Whether all characters are whole: no halves of a pair on their own. */
function isWhole(data: string): boolean {
  if (!data.includes('\\u')) return true;
  // Writing it again escapes a half and nothing else of its kind.
  return !/\\ud[89a-f]/.test(JSON.stringify(parseJson(data)) ?? '');
}

/** Usage stands near the end of a whole answer, so it is looked for from there; all is parsed only where that fails. */
function usageOf(body: Buffer, isEnd = false): Usage {
  const answer =
    (isEnd ? lastMember(body, 'usageMetadata') : lastMembers(body, 'usageMetadata')) ?? parseJson(body.toString());
  return (isObject(answer) ? usageIn(answer) : undefined) ?? {};
}
