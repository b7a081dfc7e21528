import { argumentsFor } from '../../canon/custom-tool.ts';
import type { GatewayError } from '../../canon/error.ts';
import type { BlockHead, Event, Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { createMessageWriter } from '../../wire/aws-eventstream.ts';
import type { StreamWriter } from '../dialect.ts';
import { writeEnding, writeImage } from './answer-write.ts';
import { writeCitation } from './citation.ts';
import { writeException } from './error-write.ts';
import { converseName, fieldsOf } from './ext.ts';
import { writeRedacted } from './redacted.ts';
import { isCounted, writeUsage } from './usage.ts';

/** Writes an answer as the events of ConverseStream. */
export const writeStream: StreamWriter = (write): Sink => {
  const writer = new EventWriter(write);
  return (event) => writer.event(event);
};

const writers = new Map<string, (payload: string) => Buffer>();

/** Makes messages of one event; their headers are put together once for all streams. */
function writerOf(name: string): (payload: string) => Buffer {
  let writer = writers.get(name);
  if (writer === undefined) {
    writer = createMessageWriter({
      ':event-type': name,
      ':content-type': 'application/json',
      ':message-type': 'event',
    });
    // Names of events that only providers know are not kept: there may be any number.
    if (knownEvents.has(name)) writers.set(name, writer);
  }
  return writer;
}

const knownEvents: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

/** The block being written. Its deltas differ in one string each, so everything around that string is made once. */
interface OpenBlock {
  readonly head: BlockHead;
  /** Its number for the client; blocks that say nothing have none. */
  number: number | undefined;
  /** Around the string of a text or input delta; empty where the block has no such deltas. */
  readonly before: string;
  readonly after: string;
  input: string;
  signature: string | undefined;
}

class EventWriter {
  readonly #write: (piece: Uint8Array) => void;
  readonly #delta = writerOf('contentBlockDelta');
  #open: OpenBlock | undefined;
  #next = 0;
  #usage: Usage = {};

  constructor(write: (piece: Uint8Array) => void) {
    this.#write = write;
  }

  event(event: Event): void {
    switch (event.type) {
      case 'text':
        return this.#piece(event.text);
      case 'json':
        return this.#json(event.json);
      case 'start':
        this.#usage = event.usage ?? {};
        return this.#say('messageStart', { role: 'assistant' });
      case 'open':
        return this.#begin(event.block);
      case 'signature':
        if (this.#open?.head.type === 'thinking') this.#open.signature = event.signature;
        return;
      case 'citation':
        return this.#cite(writeCitation(event.citation));
      case 'native':
        return this.#native(event);
      case 'close':
        return this.#close();
      case 'usage':
        this.#usage = mergeUsage(this.#usage, event.usage);
        return;
      case 'finish':
        return this.#finish(event);
      case 'error':
        return this.#fail(event.error);
    }
  }

  #cite(citation: JsonObject | undefined): void {
    if (citation !== undefined) this.#inBlock({ citation });
  }

  #say(name: string, event: JsonObject): void {
    this.#write(writerOf(name)(JSON.stringify(event)));
  }

  #begin(head: BlockHead): void {
    const open: OpenBlock = { head, number: undefined, ...around(head), input: '', signature: undefined };
    this.#open = open;
    switch (head.type) {
      case 'tool_call':
        return this.#start({ toolUse: { toolUseId: head.id, name: head.name, ...fieldsOf(head.ext) } });
      case 'redacted':
        return this.#inBlock({ reasoningContent: { redactedContent: writeRedacted(head.data) } });
      case 'image':
        return this.#whole(writeImage(head.source));
      case 'native':
        if (head.dialect === converseName) this.#whole(head.value);
        return;
      default:
        return;
    }
  }

  /** A block that is there at once, as its start and the deltas that a stream has for it. */
  #whole(block: JsonObject): void {
    const { text, toolUse, toolResult, image } = block;
    if (typeof text === 'string') return this.#inBlock({ text });
    if (isObject(toolUse)) {
      const { input, ...start } = toolUse;
      this.#start({ toolUse: start });
      return this.#inBlock({ toolUse: { input: typeof input === 'string' ? input : JSON.stringify(input ?? {}) } });
    }
    if (isObject(toolResult)) {
      const { content, ...start } = toolResult;
      this.#start({ toolResult: start });
      for (const part of objectsIn(content)) this.#inBlock({ toolResult: [part] });
      return;
    }
    if (!isObject(image)) return this.#start(block);
    const { source, error, ...start } = image;
    this.#start({ image: start });
    this.#inBlock({ image: { ...(source !== undefined && { source }), ...(error !== undefined && { error }) } });
  }

  #number(open: OpenBlock): number {
    open.number ??= this.#next++;
    return open.number;
  }

  #start(start: JsonObject): void {
    if (this.#open === undefined) return;
    this.#say('contentBlockStart', { contentBlockIndex: this.#number(this.#open), start });
  }

  #inBlock(delta: JsonObject): void {
    if (this.#open === undefined) return;
    this.#say('contentBlockDelta', { contentBlockIndex: this.#number(this.#open), delta });
  }

  #piece(value: string): void {
    const open = this.#open;
    if (open === undefined || open.before === '') return;
    this.#write(
      this.#delta(`{"contentBlockIndex":${this.#number(open)},${open.before}${JSON.stringify(value)}${open.after}`),
    );
  }

  /** Free text has to become a JSON object before it can be said. */
  #json(value: string): void {
    if (this.#open?.head.type !== 'tool_call') return;
    if (this.#open.head.kind === 'custom') this.#open.input += value;
    else this.#piece(value);
  }

  /** Our own language's: an event, or a delta of a block. */
  #native({ dialect, value }: Extract<Event, { type: 'native' }>): void {
    if (dialect !== converseName) return;
    for (const [name, event] of Object.entries(value)) if (isObject(event)) this.#say(name, event);
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    const { head, signature } = open;
    if (head.type === 'tool_call' && head.kind === 'custom') this.#piece(argumentsFor(open.input));
    if (signature !== undefined) this.#inBlock({ reasoningContent: { signature } });
    this.#open = undefined;
    if (open.number !== undefined) this.#say('contentBlockStop', { contentBlockIndex: open.number });
  }

  #finish({ reason, stopSequence, ext }: Extract<Event, { type: 'finish' }>): void {
    const { stop, beside } = writeEnding(reason, stopSequence, fieldsOf(ext));
    this.#say('messageStop', stop);
    if (!isCounted(this.#usage) && Object.keys(beside).length === 0) return;
    this.#say('metadata', { metrics: { latencyMs: 0 }, usage: writeUsage(this.#usage), ...beside });
  }

  /** What a failed answer has cost so far is told before it fails. */
  #fail(error: GatewayError): void {
    if (isCounted(this.#usage)) this.#say('metadata', { metrics: { latencyMs: 0 }, usage: writeUsage(this.#usage) });
    const { name, body } = writeException(error);
    const headers = { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' };
    this.#write(createMessageWriter(headers)(JSON.stringify(body)));
  }
}

/** What stands around a piece's string in a delta of such a block. */
function around({ type }: BlockHead): { readonly before: string; readonly after: string } {
  switch (type) {
    case 'text':
    case 'refusal':
      return { before: '"delta":{"text":', after: '}}' };
    case 'thinking':
      return { before: '"delta":{"reasoningContent":{"text":', after: '}}}' };
    case 'tool_call':
      return { before: '"delta":{"toolUse":{"input":', after: '}}}' };
    default:
      return { before: '', after: '' };
  }
}
