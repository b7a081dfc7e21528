import type { Block, Citation, Ext, TextBlock } from './content.ts';
import type { GatewayError } from './error.ts';
import type { BlockHead, Event, FinishReason, Sink } from './event.ts';
import { mergeExt } from './ext.ts';
import { type JsonObject, parseJson } from './json.ts';
import { mergeUsage, type Usage } from './usage.ts';

/** An answer, whole: what its events add up to. */
export interface Folded {
  readonly id: string;
  readonly model: string;
  readonly content: readonly Block[];
  readonly finish?: { readonly reason: FinishReason; readonly stopSequence?: string };
  readonly usage: Usage;
  /** Fields of the whole answer that only one language has. */
  readonly ext?: Ext;
  /** Events without a block that only their own language knows, in order. */
  readonly natives: readonly Extract<Event, { type: 'native' }>[];
  readonly error?: GatewayError;
}

interface OpenBlock {
  readonly head: BlockHead;
  text: string;
  json: string;
  signature: string | undefined;
  citations: Citation[];
  native: JsonObject | undefined;
}

/** Collects one answer's events. */
export interface Fold {
  readonly sink: Sink;
  /** May be asked at any time; closes what is still open. */
  result(): Folded;
  /** The blocks up to now, the last perhaps not whole. */
  soFar(): Block[];
}

/** Collects one answer's events. */
export function createFold(): Fold {
  const content: Block[] = [];
  const natives: Extract<Event, { type: 'native' }>[] = [];
  let open: OpenBlock | undefined;
  let id = '';
  let model = '';
  let usage: Usage = {};
  let ext: Ext | undefined;
  let finish: Folded['finish'];
  let error: GatewayError | undefined;

  function close(): void {
    if (open !== undefined) content.push(blockOf(open));
    open = undefined;
  }

  function sink(event: Event): void {
    switch (event.type) {
      case 'start':
        id = event.id;
        model = event.model;
        ext = mergeExt(ext, event.ext);
        break;
      case 'open':
        close();
        open = { head: event.block, text: '', json: '', signature: undefined, citations: [], native: undefined };
        break;
      case 'text':
        if (open !== undefined) open.text += event.text;
        break;
      case 'json':
        if (open !== undefined) open.json += event.json;
        break;
      case 'signature':
        if (open !== undefined) open.signature = event.signature;
        break;
      case 'citation':
        open?.citations.push(event.citation);
        break;
      case 'close':
        close();
        break;
      case 'usage':
        usage = mergeUsage(usage, event.usage);
        break;
      case 'native':
        if (event.index === undefined || open === undefined) natives.push(event);
        else open.native = { ...open.native, ...withoutType(event.value) };
        break;
      case 'finish':
        close();
        finish =
          event.stopSequence === undefined
            ? { reason: event.reason }
            : { reason: event.reason, stopSequence: event.stopSequence };
        ext = mergeExt(ext, event.ext);
        break;
      case 'error':
        error = event.error;
        break;
    }
  }

  function result(): Folded {
    close();
    const folded: { -readonly [field in keyof Folded]: Folded[field] } = { id, model, content, usage, natives };
    if (finish !== undefined) folded.finish = finish;
    if (ext !== undefined) folded.ext = ext;
    if (error !== undefined) folded.error = error;
    return folded;
  }
  const soFar = (): Block[] => (open === undefined ? [...content] : [...content, blockOf(open)]);
  return { sink, result, soFar };
}

function blockOf({ head, text, json, signature, citations, native }: OpenBlock): Block {
  switch (head.type) {
    case 'text':
      return textBlock(text, citations, head.ext);
    case 'thinking':
      return {
        type: 'thinking',
        text,
        ...(signature !== undefined && { signature }),
        ...(head.ext !== undefined && { ext: head.ext }),
      };
    case 'redacted':
      return { type: 'thinking', text, redacted: head.data, ...(head.ext !== undefined && { ext: head.ext }) };
    case 'tool_call':
      return {
        type: 'tool_call',
        id: head.id,
        name: head.name,
        json,
        ...(head.kind !== undefined && { kind: head.kind }),
        ...(head.ext !== undefined && { ext: head.ext }),
      };
    case 'refusal':
      return { type: 'refusal', text };
    case 'image':
      return { type: 'image', source: head.source };
    case 'native': {
      const input = json === '' ? undefined : (parseJson(json) ?? json);
      return {
        type: 'native',
        dialect: head.dialect,
        value: { ...head.value, ...(input !== undefined && { input }), ...native },
      };
    }
  }
}

function textBlock(text: string, citations: readonly Citation[], ext: Ext | undefined): TextBlock {
  const block: { -readonly [field in keyof TextBlock]: TextBlock[field] } = { type: 'text', text };
  if (citations.length > 0) block.citations = citations;
  if (ext !== undefined) block.ext = ext;
  return block;
}

function withoutType(value: JsonObject): JsonObject {
  const { type: _, ...rest } = value;
  return rest;
}
