// Streams that are cut, torn and put together anew: what leaves is legal, or an error, and never says more than came.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectName } from '../../src/canon/content.ts';
import { framesOf } from '../laws/damage.ts';
import { recordings } from '../laws/recording.ts';
import { cutAt } from '../laws/splits.ts';
import { streamOf } from './frames.ts';
import { languages } from './languages/index.ts';
import { judge } from './legality.ts';
import { made } from './made/index.ts';
import { callsOf } from './saying.ts';
import { spoken, through } from './through.ts';

interface Source {
  readonly name: string;
  readonly language: DialectName;
  readonly frames: readonly Buffer[];
}

/** Stays so on every machine. */
const seed = 20_261_121;
/** Milliseconds after which no further stream is torn. */
const patience = 15_000;
/** Larger streams take long and are not different. */
const largest = 60_000;

const sources: Source[] = [
  ...made.flatMap(({ name, language, events }) =>
    // Calls in the old form have neither number nor id: nothing tells whose a piece is.
    events === undefined || name.includes('old-function-call')
      ? []
      : [{ name: `${name}, made`, language, stream: streamOf(language, events) }],
  ),
  ...recordings().flatMap(({ name, dialect, stream }) =>
    stream === undefined || stream.length > largest ? [] : [{ name, language: dialect.name, stream }],
  ),
].map(({ stream, ...source }) => ({ ...source, frames: framesOf(stream) }));

/** Numbers from 0 up to, not including, `below`; the same ones in each run. */
function createDice(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Torn {
  readonly what: string;
  readonly bytes: Buffer;
  /** It ends before its end, and nothing else is wrong with it. */
  readonly isCut?: true;
}

function tornFrom({ frames, language }: Source, dice: (below: number) => number): Torn[] {
  const [i, j] = [dice(frames.length), dice(frames.length)];
  const all = Buffer.concat(frames);
  const alike = sources.filter((source) => source.language === language);
  const other = alike[dice(alike.length)]?.frames ?? [];
  const [one, two] = [frames[i] as Buffer, frames[j] as Buffer];
  const torn = (what: string, pieces: readonly Buffer[]): Torn => ({ what, bytes: Buffer.concat(pieces) });
  return [
    { ...torn(`cut before frame ${i}`, frames.slice(0, i)), isCut: true },
    { ...torn('cut anywhere', [all.subarray(0, dice(all.length))]), isCut: true },
    torn(`without frame ${i}`, frames.toSpliced(i, 1)),
    torn(`frame ${i} twice`, frames.toSpliced(i, 0, one)),
    torn(`frames ${i} and ${j} exchanged`, frames.with(i, two).with(j, one)),
    torn(
      'without every fifth frame',
      frames.filter(() => dice(5) > 0),
    ),
    torn(`another answer from frame ${i} on`, [...frames.slice(0, i), ...other.slice(dice(other.length))]),
    torn(`a frame of another answer before frame ${i}`, frames.toSpliced(i, 0, other[dice(other.length)] as Buffer)),
    torn(`half of frame ${i}`, frames.with(i, one.subarray(0, one.length >> 1))),
    torn('all of it twice', [...frames, ...frames]),
  ];
}

/** Faults that are known, in streams that pass between two speakers of the same language. */
const open: readonly (readonly [client: DialectName, fault: RegExp])[] = [
  ['openai-chat', /^two reasons$/],
  [
    'openai-responses',
    /^event \d+ after \d+$|^the end of no item$|^item \d+(?: twice|, not \d+)$|outside of an item$|^an item that is not done$/,
  ],
  ['anthropic', /^a block begins where none may$/],
];

test('whatever becomes of a stream, what leaves is legal or an error', (t) => {
  const dice = createDice(seed);
  const began = performance.now();
  let tried = 0;
  let round = 0;
  for (; performance.now() - began < patience; round++) {
    for (const source of sources) {
      const whole = Buffer.concat(source.frames);
      for (const { what, bytes, isCut } of tornFrom(source, dice)) {
        for (const client of spoken) {
          const chunks = cutAt(bytes, [dice(bytes.length + 1), dice(bytes.length + 1)]);
          const left = through(source.language, client, chunks);
          const { fault, end, torn, events } = judge(client.name, left);
          const about = `${source.name}, a ${client.name} client, round ${round}: ${what}`;
          tried += 1;
          if (fault !== undefined) {
            const isOpen = open.some(
              ([name, pattern]) => name === client.name && name === source.language && pattern.test(fault),
            );
            assert.ok(isOpen, `${about}: ${fault}`);
          } else if (left.length > 0) assert.notEqual(end, 'cut', `${about}: it does not say how it ends`);
          if (isCut === undefined || end !== 'whole') continue;
          assert.ok(!torn, `${about}: a call is said to be complete`);
          const { gather, saying } = languages[client.name];
          const { events: complete } = judge(client.name, through(source.language, client, [whole]));
          const calls = (heard: typeof events): unknown =>
            callsOf(saying(gather(heard)).parts).map(({ input }) => input);
          assert.deepEqual(calls(events), calls(complete), `${about}: it says that it is complete`);
        }
      }
      if (performance.now() - began > patience) break;
    }
  }
  t.diagnostic(`${tried} streams in ${round} rounds`);
});
