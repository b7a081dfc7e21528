import type { BlockHead, Event, Sink } from '../../canon/event.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, numberIn, objectsIn, otherFields, parseJson, stringIn } from '../../canon/json.ts';
import { GatherBlock, type Gathering, GatherRedacted } from './answer-gather.ts';
import { readCitation } from './citation.ts';
import { asExt, converseName } from './ext.ts';
import { isAbsent } from './field.ts';

const toolUseFields: ReadonlySet<string> = new Set(['toolUseId', 'name', 'input', 'type']);

/** A block of which events have been made. */
interface OpenBlock {
  /** The provider's number. */
  readonly theirs: number;
  readonly index: number;
  readonly type: BlockHead['type'];
  readonly id: string;
  /** Arguments that came with the start; they count if no others come. */
  readonly input: string;
  json: string;
}

/** What has come of a block that has begun before the one in front of it was over. */
interface Waiting {
  readonly steps: JsonObject[];
  stopped: boolean;
}

/**
 * Turns the blocks of an answer into events. They are numbered anew without gaps; most begin with their first delta; and
 * one that begins while another is open is held back until that one is over.
 */
export class AnswerBlocks {
  /** Whether the client has been asked to call a tool. */
  called = false;
  readonly #sink: Sink;
  readonly #waiting = new Map<number, Waiting>();
  #open: OpenBlock | undefined;
  /** A block that is told when it is whole: encrypted reasoning, the work of the provider's own tools, pictures. */
  #gathered: { readonly theirs: number; readonly block: Gathering } | undefined;
  #next = 0;
  #failed = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Arguments came for a call that never began, or would come twice: it is lost, and the answer with it. */
  get failed(): boolean {
    return this.#failed;
  }

  /** `contentBlockStart` or `contentBlockDelta`: what is in it. */
  step(theirs: number, step: JsonObject): void {
    const current = this.#open?.theirs ?? this.#gathered?.theirs;
    if (current === undefined || current === theirs) return this.#take(theirs, step);
    const waiting = this.#waiting.get(theirs);
    if (waiting === undefined) this.#waiting.set(theirs, { steps: [step], stopped: false });
    else waiting.steps.push(step);
  }

  /** `contentBlockStop`: those that waited have their turn. */
  stop(theirs: number): void {
    const waiting = this.#waiting.get(theirs);
    if (waiting !== undefined) waiting.stopped = true;
    if ((this.#open?.theirs ?? this.#gathered?.theirs) !== theirs) return;
    this.#close();
    this.#release();
  }

  /** A block of a whole answer. */
  whole(block: JsonObject): void {
    const at = -1;
    if (typeof block.text === 'string') this.#take(at, { delta: { text: block.text } });
    else if (isObject(block.toolUse)) this.#wholeCall(at, block.toolUse, block);
    else if (isObject(block.reasoningContent)) this.#wholeReasoning(at, block.reasoningContent);
    else if (isObject(block.citationsContent)) this.#wholeCitations(at, block.citationsContent);
    else if (isObject(block.image) && isObject(block.image.source) && block.image.error === undefined) {
      this.#take(at, { start: { image: block.image } });
      this.#take(at, { delta: { image: { source: block.image.source } } });
    } else this.#begin(at, { type: 'native', dialect: converseName, value: block });
    this.#close();
  }

  /**
   * No more blocks will come: says what is still held back. What nobody has stopped is over all the same, but for a call
   * whose arguments are cut: that is left open. @param limited the answer reached its limit, and may end anywhere.
   */
  end(limited: boolean): void {
    for (;;) {
      if (this.#open?.type === 'tool_call' && !limited && this.#isCut()) return;
      this.#close();
      if (this.#waiting.size === 0) return;
      this.#release();
    }
  }

  #isCut(): boolean {
    const json = this.#open?.json ?? '';
    return json !== '' && parseJson(json) === undefined;
  }

  #release(): void {
    for (const [theirs, { steps, stopped }] of this.#waiting) {
      this.#waiting.delete(theirs);
      for (const step of steps) this.#take(theirs, step);
      if (stopped) this.#close();
      if (this.#open !== undefined || this.#gathered !== undefined) return;
    }
  }

  #take(theirs: number, step: JsonObject): void {
    if (isObject(step.start)) this.#start(theirs, step.start);
    if (isObject(step.delta)) this.#delta(theirs, step.delta, step);
  }

  /** An empty start says only that something will come. */
  #start(theirs: number, start: JsonObject): void {
    const { toolUse } = start;
    if (isObject(toolUse) && isAbsent(toolUse.type)) return this.#startCall(theirs, toolUse);
    const block = GatherBlock.of(start);
    if (block === undefined) return;
    this.#close();
    this.#gathered = { theirs, block };
  }

  /** The same start twice begins one call. */
  #startCall(theirs: number, toolUse: JsonObject): void {
    const id = stringIn(toolUse.toolUseId) || `tooluse_${fingerprint(`${this.#next} ${JSON.stringify(toolUse)}`, 22)}`;
    if (this.#open?.type === 'tool_call' && this.#open.id === id) {
      // Begun anew after its arguments have come: they would come twice.
      if (this.#open.json !== '') this.#failed = true;
      return;
    }
    const head: BlockHead = {
      type: 'tool_call',
      id,
      name: stringIn(toolUse.name) ?? '',
      ...asExt(otherFields(toolUse, toolUseFields)),
    };
    this.called = true;
    const { input } = toolUse;
    const given = typeof input === 'string' ? input : JSON.stringify(input ?? {});
    this.#begin(theirs, head, id, given === '' ? '{}' : given);
  }

  #delta(theirs: number, delta: JsonObject, step: JsonObject): void {
    if (this.#gathered?.block.take(delta) === true) return;
    const { text, toolUse, reasoningContent, citation } = delta;
    if (typeof text === 'string') this.#text(theirs, 'text', text);
    else if (isObject(toolUse)) this.#arguments(toolUse.input);
    else if (isObject(reasoningContent)) this.#reasoning(theirs, reasoningContent);
    else if (isObject(citation)) {
      const { index } = this.#block(theirs, 'text');
      this.#emit({ type: 'citation', index, citation: readCitation(citation) });
    } else {
      const { p: _, ...value } = step;
      this.#emit({ type: 'native', dialect: converseName, value: { contentBlockDelta: value } });
    }
  }

  #text(theirs: number, type: 'text' | 'thinking', text: string): void {
    if (text === '') return;
    const { index } = this.#block(theirs, type);
    this.#emit({ type: 'text', index, text });
  }

  #arguments(input: unknown): void {
    const open = this.#open;
    const json = typeof input === 'string' ? input : JSON.stringify(input ?? '');
    if (json === '') return;
    if (open?.type === 'tool_call') this.#json(open, json);
    else this.#failed = true;
  }

  #json(open: OpenBlock, json: string): void {
    open.json += json;
    this.#emit({ type: 'json', index: open.index, json });
  }

  /** `data` and `redactedReasoning` are what older servers call the encrypted form. */
  #reasoning(theirs: number, reasoning: JsonObject): void {
    const { text, signature, redactedContent, data, redactedReasoning } = reasoning;
    if (typeof text === 'string') this.#text(theirs, 'thinking', text);
    if (typeof signature === 'string' && signature !== '') {
      const { index } = this.#block(theirs, 'thinking');
      this.#emit({ type: 'signature', index, signature });
    }
    const nested = isObject(redactedReasoning) ? redactedReasoning.data : undefined;
    const redacted = stringIn(redactedContent) ?? stringIn(data) ?? stringIn(nested);
    if (redacted === undefined || redacted === '') return;
    this.#close();
    this.#gathered = { theirs, block: new GatherRedacted(redacted) };
  }

  #wholeCall(at: number, toolUse: JsonObject, block: JsonObject): void {
    if (isAbsent(toolUse.type)) this.#startCall(at, toolUse);
    else this.#begin(at, { type: 'native', dialect: converseName, value: block });
  }

  #wholeReasoning(at: number, content: JsonObject): void {
    const text = isObject(content.reasoningText) ? content.reasoningText : content;
    this.#reasoning(at, text);
    if (this.#open === undefined && this.#gathered === undefined) this.#begin(at, { type: 'thinking' });
  }

  #wholeCitations(at: number, content: JsonObject): void {
    for (const { text } of objectsIn(content.content)) this.#text(at, 'text', stringIn(text) ?? '');
    for (const citation of objectsIn(content.citations)) {
      const { index } = this.#block(at, 'text');
      this.#emit({ type: 'citation', index, citation: readCitation(citation) });
    }
  }

  /** The open block if it is such a one; else one begins. */
  #block(theirs: number, type: 'text' | 'thinking'): OpenBlock {
    return this.#open?.type === type ? this.#open : this.#begin(theirs, { type });
  }

  #begin(theirs: number, block: BlockHead, id = '', input = '{}'): OpenBlock {
    this.#close();
    const index = this.#next++;
    this.#open = { theirs, index, type: block.type, id, input, json: '' };
    this.#emit({ type: 'open', index, block });
    return this.#open;
  }

  #close(): void {
    if (this.#gathered !== undefined) {
      const head = this.#gathered.block.head();
      this.#gathered = undefined;
      this.#begin(-1, head);
    }
    if (this.#open === undefined) return;
    const { index, type, json, input } = this.#open;
    if (type === 'tool_call' && json === '') this.#emit({ type: 'json', index, json: input });
    this.#open = undefined;
    this.#emit({ type: 'close', index });
  }

  #emit(event: Event): void {
    if (!this.#failed) this.#sink(event);
  }
}

/** The number of a block, as the event that speaks of it gives it. */
export function blockNumber(event: JsonObject): number {
  return numberIn(event.contentBlockIndex) ?? 0;
}
