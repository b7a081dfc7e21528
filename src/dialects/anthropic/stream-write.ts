import type { Citation } from '../../canon/content.ts';
import type { BlockHead, Event, RunPieces } from '../../canon/event.ts';
import type { JsonObject } from '../../canon/json.ts';
import { writtenRun } from '../../canon/run.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import type { StreamWriter } from '../dialect.ts';
import { imageNote, writeBlockStart } from './answer-block.ts';
import { writeCitation } from './citation.ts';
import { writeError } from './error-write.ts';
import { anthropicName, fieldsOf } from './ext.ts';
import { messageId } from './message-id.ts';
import { writeStopReason } from './stop.ts';
import { writeFinalUsage, writeUsage } from './usage.ts';

/** What keeps a silent stream alive. */
export const ping = frame('ping', { type: 'ping' });

/** The block being written. Its deltas differ in one string each, so everything before that string is made once. */
interface OpenBlock {
  readonly index: number;
  /** Up to the string of a text, thinking or input delta; empty where the block has no such deltas. */
  readonly textPrefix: string;
  readonly jsonPrefix: string;
  /** Free text that has to become a JSON object before it can be said. */
  readonly custom: boolean;
  /** Whether the block may have a signature. */
  readonly signed: boolean;
  input: string;
  signature: string | undefined;
}

const deltaEnd = '}}\n\n';

/** Fields of the whole answer that a stream says inside `delta`; the others stand beside it. */
const deltaFields: ReadonlySet<string> = new Set(['stop_details', 'container']);

/** Writes one streamed answer. Every frame has its `event:` line: the SDKs skip those without. */
export const writeStream: StreamWriter = (write, request) => {
  let open: OpenBlock | undefined;
  let usage: Usage = {};
  /** Blocks that could not be said; the numbers of later ones close the gap. */
  let skipped = 0;

  function begin(event: Extract<Event, { type: 'open' }>): void {
    const block = writeBlockStart(event.block);
    open = block === undefined ? undefined : openBlock(event.index - skipped, event.block);
    if (open === undefined) skipped += 1;
    else write(frame('content_block_start', { type: 'content_block_start', index: open.index, content_block: block }));
    if (event.block.type === 'image') text(imageNote(event.block.source));
  }

  function text(value: string, pieces?: RunPieces): void {
    if (open !== undefined && open.textPrefix !== '') more(open.textPrefix, value, pieces);
  }

  function json(value: string, pieces?: RunPieces): void {
    if (open === undefined || open.jsonPrefix === '') return;
    if (open.custom) open.input += value;
    else more(open.jsonPrefix, value, pieces);
  }

  function more(prefix: string, value: string, pieces: RunPieces | undefined): void {
    write(pieces === undefined ? prefix + JSON.stringify(value) + deltaEnd : writtenRun(prefix, pieces, deltaEnd));
  }

  function cite(value: Citation): void {
    const citation = writeCitation(value);
    if (open !== undefined && citation !== undefined)
      write(deltaFrame(open.index, { type: 'citations_delta', citation }));
  }

  return (event) => {
    switch (event.type) {
      case 'text':
        return text(event.text, event.pieces);
      case 'json':
        return json(event.json, event.pieces);
      case 'start':
        usage = event.usage ?? {};
        return write(frame('message_start', { type: 'message_start', message: startMessage(event, request.model) }));
      case 'open':
        return begin(event);
      case 'signature':
        if (open?.signed === true) open.signature = event.signature;
        return;
      case 'citation':
        return cite(event.citation);
      case 'native':
        if (event.dialect === anthropicName) write(nativeFrame(event, open));
        return;
      case 'close':
        if (open !== undefined) write(blockEnd(open));
        open = undefined;
        return;
      case 'usage':
        usage = mergeUsage(usage, event.usage);
        return;
      case 'finish':
        return write(messageEnd(event, usage));
      case 'error':
        return write(frame('error', writeError(event.error, '')));
    }
  };
};

function frame(name: string, data: JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function deltaFrame(index: number, delta: JsonObject): string {
  return frame('content_block_delta', { type: 'content_block_delta', index, delta });
}

function startMessage(event: Extract<Event, { type: 'start' }>, model: string): JsonObject {
  return {
    id: messageId(event.id),
    type: 'message',
    role: 'assistant',
    model: event.model === '' ? model : event.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: writeUsage(event.usage ?? {}),
    ...fieldsOf(event.ext),
  };
}

function openBlock(index: number, head: BlockHead): OpenBlock {
  const prefix = (type: string, field: string): string =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${field}":`;
  const block = {
    index,
    textPrefix: '',
    jsonPrefix: '',
    custom: false,
    signed: false,
    input: '',
    signature: undefined,
  };
  switch (head.type) {
    case 'text':
    case 'refusal':
    case 'image':
      return { ...block, textPrefix: prefix('text_delta', 'text') };
    case 'thinking':
      return { ...block, textPrefix: prefix('thinking_delta', 'thinking'), signed: true };
    case 'tool_call':
      return { ...block, jsonPrefix: prefix('input_json_delta', 'partial_json'), custom: head.kind === 'custom' };
    case 'native':
      return { ...block, jsonPrefix: prefix('input_json_delta', 'partial_json') };
    case 'redacted':
      return block;
  }
}

function blockEnd({ index, jsonPrefix, custom, input, signature }: OpenBlock): string {
  const wrapped = custom ? jsonPrefix + JSON.stringify(JSON.stringify({ input })) + deltaEnd : '';
  const proof = signature === undefined ? '' : deltaFrame(index, { type: 'signature_delta', signature });
  return `${wrapped}${proof}${frame('content_block_stop', { type: 'content_block_stop', index })}`;
}

function messageEnd(event: Extract<Event, { type: 'finish' }>, usage: Usage): string {
  const { stop_reason: ownReason, ...others } = fieldsOf(event.ext) ?? {};
  const entries = Object.entries(others);
  const delta = {
    stop_reason: event.reason === 'end' && ownReason !== undefined ? ownReason : writeStopReason(event.reason),
    stop_sequence: event.stopSequence ?? null,
    ...Object.fromEntries(entries.filter(([field]) => deltaFields.has(field))),
  };
  const beside = Object.fromEntries(entries.filter(([field]) => !deltaFields.has(field)));
  const last = { type: 'message_delta', delta, usage: writeFinalUsage(usage), ...beside };
  return `${frame('message_delta', last)}${frame('message_stop', { type: 'message_stop' })}`;
}

/** What canon has no word for, as it came: an event, whose name must not break the frame, or a delta of the open block. */
function nativeFrame({ value, index }: Extract<Event, { type: 'native' }>, open: OpenBlock | undefined): string {
  if (typeof value.type !== 'string' || !/^[\w.-]+$/.test(value.type)) return '';
  if (index === undefined) return frame(value.type, value);
  return open === undefined ? '' : deltaFrame(open.index, value);
}
