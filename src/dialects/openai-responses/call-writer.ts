import type { ToolCallBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Tool } from '../../canon/request.ts';
import { builtinCalled } from './builtin-call.ts';
import { writeCall } from './calls.ts';
import type { Delta } from './event-writer.ts';
import { addItem, doneItem, type ItemPlace } from './item-writer.ts';

/** Writes a call: its arguments as they come, but for calls of built-in tools, whose items are whole or nothing. */
export class CallWriter {
  readonly #place: ItemPlace;
  readonly #call: ToolCallBlock;
  readonly #tools: readonly Tool[];
  readonly #idFor: (type: unknown) => string;
  readonly #added: JsonObject | undefined;
  readonly #delta: Delta | undefined;
  #json = '';

  /** @param idFor the id of an item that has none. */
  constructor(place: ItemPlace, call: ToolCallBlock, tools: readonly Tool[], idFor: (type: unknown) => string) {
    this.#place = place;
    this.#call = call;
    this.#tools = tools;
    this.#idFor = idFor;
    if (builtinCalled(call, tools) !== undefined) return;
    const item = this.#item('in_progress', '');
    const empty = item.type === 'custom_tool_call' ? { input: '' } : { arguments: '' };
    this.#added = { ...item, ...empty };
    addItem(place, this.#added);
    this.#delta = place.events.delta(`${this.#event()}.delta`, this.#where());
  }

  json(json: string): void {
    this.#json += json;
    if (this.#delta !== undefined && json !== '') this.#place.events.more(this.#delta, json);
  }

  done(): JsonObject {
    const item = this.#item('completed', this.#json);
    if (this.#added === undefined) addItem(this.#place, { ...item, status: 'in_progress' });
    else {
      const isCustom = item.type === 'custom_tool_call';
      const whole = isCustom ? { input: item.input } : { name: item.name, arguments: item.arguments };
      this.#place.events.event(`${this.#event()}.done`, { ...this.#where(), ...whole });
    }
    doneItem(this.#place, item);
    return item;
  }

  #item(status: string, json: string): JsonObject {
    const { type, ...rest } = writeCall({ ...this.#call, json }, this.#tools);
    const id = typeof rest.id === 'string' ? rest.id : this.#idFor(type);
    return { id, type, status, ...rest, ...(rest.status !== undefined && { status }) };
  }

  #event(): string {
    return this.#call.kind === 'custom' ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  }

  #where(): JsonObject {
    return { item_id: this.#added?.id, output_index: this.#place.index };
  }
}
