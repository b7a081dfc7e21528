import type { Ext, ToolCallBlock } from '../../canon/content.ts';
import type { BlockHead, Event, Sink } from '../../canon/event.ts';
import { mergeExt } from '../../canon/ext.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import type { Numbering } from '../dialect.ts';
import { writeMadeImage } from './answer-items.ts';
import { logprobsType } from './answer-line.ts';
import { CallWriter } from './call-writer.ts';
import { writeFailure } from './error-write.ts';
import { EventWriter } from './event-writer.ts';
import { ownFields, responsesName } from './ext.ts';
import { writeEnding } from './finish.ts';
import { madeItemId, redactedId } from './item-id.ts';
import { addItem, doneItem, type ItemPlace, MessageWriter, ReasoningWriter, writeProgress } from './item-writer.ts';
import { type ResponseHead, type ResponseState, responseHead } from './response-object.ts';

/** Writes an answer as the events of a response. */
export function writeStream(write: (text: string) => void, request: ChatRequest, numbering?: Numbering): Sink {
  const writer = new ResponseWriter(write, request, numbering);
  return (event) => writer.event(event);
}

type TextHead = Extract<BlockHead, { type: 'text' | 'refusal' | 'thinking' }>;

/** Puts an answer's blocks into items, and tells of each as it grows; what they add up to is the response. */
export class ResponseWriter {
  readonly #events: EventWriter;
  readonly #request: ChatRequest;
  readonly #output: JsonObject[] = [];
  #head: ResponseHead | undefined;
  #echo = '{}';
  /** The item that may still grow: a message waits for its next part, reasoning for its summary. */
  #message: MessageWriter | undefined;
  #reasoning: ReasoningWriter | undefined;
  #call: CallWriter | undefined;
  #native: JsonObject | undefined;
  /** The open block, as long as it has said nothing: blocks without content are no items. */
  #waiting: TextHead | undefined;
  #thinking: 'summary' | 'content' = 'summary';
  #refused = false;
  #usage: Usage | undefined;
  #ext: Ext | undefined;
  #last: JsonObject | undefined;

  /** @param write nothing where only the response is wanted. */
  constructor(write: ((text: string) => void) | undefined, request: ChatRequest, numbering?: Numbering) {
    this.#events = new EventWriter(write, numbering);
    if (numbering !== undefined) numbering.settle = () => this.#endItems();
    this.#request = request;
  }

  /** The response as it was when it ended. */
  response(): JsonObject {
    return this.#last ?? {};
  }

  event(event: Event): void {
    switch (event.type) {
      case 'text':
        return this.#text(event.text);
      case 'json':
        return this.#call?.json(event.json);
      case 'start':
        return this.#start(event);
      case 'open':
        return this.#open(event.block);
      case 'close':
        return this.#close();
      case 'signature':
        this.#reasoningItem().proof = event.signature;
        return;
      case 'citation':
        this.#beginPart();
        return this.#message?.citation(event.citation);
      case 'usage':
        this.#usage = this.#usage === undefined ? event.usage : mergeUsage(this.#usage, event.usage);
        return;
      case 'native':
        return this.#beside(event);
      case 'finish':
        return this.#finish(event);
      case 'error':
        return this.#fail(event);
    }
  }

  #start(event: Extract<Event, { type: 'start' }>): void {
    this.#head = responseHead(event, this.#request);
    this.#echo = JSON.stringify(this.#head.echo);
    for (const type of ['response.created', 'response.in_progress']) this.#tell(type, { status: 'in_progress' });
  }

  /** The response as it is now. */
  #tell(type: string, ending: JsonObject, usage?: Usage): void {
    if (this.#head === undefined) return;
    const state: ResponseState = { ending, output: this.#output, usage, ext: this.#ext };
    const response = this.#head.at(state);
    // What the provider says of itself counts more than what was asked for.
    const echo = Object.keys(this.#head.echo).some((field) => field in response);
    this.#last = { ...this.#head.echo, ...response };
    if (echo) this.#events.event(type, { response: this.#last });
    else this.#events.response(type, response, this.#echo);
  }

  #open(head: BlockHead): void {
    switch (head.type) {
      case 'text':
      case 'refusal':
        this.#endReasoning();
        this.#waiting = head;
        return;
      case 'thinking':
        this.#endMessage();
        this.#waiting = head;
        this.#thinking = ownFields(head.ext).shown === 'content' ? 'content' : 'summary';
        if (!this.#continues(head)) this.#endReasoning();
        return;
      case 'redacted':
        return this.#whole({
          type: 'reasoning',
          id: redactedId(head.data),
          summary: [],
          encrypted_content: head.data,
          ...ownFields(head.ext),
        });
      case 'tool_call':
        return this.#openCall(head);
      case 'image':
        return this.#image(head);
      case 'native':
        if (head.dialect === responsesName) this.#openNative(head.value);
        return;
    }
  }

  /** The item's own text and its summary are two blocks of one item. */
  #continues({ ext }: TextHead & { readonly ext?: Ext }): boolean {
    const { id } = ownFields(ext);
    return id !== undefined && this.#reasoning?.about.id === id && this.#reasoning.proof === undefined;
  }

  #text(text: string): void {
    if (this.#waiting?.type === 'thinking') return this.#reasoningItem().text(this.#thinking, text);
    this.#beginPart();
    this.#message?.text(text);
  }

  /** The message whose part the open block is; a part of the last one where that remembers the same. */
  #beginPart(): void {
    const head = this.#waiting;
    if (head === undefined || head.type === 'thinking') return;
    this.#waiting = undefined;
    this.#messageFor(head.type === 'text' ? ownFields(head.ext) : undefined).begin(
      head.type === 'refusal' ? 'refusal' : 'output_text',
    );
    this.#refused ||= head.type === 'refusal';
  }

  #messageFor(about: JsonObject | undefined): MessageWriter {
    const open = this.#message;
    if (open !== undefined && (about === undefined || JSON.stringify(open.about) === JSON.stringify(about)))
      return open;
    this.#endMessage();
    const made = new MessageWriter(this.#place(), this.#id('message'), about ?? {});
    this.#message = made;
    return made;
  }

  #reasoningItem(): ReasoningWriter {
    const head = this.#waiting;
    const { shown: _, ...about } = head?.type === 'thinking' ? ownFields(head.ext) : {};
    this.#reasoning ??= new ReasoningWriter(this.#place(), this.#id('reasoning'), about);
    return this.#reasoning;
  }

  #openCall(head: Extract<BlockHead, { type: 'tool_call' }>): void {
    this.#endItems();
    const { indirect: _, ...call } = head;
    const block: ToolCallBlock = { ...call, json: '' };
    this.#call = new CallWriter(this.#place(), block, this.#request.tools, (type) => this.#id(type));
  }

  #openNative(value: JsonObject): void {
    if (value.type === 'content_part' && isObject(value.part)) {
      const { type: _, part, ...about } = value;
      this.#endReasoning();
      return this.#messageFor(about).native(part);
    }
    this.#endItems();
    this.#native = { ...value, ...(value.id === undefined && { id: this.#id(value.type) }) };
    addItem(this.#place(), this.#native);
    writeProgress(this.#place(), this.#native, 'begin');
  }

  #image({ source }: Extract<BlockHead, { type: 'image' }>): void {
    if (source.type === 'base64')
      return this.#whole({ id: this.#id('image_generation_call'), ...writeMadeImage(source, {}) });
    const where = source.type === 'url' ? { image_url: source.url } : { file_id: source.id };
    const id = this.#id('image_generation_call');
    this.#whole({ id, type: 'image_generation_call', status: 'completed', result: null, ...where });
  }

  #whole(item: JsonObject): void {
    this.#endItems();
    addItem(this.#place(), item);
    doneItem(this.#place(), item);
    this.#output.push(item);
  }

  #close(): void {
    if (this.#call !== undefined) this.#output.push(this.#call.done());
    if (this.#native !== undefined) {
      writeProgress(this.#place(), this.#native, 'end');
      doneItem(this.#place(), this.#native);
      this.#output.push(this.#native);
    }
    this.#call = undefined;
    this.#native = undefined;
    this.#waiting = undefined;
    this.#message?.end();
    if (this.#reasoning?.proof !== undefined) this.#endReasoning();
  }

  /** Of a native block, of a text, or of nothing in particular. */
  #beside({ dialect, index, value }: Extract<Event, { type: 'native' }>): void {
    // What has no name nobody can listen for.
    if (dialect !== responsesName || typeof value.type !== 'string') return;
    if (value.type === logprobsType) {
      if (Array.isArray(value.logprobs)) this.#message?.logprobs(value.logprobs);
      return;
    }
    if (index !== undefined) {
      if (this.#native !== undefined) this.#native = { ...this.#native, ...value };
      return;
    }
    const place = this.#native === undefined ? {} : { output_index: this.#output.length, item_id: this.#native.id };
    this.#events.event(value.type, { ...value, ...place });
  }

  #finish(event: Extract<Event, { type: 'finish' }>): void {
    const cut = event.reason === 'length' || event.reason === 'context_overflow';
    this.#endItems(cut);
    this.#ext = mergeExt(this.#ext, event.ext);
    const ending = writeEnding(event, this.#refused);
    const { incomplete_details: details, ...own } = ownFields(this.#ext);
    if (details !== undefined) {
      this.#ext = { [responsesName]: own };
      Object.assign(ending, { status: 'incomplete', incomplete_details: details, stop_reason: undefined });
    }
    this.#tell(ending.status === 'incomplete' ? 'response.incomplete' : 'response.completed', ending, this.#usage);
  }

  #fail({ error }: Extract<Event, { type: 'error' }>): void {
    const failure = writeFailure(error);
    if (this.#head !== undefined) {
      return this.#tell('response.failed', { status: 'failed', error: failure }, this.#usage);
    }
    this.#last = { error: failure };
    this.#events.event('error', {
      ...failure,
      param: error.details.param ?? null,
      error: { type: 'error', ...failure },
    });
  }

  #endItems(cut = false): void {
    this.#endMessage(cut);
    this.#endReasoning();
  }

  #endMessage(cut = false): void {
    if (this.#message !== undefined) this.#output.push(this.#message.done(cut));
    this.#message = undefined;
  }

  #endReasoning(): void {
    if (this.#reasoning !== undefined) this.#output.push(this.#reasoning.done());
    this.#reasoning = undefined;
  }

  #place(): ItemPlace {
    return { events: this.#events, index: this.#output.length };
  }

  #id(type: unknown): string {
    return madeItemId(type, this.#head?.id ?? '', this.#output.length);
  }
}
