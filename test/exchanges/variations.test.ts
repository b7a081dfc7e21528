// The same answer as other servers would send it: clients hear the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialect } from '../../src/dialects/index.ts';
import { recordings } from '../laws/recording.ts';
import { streamOf } from './frames.ts';
import { languages } from './languages/index.ts';
import { judge } from './legality.ts';
import { made } from './made/index.ts';
import { callsOf, textOf, thinkingOf } from './saying.ts';
import { spoken, through } from './through.ts';
import { type Streamed, variations } from './variations.ts';

type Named = Streamed & { readonly name: string; readonly language: Dialect['name'] };

/** Recorded streams of which the end contradicts the beginning. */
const contradictory: ReadonlySet<string> = new Set([
  'openai-responses/openai-shell-container.1',
  'openai-responses/openai-phase.1',
  'openai-responses/xai-x-search-tool',
]);
/** Of each recorded stream so many variations are tried, others with each client. */
const most = 5;

const streams: Named[] = [
  ...made.flatMap(({ name, language, events, text = '' }) =>
    events === undefined
      ? []
      : [
          {
            name: `${name}, made`,
            language,
            lines: events,
            stream: Buffer.concat([Buffer.from(text), streamOf(language, events)]),
          },
        ],
  ),
  ...recordings().flatMap(({ name, dialect, lines, stream }) =>
    lines === undefined || stream === undefined || contradictory.has(name)
      ? []
      : [{ name, language: dialect.name, lines, stream }],
  ),
];

/** What a client hears; paragraphs of reasoning may be put together in another way. */
function heard(client: Dialect, bytes: Buffer): unknown {
  const { fault, end, events } = judge(client.name, bytes);
  const { parts, reason, tokens, cited } = languages[client.name].saying(languages[client.name].gather(events));
  return {
    fault,
    end,
    text: textOf(parts),
    reasoning: thinkingOf(parts).replaceAll('\n', ''),
    calls: callsOf(parts).map(({ name, input }) => ({ name, input })),
    reason,
    tokens,
    sources: cited.map(({ url, title }) => ({ url, title })),
  };
}

for (const [name, vary] of Object.entries(variations)) {
  test(`${name} is no difference`, () => {
    const names = Object.keys(variations);
    for (const [i, told] of streams.entries()) {
      for (const [j, client] of spoken.entries()) {
        const isTurn = (names.indexOf(name) + i + j) % Math.ceil(names.length / most) === 0;
        if (!told.name.endsWith('made') && !isTurn) continue;
        const chunks = vary(told);
        if (chunks === undefined) continue;
        const plain = heard(client, through(told.language, client, [told.stream]));
        assert.deepEqual(
          heard(client, through(told.language, client, chunks)),
          plain,
          `${told.name}, a ${client.name} client`,
        );
      }
    }
  });
}
