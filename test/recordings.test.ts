// Real answers of real providers, where they lie beside the repository: the laws hold for what nobody wrote for them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorKind, errorKindOf } from '../src/canon/error.ts';
import type { Event } from '../src/canon/event.ts';
import type { Folded } from '../src/canon/fold.ts';
import { createGuard, type Mend } from '../src/canon/grammar.ts';
import { isObject, numberIn } from '../src/canon/json.ts';
import { clients } from './laws/fixture.ts';
import { grammarFault } from './laws/grammar.ts';
import { type Found, findInChunks, findInCohere, findInMessages } from './laws/naive.ts';
import { findInConverse } from './laws/naive-converse.ts';
import { findInGemini } from './laws/naive-gemini.ts';
import { findInResponses } from './laws/naive-responses.ts';
import { emptyRequest, pass, translate } from './laws/passing.ts';
import { assertSame, foldOf, plain, readStreamed, readWhole, textOf, writeStreamed } from './laws/reading.ts';
import { absent, type Recording, recordings } from './laws/recording.ts';
import { type Saying, sayingOf } from './laws/saying.ts';
import { cutAt, cutPlaces, feedBytewise, forManySplits } from './laws/splits.ts';

/** Answers that are wrong as they were recorded, and what the guard has to put right. */
const broken: { readonly [name: string]: { readonly mends: readonly Mend[]; readonly failed?: ErrorKind } } = {
  'anthropic/duplicate-message-start': { mends: ['start_repeated'] },
  // A second answer begins inside a call of the first: neither may be taken for a complete one.
  'anthropic/spliced-message-start': { mends: ['start_repeated', 'event_after_end'], failed: 'bad_upstream' },
  'openai-responses/openai-error.1': { mends: [], failed: 'billing' },
};

/** Streams that clients of their own language would misread, so that the translator says them anew, and why. */
const translated: readonly (readonly [name: RegExp, why: string])[] = [
  [
    /^anthropic\/anthropic-programmatic-tool-calling.1 \(([1-9]|1[0-4])\)$/,
    'content in its start, which is overlooked',
  ],
  [/^mistral\/mistral-incremental-tool-call$/, 'an empty name in later pieces of a call, which is strung to the first'],
  [/^mistral\/mistral-tool-call$/, 'calls without an index'],
  [/^mistral\/mistral-reasoning$/, 'content as a list, which is taken for a text'],
  [/^openai-chat\/anthropic-fallback-tool-call$/, 'calls numbered from one'],
  [/^openai-responses\/github-copilot-id-rotation.1$/, 'one item under many ids'],
  [/^openai-responses\/openai-phase.1$/, 'a number that no item has'],
  [/^openai-responses\/parallel-tool-call-wrapper.1$/, 'events without their last brace'],
  [/^openai-responses\/xai-x-search-tool$/, 'items that overlap'],
];

/** Words for the end of an answer, of all languages recorded here. */
const reasons: { readonly [word: string]: string } = {
  end_turn: 'end',
  stop: 'end',
  tool_use: 'tool_calls',
  tool_calls: 'tool_calls',
  max_tokens: 'length',
  length: 'length',
  refusal: 'refusal',
  compaction: 'compaction',
  pause_turn: 'pause',
  COMPLETE: 'end',
  TOOL_CALL: 'tool_calls',
  MAX_TOKENS: 'length',
  STOP: 'end',
};

const all = recordings();
const streams = all.flatMap(({ stream, lines, ...rest }) =>
  stream === undefined || lines === undefined ? [] : [{ ...rest, stream, lines }],
);
const bodies = all.flatMap(({ body, ...rest }) => {
  const isAnswer = [body?.content, body?.choices, body?.candidates, body?.output].some(Array.isArray);
  return body === undefined || !(isAnswer || isObject(body.message) || isObject(body.output))
    ? []
    : [{ ...rest, body }];
});

/** Events behind the guard, and what it had to do. */
function guarded(events: readonly Event[]): { events: Event[]; mends: Mend[] } {
  const passed: Event[] = [];
  const mends: Mend[] = [];
  const guard = createGuard((event) => passed.push(event), { onMend: (mend) => mends.push(mend) });
  for (const event of events) guard.sink(event);
  guard.end();
  return { events: passed, mends: [...new Set(mends)] };
}

/** The plain look at an answer, by its language. */
const finders: { readonly [dialect: string]: typeof findInChunks } = {
  anthropic: findInMessages,
  'bedrock-converse': findInConverse,
  cohere: findInCohere,
  gemini: findInGemini,
  'openai-chat': findInChunks,
  'openai-responses': findInResponses,
};

function findIn(recording: Recording, lines: readonly object[]): Found {
  const find = finders[recording.dialect.name];
  assert.ok(find, `no plain look at ${recording.dialect.name}`);
  return find(lines as { [key: string]: unknown }[]);
}

/** Nothing of what the plain look found is missing, and nothing was added. */
function assertNothingLost(folded: Folded, found: Found): void {
  const { text, thinking, calls, urls, finish, tokens } = sayingOf(folded);
  const opaque = folded.content.flatMap((block) =>
    block.type === 'thinking' ? [block.signature ?? block.redacted ?? ''] : [],
  );
  const natives = folded.content.flatMap((block) => (block.type === 'native' ? [block.value] : []));
  const citations = folded.content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
  assert.equal(text, found.text);
  assert.equal(thinking, found.thinking);
  assert.deepEqual(
    opaque.filter((proof) => proof !== ''),
    found.opaque,
  );
  // Some servers give calls no id, and one is made.
  const named = calls.map((call, i) => (found.calls[i]?.id === undefined ? { ...call, id: undefined } : call));
  assert.deepEqual(plain(named), plain(found.calls));
  assert.deepEqual(plain(natives), plain(found.others));
  assert.deepEqual(urls, [...new Set(found.urls)].sort());
  if (found.citations.length > 0)
    assert.deepEqual(
      citations.map(({ native }) => native?.value),
      found.citations,
    );
  const reason = found.reason === undefined ? 'end' : reasons[found.reason];
  // A server that says `stop` after a call is put right; one that says `end_turn` has used the calls up itself.
  const misnamed = found.reason?.toLowerCase() === 'stop' && calls.length > 0;
  assert.equal(finish?.reason, misnamed ? 'tool_calls' : reason);
  for (const [name, count] of Object.entries(found.usage)) assert.equal(tokens[name] ?? 0, count ?? 0, name);
}

test('there are recorded answers to hold the laws against', { skip: absent }, () => {
  assert.ok(streams.length > 0 && bodies.length > 0);
});

describe('recorded streams', { skip: absent }, () => {
  for (const recording of streams) {
    const { name, dialect, stream, lines } = recording;
    const { upstream } = dialect;
    const fault = broken[name];

    test(`${name}: every split reads the same`, () => {
      const whole = textOf(readStreamed(upstream, [stream]));
      for (const place of cutPlaces(stream, stream.length > 20_000 ? 60 : 300)) {
        assert.equal(textOf(readStreamed(upstream, cutAt(stream, [place]))), whole, `cut at ${place}`);
      }
      forManySplits(stream, 10, (chunks) => assert.equal(textOf(readStreamed(upstream, chunks)), whole));
      const events: Event[] = [];
      const reader = upstream.readStream((event) => events.push(event));
      feedBytewise(stream, (chunk) => reader.feed(chunk));
      reader.end();
      assert.equal(textOf(events), whole, 'byte by byte');
    });

    test(`${name}: the events are legal and nothing is lost`, () => {
      const events = readStreamed(upstream, [stream]);
      if (fault === undefined) assert.equal(grammarFault(events), undefined);
      const behind = guarded(events);
      assert.equal(grammarFault(behind.events), undefined);
      assert.deepEqual(behind.mends, fault?.mends ?? []);
      const folded = foldOf(behind.events);
      assert.equal(folded.error?.kind, fault?.failed);
      if (fault?.failed === undefined) assertNothingLost(folded, findIn(recording, lines));
    });

    test(`${name}: a client of the same language is sent the bytes themselves`, (t) => {
      const request = emptyRequest(dialect);
      const { client } = dialect;
      if (client === undefined) return t.skip('no client speaks it');
      const said = sayingOf(foldOf(guarded(readStreamed(upstream, [stream])).events));
      const ways = [[stream], cutAt(stream, cutPlaces(stream, 100)), cutAt(stream, [stream.length >> 1])];
      for (const chunks of dialect.pass === undefined ? [] : ways) {
        const passed = pass(dialect, request, chunks);
        assert.equal(passed.untouched, fault === undefined && !translated.some(([stream]) => stream.test(name)));
        if (passed.untouched) assert.equal(passed.bytes.compare(stream), 0);
        assertSame(sayingOf(foldOf(readStreamed(upstream, [passed.bytes]))), said, 'what left');
      }
      const slow = translate(upstream, client, request, [stream]);
      assertSame(sayingOf(foldOf(readStreamed(upstream, [slow]))), said, 'what the translator says');
    });

    for (const client of clients) {
      test(`${name}: a ${client.name} client hears all of it`, () => {
        const { events } = guarded(readStreamed(upstream, [stream]));
        const heard = readStreamed(client.upstream, [writeStreamed(client.client, emptyRequest(client), events)]);
        assert.equal(grammarFault(heard), undefined);
        assertHeard(foldOf(heard), foldOf(events), client.name === dialect.name);
      });
    }
  }
});

/** Calls that the provider's own code has made and used up are calls like any other in a language that knows no such code. */
function withCallsAwaited(events: readonly Event[]): Folded {
  const said = foldOf(events);
  const usedUp = events.some(({ type, ...event }) => type === 'open' && 'block' in event && 'indirect' in event.block);
  return usedUp ? { ...said, finish: { reason: 'tool_calls' } } : said;
}

/** What was said; languages that tell calls whole tell nothing of one in whose middle the answer failed. */
function withWholeCalls(folded: Folded): Saying {
  const saying = sayingOf(folded);
  if (folded.error === undefined) return saying;
  return { ...saying, calls: saying.calls.filter(({ input }) => typeof input !== 'string') };
}

function assertHeard(heard: Folded, said: Folded, sameLanguage: boolean): void {
  assertSame(withWholeCalls(heard), withWholeCalls(said), 'what is heard');
  if (!sameLanguage) return;
  assertSame(withoutCitations(heard), withoutCitations(said), 'the blocks');
  assertSame(heard.ext, said.ext, 'the fields of the whole answer');
  assertSame(heard.usage, said.usage, 'the usage');
}

/** Citations are compared by their addresses: a list beside the answer becomes one inside it. */
function withoutCitations({ content }: Folded): unknown[] {
  return content.map((block) => ('citations' in block ? { ...block, citations: undefined } : block));
}

describe('recorded whole answers', { skip: absent }, () => {
  for (const recording of bodies) {
    const { name, dialect, body } = recording;
    const { events, mends } = guarded(readWhole(dialect.upstream, body));

    test(`${name}: the events are legal and nothing is lost`, () => {
      assert.deepEqual(mends, broken[name]?.mends ?? []);
      assert.equal(grammarFault(events), undefined);
      assertNothingLost(foldOf(events), findIn(recording, [body]));
    });

    for (const { name: spoken, upstream, client } of clients) {
      test(`${name}: a ${spoken} client hears all of it, whole and streamed`, () => {
        const said = spoken === dialect.name ? foldOf(events) : withCallsAwaited(events);
        const request = { ...emptyRequest(dialect), from: spoken };
        const whole = readWhole(upstream, JSON.parse(JSON.stringify(client.writeResponse(said, request))));
        assertHeard(foldOf(whole), said, spoken === dialect.name);
        const streamed = readStreamed(upstream, [writeStreamed(client, request, events)]);
        assertHeard(foldOf(streamed), said, spoken === dialect.name);
      });
    }
  }
});

describe('recorded refusals', { skip: absent }, () => {
  for (const { name, dialect, body } of all) {
    const error = body?.error;
    if (!isObject(error)) continue;
    test(`${name}: it is a refusal of the request, in its own words`, () => {
      const isQuota = error.code === 'insufficient_quota';
      const status = numberIn(error.code) ?? (isQuota ? 429 : 400);
      const read = dialect.upstream.readError(status, {}, Buffer.from(JSON.stringify(body)));
      assert.equal(read.kind, isQuota ? 'billing' : errorKindOf(status));
      assert.equal(read.message, error.message);
    });
  }
});
