import type { Carriage } from '../../src/observe/call.ts';
import type { Bounds } from './bound.ts';
import * as bounds from './bounds.ts';
import type { Scene } from './stage.ts';
import { answerOf, framesOf, type Language, longRequestOf, readsOf, requestOf, type Served } from './traffic.ts';

/** One way through the gateway with one kind of traffic. */
export interface Lane {
  readonly name: string;
  readonly client: Language;
  readonly provider: Served;
  readonly carriage: Carriage;
  readonly bounds: Bounds;
  /** What sockets change in the bounds. */
  readonly overSockets: Partial<Bounds>;
  /** The scene; of a stream with so many events. */
  scene(events: number): Scene;
}

const kilobytes = (count: number): number => count * 1000;
/** Bytes a socket's read may have. */
const read = 64 * 1024;

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };

interface Way {
  readonly client: Language;
  readonly provider: Served;
  readonly carriage: Carriage;
  readonly event: Bounds;
  /** Of an event, where reads cut frames. */
  readonly cut: Partial<Bounds>;
  readonly whole: Bounds;
  /** Of a large request, which comes in several reads; and of one that is mostly long texts. */
  readonly large: Partial<Bounds>;
  readonly longTexts: Partial<Bounds>;
}

const passed = {
  carriage: 'passed',
  event: bounds.passedEvent,
  cut: bounds.cutFrames,
  whole: bounds.passedWhole,
  large: bounds.largePassed,
  longTexts: bounds.largePassed,
} as const;
const translated = {
  carriage: 'translated',
  event: bounds.translatedEvent,
  cut: bounds.translatedCut,
  whole: bounds.translatedWhole,
  large: bounds.largeTranslated,
  longTexts: bounds.longTexts,
} as const;

/** The ways that matter most, from the client's language to the provider's. */
export const ways: readonly Way[] = [
  { client: 'anthropic', provider: 'anthropic', ...passed },
  { client: 'openai-chat', provider: 'openai-chat', ...passed },
  { client: 'anthropic', provider: 'openai-chat', ...translated },
  { client: 'openai-chat', provider: 'anthropic', ...translated },
  { client: 'anthropic', provider: 'gemini', ...translated },
];

/** Whole answers. */
export function wholeLanes({ client, provider, carriage, whole, large, longTexts }: Way): Lane[] {
  const lane = (name: string, [asked, said]: readonly [Buffer, number], more: Partial<Bounds>): Lane => {
    const request = readsOf([asked], read);
    const answer = { headers: json, reads: readsOf([answerOf(provider, said)], read) };
    const scene: Scene = { client, stream: false, request, answer, paced: false };
    const { overSockets } = bounds;
    const sockets = more === longTexts && longTexts !== large ? bounds.longTextsOverSockets : overSockets;
    return {
      name,
      client,
      provider,
      carriage,
      bounds: { ...whole, ...more },
      overSockets: sockets,
      scene: () => scene,
    };
  };
  return [
    lane('whole, 2 KB', [requestOf(client, kilobytes(2), false), kilobytes(2)], {}),
    lane('whole, a request of 200 KB', [requestOf(client, kilobytes(200), false), kilobytes(2)], large),
    lane('whole, a request of 200 KB of long texts', [longRequestOf(client, kilobytes(200)), kilobytes(2)], longTexts),
    lane(
      'whole, an answer of 200 KB',
      [requestOf(client, kilobytes(2), false), kilobytes(200)],
      bounds.joined({ answer: 1 }),
    ),
  ];
}

/** Streams: each event a read in a turn of its own, many events a read, and reads that cut frames. */
export function streamLanes({ client, provider, carriage, event, cut }: Way): Lane[] {
  const request = [requestOf(client, kilobytes(2), true)];
  const lane = (name: string, paced: boolean, reads: (count: number) => readonly Buffer[], more = {}): Lane => ({
    name,
    client,
    provider,
    carriage,
    bounds: { ...event, ...more },
    overSockets: carriage === 'passed' ? bounds.eventOverSockets : bounds.translatedEventOverSockets,
    scene: (count) => ({ client, stream: true, request, answer: { headers: events, reads: reads(count) }, paced }),
  });
  return [
    lane('stream, one event a read', true, (count) => framesOf(provider, count)),
    lane('stream, ten events a read', false, (count) => inTens(framesOf(provider, count))),
    lane('stream, reads of 16 KiB', false, (count) => readsOf(framesOf(provider, count), 16 * 1024), cut),
  ];
}

function inTens(frames: readonly Buffer[]): Buffer[] {
  const reads = Math.ceil(frames.length / 10);
  return Array.from({ length: reads }, (_, i) => Buffer.concat(frames.slice(i * 10, (i + 1) * 10)));
}
