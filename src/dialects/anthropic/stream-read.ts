import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, numberIn, parseJson } from '../../canon/json.ts';
import { createSseReader, type SseFrame } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import { readStreamError } from './error-read.ts';
import { anthropicName } from './ext.ts';
import { MessageReader } from './message-reader.ts';

/** Reads one streamed answer. */
export function readStream(emit: Sink): StreamReader {
  const message = new MessageReader(emit);
  const sse = createSseReader((frame) => {
    if (frame.data !== undefined && frame.data !== '' && !message.ended) readFrame(frame, frame.data, message, emit);
  });
  return {
    feed: sse.feed,
    end() {
      sse.end();
      message.cut();
    },
  };
}

function readFrame(frame: SseFrame, data: string, message: MessageReader, emit: Sink): void {
  const event = parseJson(data);
  if (!isObject(event)) {
    // Proxies borrow this end mark from another language.
    if (data.trim() !== '[DONE]')
      message.fail(new GatewayError('bad_upstream', 'The provider sent an event that is not JSON.'));
    return;
  }
  switch (typeof event.type === 'string' ? event.type : frame.event) {
    case 'content_block_delta':
      return message.blocks.delta(numberIn(event.index) ?? 0, objectIn(event.delta));
    case 'content_block_start':
      return message.blocks.begin(numberIn(event.index) ?? 0, objectIn(event.content_block));
    case 'content_block_stop':
      return message.blocks.close(numberIn(event.index) ?? 0);
    case 'ping':
      return;
    case 'message_start':
      return message.start(objectIn(event.message));
    case 'message_delta':
      return message.delta(event);
    case 'message_stop':
      return message.stop();
    case 'error':
      return message.fail(readStreamError(event));
    default:
      if (event.type === undefined && event.error !== undefined) return message.fail(readStreamError(event));
      emit({ type: 'native', dialect: anthropicName, value: event });
  }
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
