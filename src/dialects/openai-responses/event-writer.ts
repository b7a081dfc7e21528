import { isObject, type JsonObject } from '../../canon/json.ts';
import type { Numbering } from '../dialect.ts';

/** Writes the events of one stream, numbered. */
export class EventWriter {
  readonly #write: ((text: string) => void) | undefined;
  readonly #numbering: Numbering;

  /** @param write nothing where only the answer is wanted that the events add up to. */
  constructor(write: ((text: string) => void) | undefined, numbering: Numbering = { next: 0 }) {
    this.#write = write;
    this.#numbering = numbering;
  }

  /** One event. */
  event(type: string, fields: JsonObject): void {
    if (this.#write === undefined || this.#wasSaid(type, fields)) return;
    const { type: _, sequence_number: __, ...rest } = fields;
    const members = Object.keys(rest).length > 0 ? `,${JSON.stringify(rest).slice(1)}` : '}';
    this.#write(`event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#numbering.next}${members}\n\n`);
    this.#numbering.next += 1;
  }

  /** Whether it tells of the beginning of an item that has been begun before this writer took over. */
  #wasSaid(type: string, { item, item_id: id }: JsonObject): boolean {
    const { begun } = this.#numbering;
    if (begun === undefined) return false;
    const isOf = begun.id === (isObject(item) ? item.id : id);
    if (isOf && begun.events.includes(type)) return true;
    // Whatever else comes, it has said something now, or is over.
    this.#numbering.begun = undefined;
    return false;
  }

  /** An event that repeats a response, some of it as JSON already: it may be large, and is said several times. */
  response(type: string, response: JsonObject, echo: string): void {
    if (this.#write === undefined) return;
    const members = JSON.stringify(response).slice(0, -1);
    const rest = echo.length > 2 ? `,${echo.slice(1)}` : '}';
    this.#write(
      `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#numbering.next},"response":${members}${rest}}\n\n`,
    );
    this.#numbering.next += 1;
  }

  /** What stands before and after the text of an event that differs from its neighbours in nothing else. */
  delta(type: string, fields: JsonObject): Delta {
    const members = JSON.stringify(fields).slice(1, -1);
    return { before: `event: ${type}\ndata: {"type":"${type}",${members},"delta":`, after: ',"sequence_number":' };
  }

  /** One such event. */
  more({ before, after }: Delta, text: string): void {
    if (this.#write === undefined) return;
    this.#write(`${before}${JSON.stringify(text)}${after}${this.#numbering.next}}\n\n`);
    this.#numbering.next += 1;
  }
}

/** An event as far as it is always the same. */
export interface Delta {
  readonly before: string;
  readonly after: string;
}
