// Law 10: what is known by its form is understood as if it had been read. The short way, for frames that differ from the
// one before by one string, gives the same events, the same bytes and the same state as reading every frame in full.
import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { anthropic } from '../../src/dialects/anthropic/index.ts';
import type { PassWatch } from '../../src/dialects/dialect.ts';
import { gemini } from '../../src/dialects/gemini/index.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import { openaiChat } from '../../src/dialects/openai-chat/index.ts';
import { isBinary } from './binary.ts';
import { chosen, framesOf } from './damage.ts';
import { clients, fixtures } from './fixture.ts';
import { emptyRequest, pass, translate } from './passing.ts';
import { readStreamed, textOf } from './reading.ts';
import { recordings } from './recording.ts';
import { cutAt, cutPlaces, forManySplits } from './splits.ts';

// Some languages date what they say, to the second.
mock.timers.enable({ apis: ['Date'], now: 1_760_000_000_000 });

interface Stream {
  readonly name: string;
  readonly dialect: Dialect;
  readonly stream: Buffer;
}

const streams: readonly Stream[] = [...fixtures, ...recordings()].flatMap(({ name, dialect, stream }) =>
  stream === undefined || isBinary(stream) ? [] : [{ name, dialect, stream }],
);

/** The same stream in which no frame begins as another: JSON may have blanks behind its brace, of two kinds. */
function unlike(stream: Buffer): Buffer {
  const frames = framesOf(stream).map((frame, i) =>
    frame.toString('latin1').replace(/^data: ?\{/m, (start) => start + blanksOf(i)),
  );
  return Buffer.from(frames.join(''), 'latin1');
}

function blanksOf(number: number): string {
  return number.toString(2).padStart(14, '0').replaceAll('0', ' ').replaceAll('1', '\t');
}

/** Without those blanks, and any others there. */
function plain(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/^(data: ?\{)[ \t]+/gm, '$1');
}

/** How often an object is parsed meanwhile; a string with escapes may be. */
function parsesIn(work: () => void): number {
  const { parse } = JSON;
  let parses = 0;
  JSON.parse = (...given) => {
    if (given[0].startsWith('{')) parses += 1;
    return parse(...given) as unknown;
  };
  try {
    work();
  } finally {
    JSON.parse = parse;
  }
  return parses;
}

/** Every way of reading it, against the way in which each frame is read in full. */
function assertSameRead({ dialect, stream }: Omit<Stream, 'name'>, runs: number): void {
  const { upstream } = dialect;
  const slow = textOf(readStreamed(upstream, [unlike(stream)]));
  const check = (chunks: Iterable<Uint8Array>): void => assert.equal(textOf(readStreamed(upstream, chunks)), slow);
  check([stream]);
  check(cutAt(stream, cutPlaces(stream, 100)));
  // What follows the end is of no more account by the short way than by the long one.
  const again = Buffer.concat([stream, ...framesOf(stream).slice(2)]);
  assert.equal(textOf(readStreamed(upstream, [again])), textOf(readStreamed(upstream, [unlike(again)])), 'said again');
  forManySplits(stream, runs, check);
}

/** What the translator has to look at: one that ends the answer, one that says nothing. */
const oddFrames: readonly string[] = [
  'event: odd\ndata: null\n\n',
  'event: odd\ndata: {"type":"ping","choices":[],"object":"chat.completion.chunk"}\n\n',
];

/** What leaves for clients of its own language, and from where the translator has to take over at one of these frames. */
function assertSamePassed({ dialect, stream }: Omit<Stream, 'name'>, places: number): void {
  if (dialect.pass === undefined || dialect.client === undefined) return;
  const request = emptyRequest(dialect);
  const slow = unlike(stream);
  const [one, other] = [stream, slow].map((bytes) => pass(dialect, request, [bytes]));
  assert.ok(one && other);
  assert.equal(one.untouched, other.untouched);
  assert.equal(plain(one.bytes), plain(other.bytes));
  const watches = [stream, slow].map((bytes) => stateAfter(dialect, bytes));
  assert.deepEqual(watches[0], watches[1]);
  const [frames, slowFrames] = [framesOf(stream), framesOf(slow)];
  for (const i of chosen(frames.length, places)) {
    for (const odd of oddFrames) {
      // Put in before the frame, or in its place; without the first of all, what it names would be made up.
      for (const lost of i === 0 ? [0] : [0, 1]) {
        const [fast, read] = [frames, slowFrames].map((all) =>
          plain(pass(dialect, request, [Buffer.concat(all.toSpliced(i, lost, Buffer.from(odd)))]).bytes),
        );
        assert.equal(fast, read, `taken over at frame ${i}`);
      }
    }
  }
}

/** A watch that has seen all legal frames, leaping where it can: how far it came, and over how many frames it has leapt. */
function watched({ pass: side }: Dialect, stream: Buffer): { watch: PassWatch; at: number; leaps: number } {
  const watch = side?.watch();
  assert.ok(watch);
  let [at, leaps] = [0, 0];
  let leapt = 0;
  for (const frame of framesOf(stream)) {
    const end = at + frame.length;
    if (at === leapt) leapt = watch.leap?.(stream, at) || at;
    if (leapt >= end) leaps += 1;
    else {
      assert.equal(leapt, at, 'a leap ends where a frame does');
      if (!watch.frame(stream, at, end)) break;
      leapt = end;
    }
    at = end;
  }
  return { watch, at, leaps };
}

/** What a watch knows when all frames are through. What it keeps shows when a translator takes over. */
function stateAfter(dialect: Dialect, stream: Buffer): unknown {
  const { watch, at } = watched(dialect, stream);
  return {
    at: plain(stream.subarray(0, at)),
    started: watch.started(),
    ended: watch.ended(),
    tail: watch.tail(),
    closed: watch.closedBlocks(),
    calls: watch.calls(),
    usage: watch.usage(),
  };
}

describe('law 10', () => {
  for (const each of streams) {
    test(`${each.name}: leapt over or read in full, the events are the same`, () => {
      assertSameRead(each, 20);
    });

    test(`${each.name}: leapt over or read in full, the same leaves`, () => {
      assertSamePassed(each, 12);
      const { dialect, stream } = each;
      for (const { name, client } of clients) {
        const [fast, slow] = [stream, unlike(stream)].map((bytes) =>
          translate(dialect.upstream, client, emptyRequest(dialect), [bytes]).toString('latin1'),
        );
        assert.equal(fast, slow, `for ${name}`);
      }
    });
  }
});

/** A JSON string in one of several spellings. */
const spelt = fc
  .tuple(
    fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('', 'a', '\ud83d', '\ude00', '\ud83d\ude00'),
    ),
    fc.nat(4),
  )
  .map(([text, way]) => {
    const json = JSON.stringify(text);
    if (way === 0) return json.replaceAll('/', '\\/');
    return way === 1
      ? json.replaceAll(/[a-f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : json;
  })
  // Letters inside of escapes have been replaced too: that is no JSON any more.
  .map((json) => (isJson(json) ? json : '"x"'));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Deltas of one kind behind one another, of several kinds by turns. */
const runs = fc.array(fc.tuple(fc.nat(2), fc.array(spelt, { minLength: 1, maxLength: 12 })), {
  minLength: 1,
  maxLength: 4,
});

type Runs = readonly (readonly [kind: number, texts: readonly string[]])[];

/** The texts as pieces of one call's arguments, which are no JSON when one of them is missing. */
function argumentsOf(texts: readonly string[]): string[] {
  const inside = texts.flatMap((text) => [`,"${JSON.stringify(JSON.parse(text)).slice(1, -1)}`, '"']);
  return ['{"a":[0', ...inside, ']}'].map((piece) => JSON.stringify(piece));
}

function messageStream(said: Runs): Buffer {
  const frame = (type: string, more: string): string => `event: ${type}\ndata: {"type":"${type}"${more}}\n\n`;
  const kinds = [
    ['{"type":"text","text":""}', 'text_delta', 'text'],
    ['{"type":"thinking","thinking":"","signature":""}', 'thinking_delta', 'thinking'],
    ['{"type":"tool_use","id":"toolu_1","name":"f","input":{}}', 'input_json_delta', 'partial_json'],
  ] as const;
  const start = `,"message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}`;
  const blocks = said.map(([kind, texts], index) => {
    const [block, type, field] = kinds[kind] ?? kinds[0];
    const deltas = (kind === 2 ? argumentsOf(texts) : texts).map((text) =>
      frame('content_block_delta', `,"index":${index},"delta":{"type":"${type}","${field}":${text}}`),
    );
    const begin = frame(
      'content_block_start',
      `,"index":${index},"content_block":${block.replace('toolu_1', `toolu_${index}`)}`,
    );
    return `${begin}${deltas.join('')}${frame('content_block_stop', `,"index":${index}`)}`;
  });
  const called = said.some(([kind]) => kind === 2);
  const end = `,"delta":{"stop_reason":"${called ? 'tool_use' : 'end_turn'}","stop_sequence":null},"usage":{"output_tokens":9}`;
  return Buffer.from(
    frame('message_start', start) + blocks.join('') + frame('message_delta', end) + frame('message_stop', ''),
  );
}

function chunkStream(said: Runs): Buffer {
  const frame = (delta: string, finish = 'null'): string =>
    `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{${delta}},"finish_reason":${finish}}]}\n\n`;
  let calls = -1;
  const deltas = said.map(([kind, texts]) => {
    if (kind < 2)
      return texts.map((text) => frame(`"${kind === 0 ? 'content' : 'reasoning_content'}":${text}`)).join('');
    calls += 1;
    const begin = `"tool_calls":[{"index":${calls},"id":"call_${calls}","type":"function","function":{"name":"f","arguments":""}}]`;
    const more = argumentsOf(texts).map((text) =>
      frame(`"tool_calls":[{"index":${calls},"function":{"arguments":${text}}}]`),
    );
    return frame(begin) + more.join('');
  });
  const finish = calls >= 0 ? '"tool_calls"' : '"stop"';
  return Buffer.from(
    `${frame('"role":"assistant","content":""')}${deltas.join('')}${frame('', finish)}data: [DONE]\n\n`,
  );
}

/** Counts as they are written, and as they may be; the last of all of them is no JSON. */
const countWords = [
  '0',
  '7',
  '10',
  '99',
  '100',
  '4096',
  '123456789012345',
  '1234567890123456',
  '-1',
  '1.5',
  '1e2',
  '"12"',
  'null',
  '01',
];

/** Each chunk tells the usage anew, and ends its lines as Google does. */
function contentStream(said: Runs): Buffer {
  let told = 0;
  const frame = (parts: string, word = '', end = ''): string => {
    told += 1;
    const counts = ['totalTokenCount', 'thoughtsTokenCount', 'toolUsePromptTokenCount', 'candidatesTokenCount'].map(
      (name, i) =>
        `"${name}":${word.length < 2 + i * 4 ? told + i : countWords[(word.length + i) % countWords.length]}`,
    );
    const usage = `"promptTokenCount":9,${counts.join(',')},"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}]`;
    return `data: {"candidates":[{"content":{"parts":[${parts}],"role":"model"}${end},"index":0}],"usageMetadata":{${usage}},"modelVersion":"m","responseId":"r1"}\r\n\r\n`;
  };
  const chunks = said.map(([kind, texts], i) => {
    const parts = kind === 2 ? argumentsOf(texts).slice(0, 1) : texts;
    return parts.map((text) => {
      if (kind === 2) return frame(`{"functionCall":{"id":"c${i}","name":"f","args":{"a":${text}}}}`);
      return frame(`{"text":${text}${kind === 0 ? '' : ',"thought":true'}}`, text);
    });
  });
  return Buffer.from(chunks.flat().join('') + frame('{"text":""}', '', ',"finishReason":"STOP"'));
}

describe('law 10, made streams', () => {
  // Words, thoughts, pieces of arguments. In Gemini's language each call is whole, and unlike the others.
  const made: readonly (readonly [Dialect, (said: Runs) => Buffer, readonly (0 | 1 | 2)[]])[] = [
    [anthropic, messageStream, [0, 1, 2]],
    [openaiChat, chunkStream, [0, 1, 2]],
    [gemini, contentStream, [0, 1]],
  ];
  for (const [dialect, streamOf, kinds] of made) {
    test(`${dialect.name}: whatever is said, the events and what leaves are the same`, () => {
      const property = fc.property(runs, (said) => {
        const stream = streamOf(said);
        assertSameRead({ dialect, stream }, 3);
        assertSamePassed({ dialect, stream }, 4);
        for (const { name, client } of clients) {
          const [fast, slow] = [stream, unlike(stream)].map((bytes) =>
            translate(dialect.upstream, client, emptyRequest(dialect), [bytes]).toString('latin1'),
          );
          assert.equal(fast, slow, `for ${name}`);
        }
      });
      fc.assert(property, { seed: 20261121, numRuns: 150 });
    });

    test(`${dialect.name}: the short way is taken, and is not where frames are unlike`, () => {
      const texts = Array.from({ length: 40 }, (_, i) => `"word ${i}"`);
      const stream = streamOf([[0, texts]]);
      const read = (bytes: Buffer): number => parsesIn(() => readStreamed(dialect.upstream, [bytes]));
      assert.ok(read(stream) < 10, `${read(stream)} parses`);
      assert.ok(read(unlike(stream)) >= 40, `${read(unlike(stream))} parses`);
      const passes = (bytes: Buffer): number => parsesIn(() => pass(dialect, emptyRequest(dialect), [bytes]));
      assert.ok(passes(stream) < 10, `${passes(stream)} parses`);
      // All but the first few of a kind, and those in which something is cut.
      for (const kind of kinds) {
        const said = streamOf([[kind, texts]]);
        assert.ok(read(said) < 12, `${read(said)} parses`);
        assert.ok(watched(dialect, said).leaps >= 38, `${watched(dialect, said).leaps} leaps`);
        assert.equal(watched(dialect, unlike(said)).leaps, 0);
      }
    });
  }

  test('openai-chat: where noise hides the length of a text, hardly anything is parsed either', () => {
    const texts = Array.from({ length: 40 }, (_, i) => `"word ${i}"`);
    const noisy = framesOf(chunkStream([[0, texts]])).map((frame, i) =>
      frame.toString().replace('}]}', `}],"obfuscation":"${'Zq3-'.slice(i % 4)}${i}"}`),
    );
    const stream = Buffer.from(noisy.join(''));
    assertSameRead({ dialect: openaiChat, stream }, 10);
    assertSamePassed({ dialect: openaiChat, stream }, 10);
    const parses = [
      parsesIn(() => readStreamed(openaiChat.upstream, [stream])),
      parsesIn(() => pass(openaiChat, emptyRequest(openaiChat), [stream])),
    ];
    assert.ok(Math.max(...parses) < 10, `${parses.join(', ')} parses`);
  });
});
