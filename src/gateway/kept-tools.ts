import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { DialectName } from '../canon/content.ts';
import { isObject, type JsonObject, parseJson } from '../canon/json.ts';
import { recurring } from '../canon/recurring.ts';
import type { BodyScan } from '../wire/body-scan.ts';
import { firstFrom } from '../wire/json-bytes.ts';

/** Tools that stood in an earlier call. */
export interface ToolList {
  /** The list as it was written. */
  readonly bytes: Buffer;
  /** The list as it was read: the same one for all calls that have it. */
  readonly value: readonly unknown[];
}

/** Where in a body one of them stands. */
export interface MetTools {
  readonly list: ToolList;
  readonly start: number;
  readonly end: number;
}

/** Shorter lists are read as quickly as they are found; longer ones are hardly any agent's. */
const leastBytes = 256;
const mostBytes = 512 * 1024;

/** Lists that are kept of a language, and bytes of all of them. */
const mostLists = 64;
const room = 4 * 1024 * 1024;

/** Lists that were met once are known by a number; so many of them are remembered. */
const mostNumbers = 1024;

/** So many lists in a row may be new before only one in so many is looked at. */
const patience = 64;

const toolsName = '"tools"';
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A text that stands for tools in JSON: of this process alone, and told to nobody. */
export const toolsStandIn = `tools-${randomBytes(12).toString('hex')}`;

/**
 * The lists of tools that clients have sent more than once, and will send again: an agent sends the same ones with each of
 * its calls. They are known by their bytes, read once, and written once for each language.
 */
export class KeptTools {
  readonly #lists = new Map<DialectName, ToolList[]>();
  readonly #numbers = new Set<string>();
  #bytes = 0;
  #inVain = 0;

  /** The tools of a body that is to be read, where they are among those kept. @param start where their list begins. */
  find(client: DialectName, body: Buffer, start: number): MetTools | undefined {
    const lists = this.#lists.get(client) ?? [];
    for (let i = 0; i < lists.length; i++) {
      const list = lists[i] as ToolList;
      const end = start + list.bytes.length;
      if (body[end - 1] !== CLOSE_BRACKET || list.bytes.compare(body, start, end) !== 0) continue;
      // Those that were met last are looked at first.
      if (i > 0) lists.unshift(...lists.splice(i, 1));
      this.#inVain = 0;
      return { list, start, end };
    }
    return undefined;
  }

  /** Whether it is worth while to tell of the next list that is not among those kept. */
  wants(): boolean {
    this.#inVain += 1;
    return this.#inVain < patience || this.#inVain % patience === 0;
  }

  /** A body that is JSON had these tools. Who comes a second time is kept. */
  meet(client: DialectName, body: Buffer, { toolsStart: start, toolsEnd: end }: BodyScan): void {
    const length = end - start;
    if (length < leastBytes || length > mostBytes || body[start] !== OPEN_BRACKET) return;
    const written = body.subarray(start, end);
    const number = `${client} ${length} ${crc32(written)}`;
    if (this.#numbers.delete(number)) this.#keep(client, Buffer.from(written));
    else {
      if (this.#numbers.size >= mostNumbers) this.#numbers.clear();
      this.#numbers.add(number);
    }
  }

  #keep(client: DialectName, bytes: Buffer): void {
    const value = parseJson(bytes.toString());
    if (!Array.isArray(value)) return;
    const lists = this.#lists.get(client) ?? [];
    this.#lists.set(client, lists);
    lists.unshift({ bytes, value: recurring(value) });
    this.#bytes += bytes.length;
    if (lists.length > mostLists) this.#forget(lists);
    while (this.#bytes > room) this.#forget(lists.length > 1 ? lists : this.#longest());
  }

  #forget(lists: ToolList[]): void {
    this.#bytes -= lists.pop()?.bytes.length ?? 0;
  }

  #longest(): ToolList[] {
    return [...this.#lists.values()].reduce((most, lists) => (lists.length > most.length ? lists : most));
  }
}

/** Where the list of tools most likely begins in JSON that has not been scanned; -1 where none is seen. */
export function toolsIn(body: Buffer): number {
  const name = body.indexOf(toolsName, 0, 'latin1');
  if (name === -1) return -1;
  const colon = firstFrom(body, name + toolsName.length);
  const start = firstFrom(body, colon + 1);
  return body[colon] === COLON && body[start] === OPEN_BRACKET ? start : -1;
}

/**
 * Opens JSON in which the stand-in is in the place of a body's tools. Nothing where it turns out to stand anywhere else, or
 * where a reader would have taken others for them.
 */
export function openWith({ list }: MetTools, json: string): JsonObject | undefined {
  const opened = parseJson(json);
  if (!isObject(opened) || opened['tools'] !== toolsStandIn) return undefined;
  opened['tools'] = list.value;
  return opened;
}
