/**
 * Anthropic's stream as Bedrock's InvokeModelWithResponseStream carries it: each event is a message named `chunk` whose
 * payload `{"bytes": ...}` holds the event's JSON in base64; what fails is an exception with a name of its own.
 */
import {
  BadEventStream,
  createEventStreamReader,
  createMessageWriter,
  type MessageHeaders,
} from './aws-eventstream.ts';
import { createSseReader, FrameTooLarge, type SseFrame } from './sse.ts';

/** Turns one stream into the other, piece by piece. */
export interface ChunkFilter {
  /** What these bytes complete; empty where they complete nothing. */
  feed(chunk: Uint8Array): Uint8Array;
  /** What is left when the bytes are over. Whatever is not whole then is dropped. */
  end(): Uint8Array;
}

/** What clients of the one API are told where the other names an exception. */
const typeOfException: { readonly [exception: string]: string } = {
  validationException: 'invalid_request_error',
  throttlingException: 'rate_limit_error',
  serviceUnavailableException: 'overloaded_error',
  modelTimeoutException: 'timeout_error',
  accessDeniedException: 'permission_error',
  resourceNotFoundException: 'not_found_error',
};

/** And the other way round; all others are the server's own fault. */
const exceptionOfType: { readonly [type: string]: string } = {
  invalid_request_error: 'validationException',
  authentication_error: 'validationException',
  billing_error: 'validationException',
  permission_error: 'validationException',
  not_found_error: 'validationException',
  request_too_large: 'validationException',
  rate_limit_error: 'throttlingException',
  overloaded_error: 'serviceUnavailableException',
  timeout_error: 'modelTimeoutException',
};

const nothing = Buffer.alloc(0);

/** From Amazon's messages to server-sent events. A damaged stream ends in an `error` event. */
export function createChunkUnwrapper(): ChunkFilter {
  let written = '';
  let failed = false;
  const reader = createEventStreamReader((headers, payload) => {
    if (!failed) take(headers, payload);
  });

  function take(headers: MessageHeaders, payload: Buffer): void {
    const kind = headers[':message-type'];
    if (kind === 'exception') {
      const message = textIn(fieldsOf(payload.toString()), 'message');
      fail(typeOfException[headers[':exception-type'] ?? ''] ?? 'api_error', message ?? headers[':exception-type']);
    } else if (kind === 'error') {
      fail('api_error', headers[':error-message'] ?? headers[':error-code']);
    } else if (headers[':event-type'] === 'chunk') chunk(payload.toString());
  }

  function chunk(payload: string): void {
    const bytes = textIn(fieldsOf(payload), 'bytes');
    const json = bytes === undefined ? '' : Buffer.from(bytes, 'base64').toString();
    const type = typeOf(json);
    if (type === undefined) fail('api_error', 'The provider sent a chunk that is no event.');
    // A line break between the fields would end the frame's line.
    else written += `event: ${type}\ndata: ${json.includes('\n') ? JSON.stringify(fieldsOf(json)) : json}\n\n`;
  }

  function fail(type: string, message = 'The provider reported an error without a message.'): void {
    failed = true;
    written += `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message } })}\n\n`;
  }

  return {
    feed(bytes) {
      if (failed) return nothing;
      try {
        reader.feed(bytes);
      } catch (error) {
        if (!(error instanceof BadEventStream)) throw error;
        fail('api_error', error.message);
      }
      const left = Buffer.from(written);
      written = '';
      return left;
    },
    end: () => nothing,
  };
}

/** From server-sent events to Amazon's messages. Pings that come before the answer are left out: clients do not expect any there. */
export function createChunkWrapper(): ChunkFilter {
  const chunkOf = createMessageWriter(headersOf('event', 'event-type', 'chunk'));
  let pieces: Buffer[] = [];
  let begun = false;
  const sse = createSseReader(({ event, data }: SseFrame) => {
    if (data === undefined || !data.startsWith('{')) return;
    const type = event === '' ? typeOf(data) : event;
    if (type === 'error') return void pieces.push(exceptionOf(data));
    if (type === 'ping' && !begun) return;
    begun = true;
    pieces.push(chunkOf(`{"bytes":"${Buffer.from(data).toString('base64')}"}`));
  });

  function gathered(step: () => void): Uint8Array {
    try {
      step();
    } catch (error) {
      if (!(error instanceof FrameTooLarge)) throw error;
      pieces.push(exception('internalServerException', error.message));
    }
    const left = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    pieces = [];
    return left;
  }

  return {
    feed: (bytes) => gathered(() => sse.feed(bytes)),
    end: () => gathered(() => sse.end()),
  };
}

function exceptionOf(data: string): Buffer {
  const error = fieldsOf(data)?.['error'];
  const fields = isFields(error) ? error : undefined;
  const name = exceptionOfType[textIn(fields, 'type') ?? ''] ?? 'internalServerException';
  return exception(name, textIn(fields, 'message') ?? 'The request failed.');
}

function exception(name: string, message: string): Buffer {
  return createMessageWriter(headersOf('exception', 'exception-type', name))(JSON.stringify({ message }));
}

function headersOf(kind: string, field: string, name: string): MessageHeaders {
  return { [`:${field}`]: name, ':content-type': 'application/json', ':message-type': kind };
}

/** The name of an event, found in its JSON; nothing where it has none that can stand in a frame. */
function typeOf(json: string): string | undefined {
  const first = /^\{"type":"(\w+)"/.exec(json)?.[1];
  if (first !== undefined && json.endsWith('}')) return first;
  const type = textIn(fieldsOf(json), 'type');
  return type !== undefined && /^[\w.-]+$/.test(type) ? type : undefined;
}

type Fields = { readonly [name: string]: unknown };

function fieldsOf(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function textIn(fields: Fields | undefined, name: string): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
}
