import type { Block } from '../../canon/content.ts';
import type { BlockHead, Event } from '../../canon/event.ts';
import type { Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { logprobsType } from './answer-line.ts';
import { responsesName } from './ext.ts';
import { ResponseWriter } from './stream-write.ts';

/** Writes a whole answer as the response that its stream adds up to. */
export function writeResponse(answer: Folded, request: ChatRequest): JsonObject {
  const writer = new ResponseWriter(undefined, request);
  for (const event of eventsOf(answer)) writer.event(event);
  return writer.response();
}

/** The events that a whole answer could have come in. */
function* eventsOf({ id, model, ext, content, natives, usage, finish, error }: Folded): Generator<Event> {
  yield { type: 'start', id, model, ...(ext !== undefined && { ext }) };
  for (const [index, block] of content.entries()) {
    yield { type: 'open', index, block: headOf(block) };
    yield* contentOf(block, index);
    for (const native of natives) if (isLogprobsOf(native, index)) yield native;
    yield { type: 'close', index };
  }
  if (Object.keys(usage).length > 0) yield { type: 'usage', usage };
  if (error === undefined) yield { type: 'finish', reason: 'end', ...finish, ...(ext !== undefined && { ext }) };
  else yield { type: 'error', error };
}

function isLogprobsOf({ dialect, value }: Extract<Event, { type: 'native' }>, index: number): boolean {
  return dialect === responsesName && value.type === logprobsType && value.block === index;
}

function headOf(block: Block): BlockHead {
  const ext = block.ext === undefined ? undefined : { ext: block.ext };
  switch (block.type) {
    case 'thinking':
      return block.redacted === undefined
        ? { type: 'thinking', ...ext }
        : { type: 'redacted', data: block.redacted, ...ext };
    case 'tool_call': {
      const { id, name, kind } = block;
      return { type: 'tool_call', id, name, ...(kind !== undefined && { kind }), ...ext };
    }
    case 'image':
      return { type: 'image', source: block.source };
    case 'native':
      return { type: 'native', dialect: block.dialect, value: block.value };
    case 'refusal':
      return { type: 'refusal' };
    default:
      return { type: 'text', ...ext };
  }
}

function* contentOf(block: Block, index: number): Generator<Event> {
  if (block.type === 'tool_call') yield { type: 'json', index, json: block.json };
  if (block.type !== 'text' && block.type !== 'refusal' && block.type !== 'thinking') return;
  if (block.text !== '') yield { type: 'text', index, text: block.text };
  if (block.type === 'thinking' && block.signature !== undefined) {
    yield { type: 'signature', index, signature: block.signature };
  }
  if (block.type === 'text') for (const citation of block.citations ?? []) yield { type: 'citation', index, citation };
}
