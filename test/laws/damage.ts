import { createFrameSplitter } from '../../src/wire/sse.ts';
import { binaryGarbage, isBinary, messagesOf } from './binary.ts';

/** A stream that is no longer what the provider said. */
export interface Damaged {
  readonly what: string;
  readonly bytes: Buffer;
  /** Pieces of a call may be missing or doubled although its provider closed it: nobody can tell. */
  readonly tears: boolean;
}

/** What servers and the machines between have been seen to put into streams. */
const garbage: readonly string[] = [
  'data: {"choices":[{"delta":{"content":"half a fra\n\n',
  'data: <html><body>502 Bad Gateway</body></html>\n\n',
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  'data: null\n\n',
  'data: []\n\n',
  'data: "text"\n\n',
  'event: unheard_of\ndata: {"type":"unheard_of","x":1}\n\n',
  'data: [DONE]\n\n',
  '\0\u00ff\ufffd\n\n',
];

/** The frames of a stream, each with its blank line; the messages of a binary one. */
export function framesOf(bytes: Buffer): Buffer[] {
  if (isBinary(bytes)) return messagesOf(bytes);
  const frames: Buffer[] = [];
  const splitter = createFrameSplitter((buffer, start, end) => frames.push(Buffer.from(buffer.subarray(start, end))));
  splitter.feed(bytes);
  const rest = splitter.rest();
  return rest.length > 0 ? [...frames, rest] : frames;
}

/** Each frame lost, each repeated, neighbours exchanged, garbage at each place, the answer begun anew at each; evenly chosen where that is more than `most` of a sort. */
export function damagesOf(bytes: Buffer, most: number): Damaged[] {
  const frames = framesOf(bytes);
  const places = chosen(frames.length, most);
  const joined = (what: string, pieces: readonly Uint8Array[], tears = true): Damaged => ({
    what,
    bytes: Buffer.concat(pieces),
    tears,
  });
  return places.flatMap((i) => {
    const frame = frames[i] as Buffer;
    const next = frames.slice(i + 1, i + 2);
    const noise = isBinary(bytes)
      ? (binaryGarbage[i % binaryGarbage.length] as Buffer)
      : Buffer.from(garbage[i % garbage.length] as string);
    return [
      joined(`frame ${i} lost`, frames.toSpliced(i, 1)),
      joined(`frame ${i} repeated`, frames.toSpliced(i, 0, frame)),
      joined(`frames ${i} and ${i + 1} exchanged`, frames.toSpliced(i, 2, ...next, frame)),
      joined(`${JSON.stringify(noise.toString())} before frame ${i}`, frames.toSpliced(i, 0, noise), false),
      joined(`all over again before frame ${i}`, [...frames.slice(0, i), ...frames], false),
      joined(`frame ${i} without its second half`, frames.with(i, frame.subarray(0, frame.length >> 1))),
    ];
  });
}

/** Evenly spread indexes, the first and the last among them. */
export function chosen(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
}
