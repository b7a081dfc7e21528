import { type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import type { Outlet } from './answer-line.ts';
import { asExt, otherFields } from './ext.ts';
import { argumentsText } from './item-read.ts';
import type { ItemReader } from './item-reader.ts';
import { readCallName } from './namespace.ts';

const known: ReadonlySet<string> = new Set(['type', 'call_id', 'name', 'namespace', 'arguments', 'input', 'status']);

/** Reads the call of a function, or of a tool that takes free text. */
export class CallReader implements ItemReader {
  readonly called = true;
  readonly #outlet: Outlet;
  readonly #isCustom: boolean;
  /** The arguments that have been passed on. */
  #json = '';
  #open = false;
  /** The arguments have been said to be complete. */
  #complete = false;

  constructor(item: JsonObject, outlet: Outlet) {
    this.#outlet = outlet;
    this.#isCustom = item.type === 'custom_tool_call';
    this.#begin(item);
  }

  event(type: string, event: JsonObject): void {
    if (type.endsWith('.delta')) this.#more(stringIn(event.delta) ?? '');
    else if (type.endsWith('.done')) this.#complete = this.#reconcile(event) || this.#complete;
  }

  done(item: JsonObject): boolean {
    this.#begin(item);
    if (!this.#open || !this.#reconcile(item)) return false;
    this.#outlet.step({ type: 'close' });
    return true;
  }

  end(): boolean {
    const isWhole = this.#complete || this.#isCustom || parseJson(this.#json === '' ? '{}' : this.#json) !== undefined;
    if (!this.#open || !isWhole) return false;
    this.#outlet.step({ type: 'close' });
    return true;
  }

  /** A call without a name or an id cannot be made: some servers tell them late. */
  #begin(item: JsonObject): void {
    const id = stringIn(item.call_id) || stringIn(item.id) || '';
    const { name, ext } = readCallName(item);
    if (this.#open || id === '' || name === '') return;
    this.#open = true;
    const kind = this.#isCustom ? { kind: 'custom' as const } : undefined;
    const rest = asExt({ ...ext, ...otherFields(item, known) });
    this.#outlet.step({ type: 'open', block: { type: 'tool_call', id, name, ...kind, ...rest } });
    if (this.#json !== '') this.#outlet.step({ type: 'json', json: this.#json });
  }

  #more(json: string): void {
    if (json === '') return;
    this.#json += json;
    if (this.#open) this.#outlet.step({ type: 'json', json });
  }

  /** Says of the whole arguments what has not been said. False: they are others than those that have been passed on. */
  #reconcile(said: JsonObject): boolean {
    const whole = this.#isCustom ? said.input : said.arguments;
    if (whole === undefined || whole === null) return true;
    const json = argumentsText(whole);
    if (!json.startsWith(this.#json)) return json === '' || isSame(json, this.#json);
    this.#more(json.slice(this.#json.length));
    return true;
  }
}

/** Some servers write the complete arguments with other white space. */
function isSame(one: string, other: string): boolean {
  const [parsed, otherParsed] = [parseJson(one), parseJson(other)];
  return parsed !== undefined && JSON.stringify(parsed) === JSON.stringify(otherParsed);
}
