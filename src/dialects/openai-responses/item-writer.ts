import type { Citation } from '../../canon/content.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { writeAnnotation, writeFileAnnotation } from './citation.ts';
import type { Delta, EventWriter } from './event-writer.ts';
import { responsesName } from './ext.ts';

/** Where an item stands: its number, and whom it tells. */
export interface ItemPlace {
  readonly events: EventWriter;
  readonly index: number;
}

/** The beginning and the end of an item. */
export function addItem({ events, index }: ItemPlace, item: JsonObject): void {
  events.event('response.output_item.added', { output_index: index, item });
}

export function doneItem({ events, index }: ItemPlace, item: JsonObject): void {
  events.event('response.output_item.done', { output_index: index, item });
}

/** A part of a message while it is written. */
interface Part {
  readonly kind: 'output_text' | 'refusal';
  text: string;
  readonly annotations: JsonObject[];
  /** Sources that wait for the end of the text. */
  readonly held: Citation[];
  logprobs: readonly unknown[];
  readonly delta: Delta;
}

/** Writes a message, part by part. */
export class MessageWriter {
  readonly about: JsonObject;
  readonly #place: ItemPlace;
  readonly #id: string;
  readonly #content: JsonObject[] = [];
  #part: Part | undefined;

  constructor(place: ItemPlace, id: string, about: JsonObject) {
    this.#place = place;
    this.about = about;
    this.#id = stringIn(about.id) ?? id;
    addItem(place, this.#item('in_progress'));
  }

  begin(kind: Part['kind']): void {
    const where = this.#where();
    const { events } = this.#place;
    const isText = kind === 'output_text';
    const delta = isText
      ? events.delta('response.output_text.delta', { ...where, logprobs: [] })
      : events.delta('response.refusal.delta', where);
    this.#part = { kind, text: '', annotations: [], held: [], logprobs: [], delta };
    events.event('response.content_part.added', { ...where, part: partOf(this.#part) });
  }

  text(text: string): void {
    if (this.#part === undefined) return;
    this.#part.text += text;
    this.#place.events.more(this.#part.delta, text);
  }

  /** What does not say which part of the text it speaks of speaks of all of it, and so has to wait for its end. */
  citation(citation: Citation): void {
    const part = this.#part;
    if (part === undefined) return;
    if (citation.end === undefined && citation.native?.dialect !== responsesName) part.held.push(citation);
    else this.#annotate(part, citation);
  }

  #annotate(part: Part, citation: Citation): void {
    const { length } = part.text;
    const annotation = writeAnnotation(citation, length) ?? writeFileAnnotation(citation, length);
    if (annotation === undefined) return;
    this.#place.events.event('response.output_text.annotation.added', {
      ...this.#where(),
      annotation_index: part.annotations.length,
      annotation,
    });
    part.annotations.push(annotation);
  }

  logprobs(logprobs: readonly unknown[]): void {
    if (this.#part !== undefined) this.#part.logprobs = logprobs;
  }

  /** A part that only this language knows. */
  native(part: JsonObject): void {
    const where = this.#where();
    this.#place.events.event('response.content_part.added', { ...where, part });
    this.#place.events.event('response.content_part.done', { ...where, part });
    this.#content.push(part);
  }

  end(): void {
    const part = this.#part;
    if (part === undefined) return;
    const { events } = this.#place;
    const where = this.#where();
    for (const citation of part.held) this.#annotate(part, citation);
    if (part.kind === 'refusal') events.event('response.refusal.done', { ...where, refusal: part.text });
    else events.event('response.output_text.done', { ...where, text: part.text, logprobs: part.logprobs });
    const whole = partOf(part);
    events.event('response.content_part.done', { ...where, part: whole });
    this.#content.push(whole);
    this.#part = undefined;
  }

  /** @param cut the answer's limit has been reached in it. */
  done(cut: boolean): JsonObject {
    this.end();
    const item = this.#item(cut ? 'incomplete' : 'completed');
    doneItem(this.#place, item);
    return item;
  }

  #where(): JsonObject {
    return { item_id: this.#id, output_index: this.#place.index, content_index: this.#content.length };
  }

  #item(status: string): JsonObject {
    return {
      ...this.about,
      id: this.#id,
      type: 'message',
      status,
      content: [...this.#content],
      role: 'assistant',
    };
  }
}

function partOf({ kind, text, annotations, logprobs }: Part): JsonObject {
  if (kind === 'refusal') return { type: 'refusal', refusal: text };
  return { type: 'output_text', annotations: [...annotations], logprobs, text };
}

/** Writes reasoning: its summary, or its own text. */
export class ReasoningWriter {
  /** What the item is known by besides its text. */
  readonly about: JsonObject;
  proof: string | undefined;
  readonly #place: ItemPlace;
  readonly #id: string;
  #summary: JsonObject[] = [];
  #content: JsonObject[] | undefined;
  #form: 'summary' | 'content' | undefined;
  #text = '';
  #delta: Delta | undefined;

  constructor(place: ItemPlace, id: string, about: JsonObject) {
    this.#place = place;
    this.about = about;
    this.#id = stringIn(about.id) ?? id;
    addItem(place, this.#item());
  }

  text(form: 'summary' | 'content', text: string): void {
    if (this.#form !== form) this.#begin(form);
    this.#text += text;
    if (this.#delta !== undefined) this.#place.events.more(this.#delta, text);
  }

  done(): JsonObject {
    this.#end();
    const item = this.#item();
    doneItem(this.#place, item);
    return item;
  }

  #begin(form: 'summary' | 'content'): void {
    this.#end();
    this.#form = form;
    const { events } = this.#place;
    const [added, delta] =
      form === 'summary'
        ? ['response.reasoning_summary_part.added', 'response.reasoning_summary_text.delta']
        : ['response.content_part.added', 'response.reasoning_text.delta'];
    events.event(added, { ...this.#where(form), part: { type: typeOf(form), text: '' } });
    this.#delta = events.delta(delta, this.#where(form));
  }

  #end(): void {
    const form = this.#form;
    if (form === undefined) return;
    const { events } = this.#place;
    const where = this.#where(form);
    const part = { type: typeOf(form), text: this.#text };
    const [textDone, partDone] =
      form === 'summary'
        ? ['response.reasoning_summary_text.done', 'response.reasoning_summary_part.done']
        : ['response.reasoning_text.done', 'response.content_part.done'];
    events.event(textDone, { ...where, text: this.#text });
    events.event(partDone, { ...where, part });
    if (form === 'summary') this.#summary = [...this.#summary, part];
    else this.#content = [...(this.#content ?? []), part];
    this.#form = undefined;
    this.#text = '';
  }

  #where(form: 'summary' | 'content'): JsonObject {
    const number =
      form === 'summary' ? { summary_index: this.#summary.length } : { content_index: this.#content?.length ?? 0 };
    return { item_id: this.#id, output_index: this.#place.index, ...number };
  }

  #item(): JsonObject {
    return {
      ...this.about,
      id: this.#id,
      type: 'reasoning',
      summary: this.#summary,
      ...(this.#content !== undefined && { content: this.#content }),
      ...(this.proof !== undefined && { encrypted_content: this.proof }),
    };
  }
}

function typeOf(form: 'summary' | 'content'): string {
  return form === 'summary' ? 'summary_text' : 'reasoning_text';
}

/** The events between the beginning and the end of an item of the provider's own, as the service sends them. */
export function writeProgress({ events, index }: ItemPlace, item: JsonObject, when: 'begin' | 'end'): void {
  const where = { item_id: item.id, output_index: index };
  const tell = (name: string, fields: JsonObject = {}): void =>
    events.event(`response.${String(item.type)}${name}`, { ...where, ...fields });
  const failed = item.status === 'failed' || isObject(item.error) || typeof item.error === 'string';
  switch (item.type) {
    case 'web_search_call':
    case 'file_search_call':
      if (when === 'end') return tell('.completed');
      tell('.in_progress');
      return tell('.searching');
    case 'image_generation_call':
      if (when === 'end') return tell('.completed');
      tell('.in_progress');
      return tell('.generating');
    case 'code_interpreter_call':
      if (when === 'begin') return tell('.in_progress');
      tell('_code.delta', { delta: item.code ?? '' });
      tell('_code.done', { code: item.code ?? '' });
      tell('.interpreting');
      return tell('.completed');
    case 'mcp_call':
      if (when === 'begin') return tell('.in_progress');
      tell('_arguments.delta', { delta: item.arguments ?? '' });
      tell('_arguments.done', { arguments: item.arguments ?? '' });
      return tell(failed ? '.failed' : '.completed');
    case 'mcp_list_tools':
      if (when === 'begin') return tell('.in_progress');
      return tell(failed ? '.failed' : '.completed');
  }
}
