/** A language by its name in the configuration. */
export type Language = 'anthropic' | 'openai-chat';

/** How an answer comes: whole, as a short stream, as many events at once, or one event a packet. */
export type Manner = 'whole' | 'stream' | 'burst' | 'paced';

/** Every language. */
export const languages: readonly Language[] = ['anthropic', 'openai-chat'];

/** Every manner. */
export const manners: readonly Manner[] = ['whole', 'stream', 'burst', 'paced'];

/** A body of about 2 KB, or of about 200 KB as a coding agent sends it. */
export type BodySize = 'small' | 'large';

/** A way from the client to the provider. */
export interface Lane {
  readonly name: string;
  readonly client: Language;
  readonly upstream: Language;
  /** What the gateway must say it did; none: it is not on the way. */
  readonly carriage?: 'passed' | 'translated';
}

/** What is sent on every lane in turn. */
export interface Setting {
  readonly name: string;
  readonly manner: Manner;
  readonly body: BodySize;
  readonly connections: number;
  /** Each connection asks once, and so many microseconds after the one before. */
  readonly staggerMicros?: number;
}

const directMessages: Lane = { name: 'direct, Messages', client: 'anthropic', upstream: 'anthropic' };
const directChat: Lane = { name: 'direct, chat', client: 'openai-chat', upstream: 'openai-chat' };

/** The lane whose cost the translated ones are compared to. */
export const passLane: Lane = {
  name: 'Messages > Messages',
  client: 'anthropic',
  upstream: 'anthropic',
  carriage: 'passed',
};

/** All lanes; what goes direct stands first. */
export const lanes: readonly Lane[] = [
  directMessages,
  directChat,
  passLane,
  { name: 'Messages > chat', client: 'anthropic', upstream: 'openai-chat', carriage: 'translated' },
  { name: 'chat > Messages', client: 'openai-chat', upstream: 'anthropic', carriage: 'translated' },
];

/** What the same client pays without the gateway. */
export function directOf({ client }: Lane): Lane {
  return client === 'anthropic' ? directMessages : directChat;
}

/** Events with text in an answer, by how it comes. */
export const deltas: { readonly [manner in Manner]: number } = { whole: 20, stream: 20, burst: 500, paced: 40 };

/** Characters of text in each of these events. */
export const deltaLength = 24;

/** Pause before each packet of a paced answer. */
export const paceMicros = 10_000;

const requestSettings: readonly Setting[] = (['whole', 'stream'] as const).flatMap((manner) =>
  (['small', 'large'] as const).flatMap((body) =>
    [1, 16].map((connections) => ({ name: `${manner} ${body} ${connections}`, manner, body, connections })),
  ),
);

/** Everything that is measured. */
export const settings: readonly Setting[] = [
  ...requestSettings,
  { name: 'burst small 16', manner: 'burst', body: 'small', connections: 16 },
  {
    name: 'paced small 32',
    manner: 'paced',
    body: 'small',
    connections: 32,
    // They begin one after the other, and not in step with the pauses, so that few speak at the same moment.
    staggerMicros: 3100,
  },
];

/** Whether a setting measures events, and not requests. */
export function isOfEvents({ manner }: Setting): boolean {
  return manner === 'burst' || manner === 'paced';
}

/** A setting in words. */
export function describeSetting({ manner, body, connections }: Setting): string {
  const sizes = { small: '2 KB request', large: '200 KB request' };
  const manners = {
    whole: 'whole answer',
    stream: `stream of ${deltas.stream} events`,
    burst: `stream of ${deltas.burst} events at once`,
    paced: `stream of ${deltas.paced} events, one a packet every ${paceMicros / 1000} ms`,
  };
  return `${manners[manner]}, ${sizes[body]}, ${connections} connection${connections === 1 ? '' : 's'}`;
}

/** The model's name that leads a client to the provider of a language that answers in a manner. */
export function modelFor(upstream: Language, manner: Manner): string {
  return `bench-${upstream}-${manner}`;
}
