import type { JsonObject } from '../../canon/json.ts';
import type { Outlet } from './answer-line.ts';
import { builtinOfCall } from './builtin.ts';
import { readBuiltinCall } from './builtin-call.ts';
import { CallReader } from './call-reader.ts';
import { responsesName } from './ext.ts';
import { readMadeImage, runsAtProvider } from './item-read.ts';
import type { ItemReader } from './item-reader.ts';
import { MessageReader } from './message-reader.ts';
import { ReasoningReader } from './reasoning-reader.ts';

/** The reader for an item that has begun. */
export function readerOf(item: JsonObject, outlet: Outlet): ItemReader {
  switch (item.type) {
    case 'message':
      return new MessageReader(item, outlet);
    case 'reasoning':
      return new ReasoningReader(item, outlet);
    case 'function_call':
      return new CallReader(item, outlet);
    case 'custom_tool_call':
      return runsAtProvider(item) ? new NativeReader(item, outlet) : new CallReader(item, outlet);
    default:
      return builtinOfCall(item) === undefined ? new NativeReader(item, outlet) : new BuiltinReader(outlet);
  }
}

/** An item that only this language knows. It is shown when it begins, since it may take long, and replaced when it is complete. */
class NativeReader implements ItemReader {
  readonly #item: JsonObject;
  readonly #outlet: Outlet;

  constructor(item: JsonObject, outlet: Outlet) {
    this.#item = item;
    this.#outlet = outlet;
    outlet.step({ type: 'open', block: { type: 'native', dialect: responsesName, value: item } });
  }

  /** What happens in between is said again by the complete item. */
  event(type: string, event: JsonObject): void {
    if (type === 'response.image_generation_call.partial_image') this.#outlet.step({ type: 'beside', value: event });
  }

  done(item: JsonObject): boolean {
    const picture = readMadeImage(item)?.source;
    if (item !== this.#item || picture !== undefined) {
      this.#outlet.step({ type: 'native', value: item, ...(picture !== undefined && { picture }) });
    }
    return this.end();
  }

  end(): boolean {
    this.#outlet.step({ type: 'close' });
    return true;
  }
}

/** The call of a built-in tool that the client runs: a call like any other, whole at once, since its id comes late. */
class BuiltinReader implements ItemReader {
  called = false;
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  event(): void {
    // The complete item says it again.
  }

  done(item: JsonObject): boolean {
    const builtin = builtinOfCall(item);
    // Only the complete item may tell that the provider has run it.
    if (builtin === undefined) return new NativeReader(item, this.#outlet).done(item);
    const { type, id, name, json, ext } = readBuiltinCall(item, builtin);
    this.called = true;
    this.#outlet.step({ type: 'open', block: { type, id, name, ...(ext !== undefined && { ext }) } });
    this.#outlet.step({ type: 'json', json });
    this.#outlet.step({ type: 'close' });
    return true;
  }

  end(): boolean {
    return false;
  }
}
