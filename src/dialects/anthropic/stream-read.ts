import { GatewayError } from '../../canon/error.ts';
import type { Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, numberIn, parseJson, stringIn } from '../../canon/json.ts';
import { LearntForm } from '../../wire/frame-form.ts';
import { createSseReader } from '../../wire/sse.ts';
import type { StreamReader } from '../dialect.ts';
import type { Grown } from './block-reader.ts';
import { readStreamError } from './error-read.ts';
import { anthropicName } from './ext.ts';
import { MessageReader } from './message-reader.ts';

/** Reads one streamed answer. */
export function readStream(emit: Sink, runs = false): StreamReader {
  const message = new MessageReader(emit);
  /** Of the frames that come most: the block, and what grows in it. */
  const form = new LearntForm<{ readonly theirs: number; readonly grown: Grown }>(runs ? Number.POSITIVE_INFINITY : 1);
  const sse = createSseReader(
    ({ event: name, data }, bytes, start, end) => {
      if (data === undefined || data === '' || message.ended) return;
      const event = readFrame(name, data, message, emit);
      if (event === undefined || !form.learns) return;
      const { index, delta } = event;
      const grown = isObject(delta) ? grownBy.find(({ type }) => type === delta.type) : undefined;
      if (grown === undefined || !isObject(delta) || Object.keys(delta).length !== 2) return;
      const value = stringIn(delta[grown.field]) ?? '';
      form.learn(bytes.subarray(start, end), grown.field, value, { theirs: numberIn(index) ?? 0, grown });
    },
    (bytes, start) => {
      const end = message.ended ? 0 : form.end(bytes, start);
      if (end === 0) return 0;
      const { theirs, grown } = form.meaning;
      const pieces = form.pieces();
      message.blocks.grow(theirs, grown, form.text(), pieces);
      return end;
    },
  );
  return {
    feed: sse.feed,
    isComplete: () => message.isComplete,
    end() {
      sse.end();
      message.cut();
    },
  };
}

const grownBy: readonly Grown[] = [
  { type: 'text_delta', field: 'text' },
  { type: 'thinking_delta', field: 'thinking' },
  { type: 'input_json_delta', field: 'partial_json' },
];

/** Returns the event when it is more of a block. */
function readFrame(name: string, data: string, message: MessageReader, emit: Sink): JsonObject | undefined {
  const event = parseJson(data);
  if (!isObject(event)) {
    // Proxies borrow this end mark from another language.
    // What follows a complete answer takes nothing from it.
    if (data.trim() !== '[DONE]' && !message.isComplete)
      message.fail(new GatewayError('bad_upstream', 'The provider sent an event that is not JSON.'));
    return undefined;
  }
  switch (typeof event.type === 'string' ? event.type : name) {
    case 'content_block_delta':
      message.blocks.delta(numberIn(event.index) ?? 0, objectIn(event.delta));
      return event;
    case 'content_block_start':
      message.blocks.begin(numberIn(event.index) ?? 0, objectIn(event.content_block));
      break;
    case 'content_block_stop':
      message.blocks.close(numberIn(event.index) ?? 0);
      break;
    case 'ping':
      break;
    case 'message_start':
      message.start(objectIn(event.message));
      break;
    case 'message_delta':
      message.delta(event);
      break;
    case 'message_stop':
      message.stop();
      break;
    case 'error':
      message.fail(readStreamError(event));
      break;
    default:
      if (event.type === undefined && event.error !== undefined) message.fail(readStreamError(event));
      else emit({ type: 'native', dialect: anthropicName, value: event });
  }
  return undefined;
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
