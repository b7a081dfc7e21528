import type { JsonObject } from '../../src/canon/json.ts';
import { createMessageWriter } from '../../src/wire/aws-eventstream.ts';

/** Whether bytes are messages of Amazon's event streams: each begins with its length, which is never that of text. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes[0] === 0;
}

/** The messages that one JSON object a line stands for, `{"messageStop": {...}}`; those named so are exceptions. */
export function framed(lines: readonly string[]): Buffer {
  return Buffer.concat(lines.filter((line) => line.trim() !== '').map(messageOf));
}

function messageOf(line: string): Buffer {
  const [[name, payload] = ['', {}]] = Object.entries(JSON.parse(line) as JsonObject);
  const kind = name.endsWith('Exception') ? 'exception' : 'event';
  const headers = { [`:${kind}-type`]: name, ':content-type': 'application/json', ':message-type': kind };
  return createMessageWriter(headers)(JSON.stringify(payload));
}

/** The messages of a stream, one by one. */
export function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + bytes.readUInt32BE(at);
    messages.push(bytes.subarray(at, end));
    at = end;
  }
  return messages;
}

const write = createMessageWriter({ ':event-type': 'contentBlockDelta', ':message-type': 'event' });

/** What may come between the messages of a stream. */
export const binaryGarbage: readonly Buffer[] = [
  Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
  Buffer.from([0, 0, 0, 16, 0, 0, 0, 0]),
  write('null'),
  write('half a fra'),
  write('{"contentBlockIndex":0}'),
  framed(['{"throttlingException":{"message":"Too many tokens, please wait before trying again."}}']),
  framed(['{"unheardOf":{"x":1}}']),
  framed(['{"messageStop":{}}']),
  createMessageWriter({ ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'It broke.' })(
    '',
  ),
  createMessageWriter({})(''),
];
