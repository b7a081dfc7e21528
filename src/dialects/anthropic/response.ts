import type { Block } from '../../canon/content.ts';
import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import type { Folded } from '../../canon/fold.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { writeAnswerBlock } from './answer-block.ts';
import { readStreamError } from './error-read.ts';
import { fieldsOf } from './ext.ts';
import { messageId } from './message-id.ts';
import { MessageReader } from './message-reader.ts';
import { writeStopReason } from './stop.ts';
import { writeUsage } from './usage.ts';

/** Reads a whole answer. */
export function readResponse(body: unknown, emit: Sink): void {
  const message = new MessageReader(emit);
  if (isObject(body) && (body.type === 'error' || (body.content === undefined && isObject(body.error)))) {
    return message.fail(readStreamError(body));
  }
  if (!isObject(body) || !(Array.isArray(body.content) || typeof body.content === 'string')) {
    return message.fail(
      new GatewayError('bad_upstream', 'The provider answered with something that is not a message.'),
    );
  }
  message.start(body);
  message.stop();
}

function writeContent(blocks: readonly Block[]): JsonObject[] {
  const written: JsonObject[] = [];
  for (const block of blocks) {
    const one = writeAnswerBlock(block);
    if (one !== undefined) written.push(one);
  }
  return written;
}

/** Writes a whole answer. */
export function writeResponse(answer: Folded, request: ChatRequest): JsonObject {
  const own = fieldsOf(answer.ext);
  const ownReason = own?.stop_reason;
  const reason = answer.finish?.reason ?? 'end';
  const message: JsonObject = {
    id: messageId(answer.id),
    type: 'message',
    role: 'assistant',
    model: answer.model === '' ? request.model : answer.model,
    content: writeContent(answer.content),
    stop_reason: reason === 'end' && ownReason !== undefined ? ownReason : writeStopReason(reason),
    stop_sequence: answer.finish?.stopSequence ?? null,
    usage: writeUsage(answer.usage),
  };
  if (own === undefined) return message;
  const { stop_reason: _, ...others } = own;
  return { ...message, ...others };
}
