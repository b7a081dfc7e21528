import { isObject, type JsonObject, parseJson } from '../../src/canon/json.ts';
import { framed, messagesOf } from '../laws/binary.ts';

/** One event of a stream as it stands on the wire. */
export interface Frame {
  /** The event's name; empty where it has none. */
  readonly event: string;
  /** Its data; nothing where it is no JSON object. */
  readonly data: JsonObject | undefined;
  readonly raw: string;
}

/** The frames of server-sent events; a reading of the specification that shares nothing with wire/. */
export function framesIn(text: string): Frame[] {
  const frames: Frame[] = [];
  let event = '';
  let data: string[] = [];
  for (const line of text.replaceAll(/\r\n?/g, '\n').split('\n')) {
    if (line === '') {
      if (data.length > 0) {
        const raw = data.join('\n');
        const parsed = parseJson(raw);
        frames.push({ event, data: isObject(parsed) ? parsed : undefined, raw });
      }
      event = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  }
  return frames;
}

/** The messages of a binary stream, each under its name; an exception under its own. */
export function messagesIn(bytes: Buffer): Frame[] {
  return messagesOf(bytes).map((message) => {
    const headersLength = message.readUInt32BE(4);
    const headers: { [name: string]: string } = {};
    for (let at = 12; at < 12 + headersLength; ) {
      const nameLength = message[at] ?? 0;
      const name = message.toString('utf8', at + 1, at + 1 + nameLength);
      const start = at + 1 + nameLength + 3;
      const length = message.readUInt16BE(start - 2);
      headers[name] = message.toString('utf8', start, start + length);
      at = start + length;
    }
    const raw = message.toString('utf8', 12 + headersLength, message.length - 4);
    const parsed = parseJson(raw);
    const isException = headers[':message-type'] !== 'event';
    const event = headers[isException ? ':exception-type' : ':event-type'] ?? '';
    return { event: isException ? `!${event}` : event, data: isObject(parsed) ? parsed : undefined, raw };
  });
}

/** The bytes of a stream in a language, from its events. */
export function streamOf(language: string, events: readonly JsonObject[]): Buffer {
  if (language === 'bedrock-converse') return framed(events.map((event) => JSON.stringify(event)));
  const frames = events.map((event) => {
    const name = typeof event['type'] === 'string' && event['choices'] === undefined ? `event: ${event['type']}\n` : '';
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  return Buffer.from(frames.join('') + (language === 'openai-chat' ? 'data: [DONE]\n\n' : ''));
}
