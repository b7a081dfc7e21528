import { type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import type { Outlet } from './answer-line.ts';
import { asExt, otherFields, responsesName } from './ext.ts';
import { isRedacted } from './item-id.ts';
import { partGap } from './item-read.ts';
import type { ItemReader } from './item-reader.ts';

const known: ReadonlySet<string> = new Set(['type', 'summary', 'content', 'encrypted_content', 'status']);

/** The two forms in which reasoning is shown: a summary, or its own text. */
type Form = 'summary' | 'content';

/** Reads reasoning. Its proof comes with the complete item; the ones before are not the one that counts. */
export class ReasoningReader implements ItemReader {
  readonly #outlet: Outlet;
  readonly #about: JsonObject | undefined;
  /** What has been passed on of each part, by form and number. */
  readonly #told = new Map<string, string>();
  #open: Form | undefined;
  #last = '';

  constructor(item: JsonObject, outlet: Outlet) {
    this.#outlet = outlet;
    this.#about = otherFields(item, known);
  }

  event(type: string, event: JsonObject): void {
    const summary = numberIn(event.summary_index) ?? 0;
    const content = numberIn(event.content_index) ?? 0;
    switch (type) {
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_summary.delta':
        return this.#text('summary', summary, stringIn(event.delta) ?? '');
      case 'response.reasoning_text.delta':
      case 'response.reasoning.delta':
        return this.#text('content', content, stringIn(event.delta) ?? '');
      case 'response.reasoning_summary_text.done':
        return this.#rest('summary', summary, stringIn(event.text) ?? '');
      case 'response.reasoning_text.done':
        return this.#rest('content', content, stringIn(event.text) ?? '');
    }
  }

  done(item: JsonObject): boolean {
    objectsIn(item.content).forEach((part, i) => this.#rest('content', i, stringIn(part.text) ?? ''));
    objectsIn(item.summary).forEach((part, i) => this.#rest('summary', i, stringIn(part.text) ?? ''));
    const proof = stringIn(item.encrypted_content) ?? '';
    if (proof !== '' && this.#open === undefined && isRedacted(item)) {
      this.#outlet.step({ type: 'open', block: { type: 'redacted', data: proof } });
      this.#outlet.step({ type: 'close' });
      return true;
    }
    if (proof !== '') {
      if (this.#open === undefined) this.#begin('summary');
      this.#outlet.step({ type: 'signature', signature: proof });
    } else if (this.#open === undefined) {
      // Its id means something to its own server.
      this.#outlet.step({ type: 'open', block: { type: 'native', dialect: responsesName, value: item } });
      this.#outlet.step({ type: 'close' });
    }
    return this.end();
  }

  end(): boolean {
    if (this.#open !== undefined) this.#outlet.step({ type: 'close' });
    this.#open = undefined;
    return true;
  }

  #text(form: Form, index: number, text: string): void {
    if (text === '') return;
    if (this.#open !== form) this.#begin(form);
    const part = `${form}${index}`;
    const gap = this.#last !== '' && this.#last !== part ? partGap : '';
    this.#last = part;
    this.#told.set(part, (this.#told.get(part) ?? '') + text);
    this.#outlet.step({ type: 'text', text: gap + text });
  }

  #rest(form: Form, index: number, whole: string): void {
    const told = this.#told.get(`${form}${index}`) ?? '';
    if (whole.startsWith(told)) this.#text(form, index, whole.slice(told.length));
  }

  #begin(form: Form): void {
    this.end();
    this.#open = form;
    this.#last = '';
    const shown = form === 'content' ? { shown: 'content' } : undefined;
    this.#outlet.step({ type: 'open', block: { type: 'thinking', ...asExt({ ...this.#about, ...shown }) } });
  }
}
