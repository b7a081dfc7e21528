/** A language by its name in Dragoman's configuration. */
export type Language = 'anthropic' | 'openai-chat' | 'gemini';

/**
 * How an answer comes: whole, as many events at once, one event a packet, the first event alone and the others at once, or
 * one event and then silence.
 */
export type Manner = 'whole' | 'burst' | 'paced' | 'opening' | 'hold';

/** Every language. */
export const languages: readonly Language[] = ['anthropic', 'openai-chat', 'gemini'];

/** Every manner. */
export const manners: readonly Manner[] = ['whole', 'burst', 'paced', 'opening', 'hold'];

/** A body of about 2 KB, of 200 KB as a coding agent sends it, of 2 MB as it sends it after a long day. */
export type BodySize = 'small' | 'large' | 'huge';

/** A way from the client to the provider. */
export interface Lane {
  readonly name: string;
  readonly client: Language;
  readonly upstream: Language;
}

/** What is sent on every lane in turn. */
export interface Setting {
  readonly name: string;
  readonly manner: Manner;
  readonly body: BodySize;
  readonly connections: number;
  /** Each connection asks once, and so many microseconds after the one before. */
  readonly staggerMicros?: number;
  /** Names of the lanes that are measured; all where it is absent. */
  readonly lanes?: readonly string[];
  /** Contestants other than nginx and Dragoman take too long here. */
  readonly withoutPeers?: true;
}

/** The lane whose cost the translated ones are compared to. */
export const passLane: Lane = { name: 'Messages > Messages', client: 'anthropic', upstream: 'anthropic' };

/** All lanes; those within one language stand first. */
export const lanes: readonly Lane[] = [
  passLane,
  { name: 'chat > chat', client: 'openai-chat', upstream: 'openai-chat' },
  { name: 'Messages > chat', client: 'anthropic', upstream: 'openai-chat' },
  { name: 'Messages > Gemini', client: 'anthropic', upstream: 'gemini' },
  { name: 'chat > Messages', client: 'openai-chat', upstream: 'anthropic' },
];

/** The lanes between two languages. */
export const translatedLanes: readonly Lane[] = lanes.filter(isTranslated);

/** Whether client and provider speak different languages. */
export function isTranslated({ client, upstream }: Lane): boolean {
  return client !== upstream;
}

/** Events with text in an answer, by how it comes. */
export const deltas: { readonly [manner in Manner]: number } = {
  whole: 28,
  burst: 500,
  paced: 500,
  opening: 20,
  hold: 1,
};

/** Characters of text in each of these events. */
export const deltaLength = 24;

/** Pause before each packet of a paced answer. */
export const paceMicros = 10_000;

/** Pause behind the first event of an answer whose first event comes alone. */
export const openingMicros = 5000;

/** How long an answer that goes silent stays so. */
export const silenceMicros = 900_000_000;

const withoutChat: readonly string[] = lanes.map(({ name }) => name).filter((name) => name !== 'chat > chat');

/** Everything that is measured in rounds. */
export const settings: readonly Setting[] = [
  { name: 'whole small 1', manner: 'whole', body: 'small', connections: 1, lanes: withoutChat },
  { name: 'whole small 16', manner: 'whole', body: 'small', connections: 16 },
  { name: 'whole small 128', manner: 'whole', body: 'small', connections: 128, lanes: withoutChat },
  { name: 'whole large 1', manner: 'whole', body: 'large', connections: 1, lanes: withoutChat },
  { name: 'whole large 16', manner: 'whole', body: 'large', connections: 16 },
  { name: 'whole large 128', manner: 'whole', body: 'large', connections: 128, lanes: withoutChat, withoutPeers: true },
  { name: 'whole huge 1', manner: 'whole', body: 'huge', connections: 1, lanes: withoutChat },
  { name: 'whole huge 16', manner: 'whole', body: 'huge', connections: 16, lanes: withoutChat, withoutPeers: true },
  { name: 'opening small 1', manner: 'opening', body: 'small', connections: 1, lanes: withoutChat },
  { name: 'burst small 1', manner: 'burst', body: 'small', connections: 1, lanes: withoutChat },
  { name: 'burst small 16', manner: 'burst', body: 'small', connections: 16 },
  {
    name: 'paced small 100',
    manner: 'paced',
    body: 'small',
    connections: 100,
    lanes: withoutChat,
    // They begin one after the other, and not in step with the pauses, so that few speak at the same moment.
    staggerMicros: 3100,
  },
];

/** Whether a setting measures events, and not requests. */
export function isOfEvents({ manner }: Setting): boolean {
  return manner !== 'whole';
}

/** A setting in words. */
export function describeSetting({ manner, body, connections }: Setting): string {
  const sizes = { small: '2 KB request', large: '200 KB request', huge: '2 MB request' };
  const words = {
    whole: 'whole answer',
    burst: `stream of ${deltas.burst} events at once`,
    paced: `stream of ${deltas.paced} events, one a packet every ${paceMicros / 1000} ms`,
    opening: `stream of ${deltas.opening} events, the first one ${openingMicros / 1000} ms before the others`,
    hold: 'stream that goes silent after its first event',
  };
  return `${words[manner]}, ${sizes[body]}, ${connections} connection${connections === 1 ? '' : 's'}`;
}
