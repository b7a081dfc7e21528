import { answersOf } from './answer-languages.ts';
import { prose } from './prose.ts';
import {
  deltaLength,
  deltas,
  type Language,
  type Manner,
  openingMicros,
  paceMicros,
  silenceMicros,
} from './scenario.ts';

/** Bytes that leave together, after a pause. */
interface Packet {
  readonly pauseMicros: number;
  readonly bytes: Buffer;
}

/** The text of an answer. */
export function answerText(manner: Manner): string {
  return prose(deltas[manner] * deltaLength, 7);
}

/** A provider's HTTP answer in the form that upstream.c reads. */
export function packedAnswer(language: Language, manner: Manner): Buffer {
  const packets = manner === 'whole' ? [wholePacket(language)] : streamPackets(language, manner);
  return Buffer.concat(
    packets.flatMap(({ pauseMicros, bytes }) => [Buffer.from(Uint32Array.of(pauseMicros, bytes.length).buffer), bytes]),
  );
}

function wholePacket(language: Language): Packet {
  const body = JSON.stringify(answersOf[language].whole(answerText('whole')));
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return { pauseMicros: 0, bytes: Buffer.from(head + body) };
}

/** One HTTP chunk for each event, as the services send them. */
function streamPackets(language: Language, manner: Manner): Packet[] {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\nrequest-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n';
  const text = answerText(manner);
  const pieces = Array.from({ length: deltas[manner] }, (_, i) => text.slice(i * deltaLength, (i + 1) * deltaLength));
  const { opening, delta, closing } = answersOf[language];
  const chunks = (frames: readonly string[]): string => frames.map(chunk).join('');
  return [
    { pauseMicros: 0, bytes: Buffer.from(head + chunks(opening)) },
    ...pieces.map((piece, i) => ({
      pauseMicros: i > 0 ? pauseBefore(manner, i) : 0,
      bytes: Buffer.from(chunk(delta(piece))),
    })),
    { pauseMicros: manner === 'hold' ? silenceMicros : 0, bytes: Buffer.from(`${chunks(closing)}0\r\n\r\n`) },
  ];
}

/** Microseconds before a piece that is not the first. */
function pauseBefore(manner: Manner, piece: number): number {
  if (manner === 'paced') return paceMicros;
  return manner === 'opening' && piece === 1 ? openingMicros : 0;
}

function chunk(frame: string): string {
  return `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`;
}
