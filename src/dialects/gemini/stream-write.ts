import type { Event, Sink } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { answerHead, writeCandidate } from './answer-frame.ts';
import { AnswerParts, type PartSink } from './answer-parts.ts';
import { writeError } from './error-write.ts';
import { fieldsOf, geminiName } from './ext.ts';
import { asksForArray } from './framing.ts';
import { writeUsage } from './usage.ts';

/** Writes one streamed answer: server-sent events, or one JSON array for clients that asked for none. */
export function writeStream(write: (piece: string) => void, request: ChatRequest): Sink {
  const writer = new ChunkWriter(write, request);
  return (event) => writer.event(event);
}

/** What is the same in all chunks is put together once; per piece of text only the text is made into JSON. */
class ChunkWriter implements PartSink {
  readonly #write: (piece: string) => void;
  readonly #request: ChatRequest;
  readonly #array: boolean;
  readonly #parts = new AnswerParts(this);
  /** Before a chunk and after it: the frame of an event, or what separates elements. */
  #before: string;
  readonly #after: string;
  /** From the parts' end to the chunk's. */
  #tail = '';
  #head: JsonObject = {};
  /** Fields that need saying but once, in the first chunk. */
  #once: JsonObject = {};
  #usage: Usage = {};
  #empty = true;

  constructor(write: (piece: string) => void, request: ChatRequest) {
    this.#write = write;
    this.#request = request;
    this.#array = asksForArray(request);
    this.#before = this.#array ? '[' : 'data: ';
    this.#after = this.#array ? '' : '\n\n';
  }

  event(event: Event): void {
    switch (event.type) {
      case 'start':
        this.#usage = event.usage ?? {};
        this.#once = fieldsOf(event.ext) ?? {};
        this.#head = answerHead(event, this.#request);
        this.#tail = `],"role":"model"},"index":0}],${JSON.stringify(this.#head).slice(1)}`;
        return;
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage);
        return;
      case 'native':
        if (event.dialect === geminiName) this.#chunk({ ...event.value, ...this.#head });
        return;
      case 'finish':
        return this.#finish(event);
      case 'error':
        this.#frame(JSON.stringify({ ...writeError(event.error, ''), ...this.#told() }));
        return this.#end();
      default:
        if (event.type !== 'open') this.#empty = false;
        return this.#parts.event(event);
    }
  }

  text(text: string, thought: boolean): void {
    const json = JSON.stringify(text);
    this.#content(thought ? `{"text":${json},"thought":true}` : `{"text":${json}}`);
  }

  part(part: JsonObject): void {
    this.#content(JSON.stringify(part));
  }

  #content(part: string): void {
    let tail = this.#tail;
    if (Object.keys(this.#once).length > 0) {
      tail = `${tail.slice(0, -1)},${JSON.stringify(this.#once).slice(1)}`;
      this.#once = {};
    }
    this.#frame(`{"candidates":[{"content":{"parts":[${part}${tail}`);
  }

  #chunk(chunk: JsonObject): void {
    this.#frame(JSON.stringify({ ...chunk, ...this.#once }));
    this.#once = {};
  }

  #frame(json: string): void {
    this.#write(this.#before + json + this.#after);
    if (this.#array) this.#before = ',\r\n';
  }

  #end(): void {
    if (this.#array) this.#write(']');
  }

  /** The answer's name, and what it has cost so far. */
  #told(): JsonObject {
    const hasUsage = Object.keys(this.#usage).length > 0;
    return { ...(hasUsage && { usageMetadata: writeUsage(this.#usage) }), ...this.#head };
  }

  #finish(event: Extract<Event, { type: 'finish' }>): void {
    this.#parts.finish();
    const { candidate: ownCandidate, ...own } = fieldsOf(event.ext) ?? {};
    const isBlocked = own.promptFeedback !== undefined && this.#empty && event.reason === 'refusal';
    const candidate = writeCandidate([], event, ownCandidate, this.#parts.grounding);
    this.#chunk({ ...(!isBlocked && { candidates: [candidate] }), ...this.#told(), ...own });
    this.#end();
  }
}
