// What the hot paths may cost, as counts: of calls and bytes, never of time. Each bound says what it is made of.
import type { Bounds, Most } from './bound.ts';

/** Nothing that one more event of a stream might need. */
const nothingEach: Bounds = {
  parses: [0, 'frames of a known form are compared, not parsed'],
  parsedBytes: [0, 'frames of a known form are compared, not parsed'],
  stringifies: [0, 'what passes is not written anew'],
  concats: [0, 'a read that is whole frames leaves as it came'],
  copies: [0, 'a read that is whole frames leaves as it came'],
  copiedBytes: [0, 'a read that is whole frames leaves as it came'],
  decodes: [0, 'bytes are compared as bytes'],
  decodedBytes: [0, 'bytes are compared as bytes'],
  encodes: [0, 'what passes is not written anew'],
  encodedBytes: [0, 'what passes is not written anew'],
  promises: [0, 'an event goes from reader to writer in one synchronous call'],
  ticks: [0, 'an event goes from reader to writer in one synchronous call'],
  timers: [0, 'one clock looks at all streams'],
  immediates: [0, 'an event goes from reader to writer in one synchronous call'],
};

/** What a client is told is copied once, for whoever may have to go on with it. */
const kept: Partial<Bounds> = {
  copies: [1.1, 'what a read causes is kept, for whoever may have to go on with it'],
  copiedBytes: [{ answer: 1.1 }, 'what leaves is kept once'],
};

/** One event of a stream between two speakers of one language. */
export const passedEvent: Bounds = { ...nothingEach, ...kept };

/** What comes on top where reads cut frames: such a frame is gathered, and what comes out of a read is joined. */
export const cutFrames: Partial<Bounds> = {
  concats: [0.1, 'the pieces of a read are joined once'],
  copies: [0.2, 'the frame that was cut lies in memory that is used again; what leaves is kept'],
  copiedBytes: [{ answer: 2.4 }, 'joined once, and kept'],
};

/** One event of text that is translated, either way. */
export const translatedEvent: Bounds = {
  ...nothingEach,
  copies: [1.3, 'what a read causes is kept; or of many events in one read, what all of them say is put before each'],
  copiedBytes: [{ answer: 2.7 }, 'what leaves, which may be longer than what came, is put together, and kept once'],
  stringifies: [1, 'the one string that changes is written as JSON'],
  decodes: [1, 'the one string that changes is read'],
  decodedBytes: [60, 'the string alone, not its frame'],
  encodes: [1, 'what one read causes becomes bytes at once'],
  encodedBytes: [{ plus: 60, answer: 1.5 }, 'what is written, once'],
};

/** The same where reads cut frames. */
export const translatedCut: Partial<Bounds> = {
  concats: [0.05, 'what was cut and what stands behind it leave as one'],
  copies: [1.2, 'what all events say is put before each; a read behind a cut frame is gathered; what leaves is kept'],
  copiedBytes: [{ answer: 4 }, 'a read behind a cut frame is gathered; what leaves is put together, and kept'],
};

/** Promises of one call, those of what awaits it here among them: `exchange`, its targets, its routes, the delivery. */
const callPromises = 14;

/** What a stream costs beside its events. */
export const streamOnce: Partial<Bounds> = {
  parses: [10, 'the frames of the beginning and the end, one of each form, and the request where it is translated'],
  stringifies: [12, 'the frames of the beginning and the end, the name of the model, the line of the log'],
  promises: [callPromises + 3, 'those of the call'],
  ticks: [2, 'hardly any'],
  timers: [2, 'clocks that have stopped are started'],
  immediates: [2, 'hardly any'],
};

/** A whole call between two speakers of one language. */
export const passedWhole: Bounds = {
  parses: [1, 'the usage at the end of the answer'],
  parsedBytes: [200, 'the usage, and nothing else'],
  stringifies: [2, 'the name of the model, and the line of the log'],
  concats: [0, 'the pieces of the request leave as pieces; an answer of one read is one piece'],
  copies: [0, 'the bytes leave as they came'],
  copiedBytes: [0, 'the bytes leave as they came'],
  decodes: [
    13,
    'each read of the request, to find the model in it; the usage; five ends of turns, to know a conversation',
  ],
  decodedBytes: [
    { request: 1, plus: 1600 },
    'the request once, as Latin-1; of the answer the usage; the ends of turns',
  ],
  encodes: [2, 'the name of the model'],
  encodedBytes: [100, 'the name of the model'],
  promises: [callPromises, 'those of the call'],
  ticks: [2, 'hardly any'],
  timers: [0, 'one clock looks at all calls'],
  immediates: [2, 'hardly any'],
};

/** A whole call between two languages. */
export const translatedWhole: Bounds = {
  ...passedWhole,
  parses: [2, 'the request and the answer'],
  parsedBytes: [{ request: 1, answer: 1 }, 'the request and the answer, once'],
  stringifies: [4, 'the request and the answer, once; the line of the log'],
  decodedBytes: [{ request: 2, answer: 1, plus: 1600 }, 'the request to be scanned and to be parsed, the answer'],
  encodes: [3, 'the request and the answer'],
  encodedBytes: [{ request: 1.5, answer: 1.5, plus: 400 }, 'the request and the answer, once'],
};

/** What comes on top where the bytes come in several reads and are needed in one. */
export const joined = (most: Most): Partial<Bounds> => ({
  concats: [1, 'what comes in several reads is joined once'],
  copies: [1, 'what comes in several reads is joined once'],
  copiedBytes: [most, 'what comes in several reads is joined once'],
});

const windows =
  'each read is looked through by vectors, in memory that is used again; the fields of the body are read as text';

/** What a large request costs that passes: nothing of it is looked at but its structure. */
export const largePassed: Partial<Bounds> = {
  copies: [4, windows],
  copiedBytes: [{ request: 1 }, windows],
  decodes: [16, windows],
  decodedBytes: [12_000, windows],
};

/** What a large request costs that is translated and has no long texts. */
export const largeTranslated: Partial<Bounds> = {
  ...joined({ request: 2 }),
  copies: [5, windows],
  decodes: [16, windows],
  decodedBytes: [{ request: 1, answer: 1, plus: 12_000 }, 'the request to be parsed; its fields, and the answer'],
};

const unread = 'of long texts the beginnings and the ends';

/** What a large request costs that is translated, where most of it are long texts. */
export const longTexts: Partial<Bounds> = {
  ...largeTranslated,
  copies: [120, 'each long text is put into its place'],
  copiedBytes: [{ request: 3 }, 'joined, looked through, and put into its place'],
  parsedBytes: [{ request: 0.3, answer: 1 }, unread],
  decodes: [120, unread],
  decodedBytes: [{ request: 0.3, answer: 1, plus: 12_000 }, unread],
  encodes: [120, unread],
  encodedBytes: [{ request: 0.3, answer: 1.5, plus: 400 }, unread],
};

/** What sockets and both ends of HTTP add to a whole call. */
export const overSockets: Partial<Bounds> = {
  copies: [8, 'reads into memory that is used again are taken out of it; a head is joined to a small answer'],
  copiedBytes: [
    { request: 2.1, answer: 2.2, plus: 1000 },
    'the answer is taken out of the memory of reads, and joined; a large request is looked through in another memory',
  ],
  decodes: [15, 'heads, besides'],
  promises: [callPromises + 5, 'of the server: its route, the gathering of a large body'],
  ticks: [12, 'what sockets need, for each piece'],
  timers: [0.2, 'one clock looks at all connections, and starts now and then'],
  immediates: [4, 'writes are gathered until the end of a turn'],
  encodes: [4, 'heads, besides'],
  encodedBytes: [{ request: 1.5, answer: 1.5, plus: 2000 }, 'heads, besides'],
};

/** The same where most of a request are long texts. */
export const longTextsOverSockets: Partial<Bounds> = {
  ...overSockets,
  copies: [130, 'each long text is put into its place'],
  copiedBytes: [{ request: 3.1, answer: 2.2, plus: 1000 }, 'joined, looked through, and put into its place'],
  decodes: [135, unread],
  encodes: [125, unread],
};

/** What sockets and both ends of HTTP add to one event. */
export const eventOverSockets: Partial<Bounds> = {
  copies: [7, 'out of the memory of reads, kept, and into one of the chunks of HTTP with its two line ends'],
  copiedBytes: [{ answer: 4.1, plus: 20 }, 'out of the memory of reads, kept, and into one of the chunks of HTTP'],
  concats: [1, 'what is written in one turn may be joined'],
  encodes: [3, 'the length of a chunk of HTTP'],
  encodedBytes: [{ answer: 1.5, plus: 80 }, 'the length of a chunk of HTTP'],
  ticks: [3, 'what a write to a socket needs'],
  timers: [0.1, 'node:http starts a clock of its own now and then'],
  immediates: [1.1, 'writes are gathered until the end of a turn'],
};

/** Who translates a stream reads it where the socket was read. */
export const translatedEventOverSockets: Partial<Bounds> = {
  ...eventOverSockets,
  copies: [3.5, 'into one of the chunks of HTTP with its two line ends'],
  copiedBytes: [{ answer: 2.9, plus: 20 }, 'kept, and into one of the chunks of HTTP'],
};

/**
 * Bytes on V8's heap for one event in a read of its own, its share of reading what has been told of a long answer, and for one call of 2 KB; and those of a call that are held by the
 * old generation when it is over, where only a full collection finds them. A quarter more than there were; of what is held, more, since
 * it goes by what happens to be written meanwhile. The interpreter allocates what optimized code may leave out, and so the
 * same in every run.
 */
export const allocated: {
  readonly [way: string]: { readonly event: number; readonly call: number; readonly kept: number };
} = {
  'anthropic > anthropic': { event: 2300, call: 22_500, kept: 1000 },
  'openai-chat > openai-chat': { event: 2850, call: 22_700, kept: 1000 },
  'anthropic > openai-chat': { event: 2650, call: 121_000, kept: 1000 },
  'openai-chat > anthropic': { event: 2700, call: 142_000, kept: 1000 },
  'anthropic > gemini': { event: 3600, call: 123_000, kept: 1000 },
};
