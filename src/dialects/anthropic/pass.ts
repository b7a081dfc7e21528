import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { FrameForm } from '../../wire/frame-form.ts';
import { KeptFrames } from '../../wire/kept-frames.ts';
import { lastMember, lastMembers } from '../../wire/last-members.ts';
import { readFrame } from '../../wire/sse.ts';
import type { PassSide, PassWatch } from '../dialect.ts';
import { isIndirect } from './block-reader.ts';
import { readStopReason } from './stop.ts';
import { readUsage } from './usage.ts';

/** The block that is open. */
interface OpenBlock {
  readonly index: number;
  readonly type: string;
  /** The form of its deltas, once one has been read. */
  form: FrameForm | undefined;
  /** What a reader has to be told of it. */
  readonly kept: KeptFrames;
}

/** The block that a delta of this type belongs to, and the string that grows with it. */
const deltas: ReadonlyMap<string, { readonly block: string; readonly string?: string }> = new Map([
  ['text_delta', { block: 'text', string: 'text' }],
  ['thinking_delta', { block: 'thinking', string: 'thinking' }],
  ['signature_delta', { block: 'thinking' }],
  ['citations_delta', { block: 'text' }],
  ['input_json_delta', { block: 'tool_use', string: 'partial_json' }],
]);
/** Blocks whose deltas are known; what other blocks are made of is theirs to know. */
const plainBlocks: ReadonlySet<string> = new Set(['text', 'thinking', 'tool_use']);

/** Follows a stream through its grammar. Each form of frame is parsed once; frames of a known form are compared. */
class StreamWatch implements PassWatch {
  #started = false;
  #ended = false;
  #open: OpenBlock | undefined;
  #closed = 0;
  readonly #calls: string[] = [];
  #awaited = false;
  #stopped = false;
  #usage: Usage = {};
  /** Frames outside of blocks that a reader has to be told of. */
  readonly #before = new KeptFrames();
  readonly #after = new KeptFrames();

  frame(bytes: Buffer, start: number, end: number): boolean {
    return !this.#ended && this.#read(bytes, start, end);
  }

  leap(bytes: Buffer, start: number): number {
    const open = this.#open;
    if (open?.form === undefined || this.#ended) return 0;
    const end = open.form.end(bytes, start, Number.POSITIVE_INFINITY);
    if (end > 0 && open.type === 'tool_use') open.kept.keep(bytes, start, end);
    return end;
  }

  started(): boolean {
    return this.#started;
  }

  ended(): boolean {
    return this.#ended;
  }

  tail(): string {
    return '';
  }

  kept(): readonly Uint8Array[] {
    return [...this.#before.list(), ...(this.#open?.kept.list() ?? []), ...this.#after.list()];
  }

  closedBlocks(): number {
    return this.#closed;
  }

  calls(): readonly string[] {
    return this.#open?.type === 'tool_use' ? this.#calls.slice(0, -1) : this.#calls;
  }

  usage(): Usage {
    return this.#usage;
  }

  #read(bytes: Buffer, start: number, end: number): boolean {
    if (!isUtf8(bytes.subarray(start, end))) return false;
    const { event: name, data } = readFrame(bytes, start, end);
    // Comments and blank lines are nothing to any client.
    if (data === undefined) return name === '';
    const event = parseJson(data);
    if (!isObject(event) || event.type !== name) return false;
    switch (name) {
      case 'ping':
        return true;
      case 'message_start':
        if (!this.#start(event)) return false;
        this.#before.keep(bytes, start, end);
        return true;
      case 'content_block_start':
        if (!this.#begin(event)) return false;
        this.#open?.kept.keep(bytes, start, end);
        return true;
      case 'content_block_delta':
        return this.#delta(event, bytes, start, end);
      case 'content_block_stop':
        return this.#close(event);
      case 'message_delta':
        if (!this.#end(event)) return false;
        this.#after.keep(bytes, start, end);
        return true;
      case 'message_stop':
        this.#ended = this.#started && this.#open === undefined && this.#stopped;
        if (this.#ended) this.#after.keep(bytes, start, end);
        return this.#ended;
      case 'error':
        // Whoever hears of a failure may still make it good.
        return false;
      default:
        return true;
    }
  }

  #start({ message }: JsonObject): boolean {
    if (this.#started || !isObject(message)) return false;
    const { id, content, usage, stop_reason: reason } = message;
    const empty = Array.isArray(content) && content.length === 0 && (reason === null || reason === undefined);
    if (typeof id !== 'string' || !empty || !isObject(usage)) return false;
    this.#started = true;
    this.#usage = readUsage(usage) ?? {};
    return true;
  }

  #begin({ index, content_block: block }: JsonObject): boolean {
    const turn = this.#started && !this.#stopped && this.#open === undefined && index === this.#closed;
    if (!turn || !isObject(block) || typeof block.type !== 'string' || !beginsEmpty(block)) return false;
    if (block.type === 'tool_use') {
      this.#calls.push(stringIn(block.id) ?? '');
      if (!isIndirect(block)) this.#awaited = true;
    }
    this.#open = { index, type: block.type, form: undefined, kept: new KeptFrames() };
    return true;
  }

  #delta({ index, delta }: JsonObject, bytes: Buffer, start: number, end: number): boolean {
    const open = this.#open;
    if (open === undefined || index !== open.index || !isObject(delta) || typeof delta.type !== 'string') return false;
    const known = deltas.get(delta.type);
    if (known !== undefined && plainBlocks.has(open.type) && known.block !== open.type) return false;
    const value = known?.string === undefined ? '' : delta[known.string];
    // Half a character is put together by the translator.
    if (typeof value !== 'string' || !value.isWellFormed()) return false;
    if (value !== '') open.form = FrameForm.around(bytes.subarray(start, end), known?.string ?? '', value);
    if (open.type === 'tool_use') open.kept.keep(bytes, start, end);
    return true;
  }

  #close({ index }: JsonObject): boolean {
    if (this.#open === undefined || index !== this.#open.index) return false;
    this.#open = undefined;
    this.#closed += 1;
    return true;
  }

  #end({ delta, usage }: JsonObject): boolean {
    if (!this.#started || this.#open !== undefined || !isObject(delta)) return false;
    if (!isObject(usage) || typeof usage.output_tokens !== 'number') return false;
    const reason = delta.stop_reason;
    if (typeof reason === 'string') {
      if (!fitsContent(reason, this.#calls.length > 0, this.#awaited)) return false;
      this.#stopped = true;
    }
    this.#usage = mergeUsage(this.#usage, readUsage(usage) ?? {});
    return true;
  }
}

/** Text and input in a start are overlooked by clients; a call without a name or an id is useless. */
function beginsEmpty({ type, text, thinking, input, id, name }: JsonObject): boolean {
  if (type === 'text') return text === '';
  if (type === 'thinking') return thinking === '';
  if (type !== 'tool_use') return true;
  return typeof id === 'string' && typeof name === 'string' && isObject(input) && Object.keys(input).length === 0;
}

/** An agent acts on the stop reason: it must not promise calls that are not there, nor hide those that are. */
function fitsContent(word: string, called: boolean, awaited: boolean): boolean {
  const reason = readStopReason(word) ?? 'end';
  return (!awaited || reason !== 'end') && (called || reason !== 'tool_calls');
}

/** Usage is the last thing a message says, so it is looked for from the end; what follows it must close the message and nothing more. */
function usageOf(body: Buffer, isEnd = false): Usage {
  const message = (isEnd ? lastMember(body, 'usage') : lastMembers(body, 'usage')) ?? parseJson(body.toString());
  return (isObject(message) ? readUsage(message.usage) : undefined) ?? {};
}

/** How two speakers of this language are left to themselves. */
export const pass: PassSide = {
  defaultHeaders: { 'anthropic-version': '2023-06-01' },
  requestHeaders: [
    'anthropic-version',
    'anthropic-beta',
    'anthropic-user-profile-id',
    'anthropic-workspace-id',
    'x-claude-code-session-id',
    'x-claude-code-request-class',
    'x-claude-1p-request-class',
    'x-claude-code-prompt-id',
    'x-claude-code-agent-id',
    'x-claude-code-agent-type',
    'x-claude-code-prev-tool-durations',
    'x-claude-code-managed-settings-checksum',
  ],
  responseHeaders: [
    'request-id',
    'anthropic-workspace-id',
    'anthropic-organization-id',
    'retry-after',
    'x-should-retry',
  ],
  watch: () => new StreamWatch(),
  usageOf,
};
