import { type Answer, chunksOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { interleaved } from '../interleave.ts';
import { type JsonObject, objectOf, textOf } from '../json.ts';
import type { Manner } from '../scenario.ts';
import { frameWriter } from '../sse.ts';
import {
  annotationsOf,
  callHead,
  customInput,
  incompleteReason,
  type Piece,
  piecesOf,
  reasoningHead,
  reasoningShown,
  summaryTexts,
  writeContent,
  writeItem,
  writeOutput,
  writeResponse,
} from './answer.ts';

/** One event, before it is numbered. */
export type ResponseEvent = JsonObject & { readonly type: string };

/** What built-in tools tell while they work. */
const PHASES: Readonly<Record<string, readonly string[]>> = {
  web_search_call: ['in_progress', 'searching', 'completed'],
  file_search_call: ['in_progress', 'searching', 'completed'],
  code_interpreter_call: ['in_progress', 'interpreting', 'completed'],
  image_generation_call: ['in_progress', 'generating', 'completed'],
  mcp_call: ['in_progress', 'completed'],
  mcp_list_tools: ['in_progress', 'completed'],
};

const FINAL: Readonly<Record<string, string>> = {
  completed: 'response.completed',
  incomplete: 'response.incomplete',
  failed: 'response.failed',
};

/** The events of a streamed answer, framed. */
export function writeStream(answer: Answer, asked: Asked): string[] {
  const variant = answer.manner.responses ?? {};
  const omit = variant.omit ?? [];
  const events = eventsOf(answer, asked).filter(({ type }) => !omit.includes(type));
  const frames = framed(variant.rotatingIds === true ? events.map(renamed) : events, answer.manner, 0);
  return variant.done === true ? [...frames, frameWriter(answer.manner)('[DONE]')] : frames;
}

/** Numbers events from `first` on and frames them. */
export function framed(events: readonly ResponseEvent[], manner: Manner, first: number): string[] {
  const frame = frameWriter(manner);
  const { numbered, eventLines } = manner.responses ?? {};
  return events.map(({ type, ...members }, index) => {
    const number = numbered === false ? {} : { sequence_number: first + index };
    return frame(JSON.stringify({ type, ...number, ...members }), eventLines === false ? undefined : type);
  });
}

/** The same event with ids that no other event has. */
function renamed(event: ResponseEvent, index: number): ResponseEvent {
  const { item_id: itemId, item } = event;
  return {
    ...event,
    ...(itemId === undefined ? {} : { item_id: `${textOf(itemId)}_${index}` }),
    ...(item === undefined ? {} : { item: { ...objectOf(item), id: `${textOf(objectOf(item).id)}_${index}` } }),
  };
}

function eventsOf(answer: Answer, asked: Asked): ResponseEvent[] {
  const open = { status: 'in_progress', output: [], over: false };
  const done = writeOutput(answer, asked, 'response');
  const end = writeResponse(answer, asked, { ...done, over: true });
  const pieces = piecesOf(answer, asked);
  const broken = incompleteReason(answer.stop, answer.parts) !== undefined;
  const rows = pieces.map((piece, index) => {
    const status = broken && index === pieces.length - 1 ? 'incomplete' : 'completed';
    return itemEvents(piece, index, status, answer, asked);
  });
  return [
    { type: 'response.created', response: writeResponse(answer, asked, open) },
    { type: 'response.in_progress', response: writeResponse(answer, asked, open) },
    ...(answer.manner.responses?.interleaved === true ? interleaved(rows) : rows.flat()),
    ...(answer.stop === null ? [] : [{ type: FINAL[done.status] ?? 'response.completed', response: end }]),
  ];
}

function itemEvents(piece: Piece, index: number, status: string, answer: Answer, asked: Asked): ResponseEvent[] {
  const place = { output_index: index };
  const at = { item_id: piece.id, ...place };
  const { opened, events } = contentEvents(piece, at, answer, asked);
  return [
    { type: 'response.output_item.added', ...place, item: opened },
    ...events,
    { type: 'response.output_item.done', ...place, item: writeItem(piece, answer, asked, status, 'done') },
  ];
}

interface Content {
  /** The item as it opens. */
  readonly opened: JsonObject;
  readonly events: readonly ResponseEvent[];
}

function contentEvents(piece: Piece, at: JsonObject, answer: Answer, asked: Asked): Content {
  switch (piece.kind) {
    case 'message': {
      const opened = { id: piece.id, type: 'message', status: 'in_progress', content: [], role: 'assistant' };
      return { opened, events: messageEvents(piece, at, answer, asked) };
    }
    case 'reasoning':
      return { opened: reasoningHead(piece, asked, 'opened'), events: reasoningEvents(piece, at, answer, asked) };
    case 'call':
      return callEvents(piece, at, answer, asked);
    case 'native': {
      const type = textOf(piece.item.type);
      const opened = piece.item.status === undefined ? piece.item : { ...piece.item, status: 'in_progress' };
      return { opened, events: (PHASES[type] ?? []).map((phase) => ({ type: `response.${type}.${phase}`, ...at })) };
    }
  }
}

/** Deltas carry filling of a changing length, so that nobody learns from sizes; a request may do without. */
function deltas(type: string, text: string, at: JsonObject, answer: Answer, asked: Asked): ResponseEvent[] {
  const plain = objectOf(asked.body.stream_options).include_obfuscation === false;
  return chunksOf(text, answer.chunk).map((delta) => {
    const filling = plain ? {} : { obfuscation: 'x'.repeat(16 - (delta.length % 16)) };
    return { type, ...at, delta, ...filling };
  });
}

function messageEvents(
  piece: Extract<Piece, { kind: 'message' }>,
  item: JsonObject,
  answer: Answer,
  asked: Asked,
): ResponseEvent[] {
  return piece.parts.flatMap((part, index) => {
    const at = { ...item, content_index: index };
    const done = writeContent(part);
    if (part.kind === 'refusal') {
      return [
        { type: 'response.content_part.added', ...at, part: { ...done, refusal: '' } },
        ...deltas('response.refusal.delta', part.text, at, answer, asked),
        { type: 'response.refusal.done', ...at, refusal: part.text },
        { type: 'response.content_part.done', ...at, part: done },
      ];
    }
    const logprobs = { logprobs: [] };
    return [
      { type: 'response.content_part.added', ...at, part: { ...done, annotations: [], text: '' } },
      ...deltas('response.output_text.delta', part.text, { ...at, ...logprobs }, answer, asked),
      ...annotationsOf(part).map((annotation, number) => ({
        type: 'response.output_text.annotation.added',
        ...at,
        annotation_index: number,
        annotation,
      })),
      { type: 'response.output_text.done', ...at, text: part.text, ...logprobs },
      { type: 'response.content_part.done', ...at, part: done },
    ];
  });
}

function reasoningEvents(
  piece: Extract<Piece, { kind: 'reasoning' }>,
  item: JsonObject,
  answer: Answer,
  asked: Asked,
): ResponseEvent[] {
  const { text, redacted } = piece.part;
  const shown = redacted === undefined ? reasoningShown(answer, asked) : 'no';
  if (shown === 'no') return [];
  if (shown === 'text') {
    const at = { ...item, content_index: 0 };
    return [
      ...deltas('response.reasoning_text.delta', text, at, answer, asked),
      { type: 'response.reasoning_text.done', ...at, text },
    ];
  }
  return summaryTexts(text, answer).flatMap((part, index) => {
    const at = { ...item, summary_index: index };
    return [
      { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
      ...deltas('response.reasoning_summary_text.delta', part, at, answer, asked),
      { type: 'response.reasoning_summary_text.done', ...at, text: part },
      { type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text: part } },
    ];
  });
}

function callEvents(piece: Extract<Piece, { kind: 'call' }>, at: JsonObject, answer: Answer, asked: Asked): Content {
  const head = callHead(piece, asked);
  if (head.type === 'custom_tool_call') {
    const input = customInput(piece.part);
    const type = 'response.custom_tool_call_input';
    const events = [...deltas(`${type}.delta`, input, at, answer, asked), { type: `${type}.done`, ...at, input }];
    return { opened: { ...head, input: '' }, events };
  }
  const { json } = piece.part;
  const type = 'response.function_call_arguments';
  const events = [
    ...deltas(`${type}.delta`, json, at, answer, asked),
    { type: `${type}.done`, ...at, arguments: json },
  ];
  return { opened: { ...head, arguments: '' }, events };
}
