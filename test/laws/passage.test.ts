// Law 9: between two speakers of one language the bytes pass untouched, and they really do; and whatever happens to
// them on the way, what leaves is a legal answer that never passes off a cut one as complete.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../src/canon/event.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import { chosen, damagesOf } from './damage.ts';
import { clients, type Fixture, fixtures } from './fixture.ts';
import { grammarFault } from './grammar.ts';
import { emptyRequest, pass, translate } from './passing.ts';
import { assertSame, foldOf, readStreamed } from './reading.ts';
import { sayingOf } from './saying.ts';
import { spellingsOf } from './spelling.ts';
import { cutAt, cutPlaces, forManySplits } from './splits.ts';

const streams = fixtures.flatMap((fixture) =>
  fixture.stream === undefined ? [] : [{ ...fixture, stream: fixture.stream }],
);
const passed = streams.filter(({ dialect }) => dialect.pass !== undefined && dialect.client !== undefined);

/** Free text never tells that it is complete, so that what comes after may be more of it. */
function isFreeText({ dialect, stream }: Fixture, call: JsonObject): boolean {
  const { content } = foldOf(readStreamed(dialect.upstream, stream === undefined ? [] : [stream]));
  return content.some((block) => block.type === 'tool_call' && block.kind === 'custom' && block.id === call.id);
}

/** Every way through the gateway that ends at a client: the passage where there is one, and every translator. */
function waysOut({ dialect }: Fixture): { name: string; heard(bytes: Buffer): Event[] }[] {
  const translators = clients.map(({ name, upstream, client }) => ({
    name: `translated for ${name}`,
    heard: (bytes: Buffer) =>
      readStreamed(upstream, [translate(dialect.upstream, client, emptyRequest(dialect), [bytes])]),
  }));
  if (dialect.pass === undefined || dialect.client === undefined) return translators;
  const heard = (bytes: Buffer): Event[] =>
    readStreamed(dialect.upstream, [pass(dialect, emptyRequest(dialect), [bytes]).bytes]);
  return [{ name: 'passed', heard }, ...translators];
}

describe('law 9', () => {
  for (const { name, dialect, stream, canon } of passed) {
    const request = emptyRequest(dialect);
    // A stream that clients of its own language would misread says so, with the reason, and never passes.
    if (canon.misread !== undefined) {
      test(`${name}: the translator takes over`, () => {
        assert.ok(typeof canon.misread === 'string' && canon.misread.length >= 10, 'no reason');
        for (const chunks of [[stream], cutAt(stream, cutPlaces(stream, 150))]) {
          const { bytes, untouched } = pass(dialect, request, chunks);
          assert.ok(!untouched, 'it passed');
          assert.ok(pass(dialect, request, [bytes]).untouched, 'what left would not pass either');
        }
      });
      continue;
    }

    test(`${name}: the bytes pass untouched, in whatever pieces`, () => {
      const check = (chunks: Iterable<Uint8Array>): void => {
        const { bytes, untouched } = pass(dialect, request, chunks);
        assert.ok(untouched, 'the fast path was not taken');
        const tail = bytes.subarray(stream.length).toString();
        assert.equal(bytes.compare(stream, 0, stream.length, 0, stream.length), 0, 'the bytes are others');
        assert.ok(tail === '' || !stream.includes(tail), 'the mark of the end came twice');
        assert.ok(tail === '' || tail === dialect.pass?.watch().tail(), 'more than the mark of the end was added');
      };
      check([stream]);
      for (const place of cutPlaces(stream, 150)) check(cutAt(stream, [place]));
      check(cutAt(stream, cutPlaces(stream, 5000)));
      forManySplits(stream, 20, check);
    });

    test(`${name}: the slow path says the same`, () => {
      assert.ok(dialect.client);
      const slow = translate(dialect.upstream, dialect.client, request, [stream]);
      const [fast, said] = [stream, slow].map((bytes) => foldOf(readStreamed(dialect.upstream, [bytes])));
      assert.ok(fast && said);
      assertSame({ ...said, natives: [] }, { ...fast, natives: [] }, 'fast and slow');
    });
  }

  for (const { name, dialect, stream } of passed) {
    test(`${name}: whatever spelling passes says the same`, () => {
      const said = sayingOf(foldOf(readStreamed(dialect.upstream, [stream])));
      for (const { name: spelling, bytes } of spellingsOf(stream)) {
        for (const chunks of [[bytes], cutAt(bytes, cutPlaces(bytes, 5000))]) {
          const { bytes: left } = pass(dialect, emptyRequest(dialect), chunks);
          assertSame(sayingOf(foldOf(readStreamed(dialect.upstream, [left]))), said, spelling);
        }
      }
    });
  }

  for (const fixture of streams) {
    const { name, dialect, stream } = fixture;
    const whole = sayingOf(foldOf(readStreamed(dialect.upstream, [stream])));
    for (const way of waysOut(fixture)) {
      test(`${name}, ${way.name}: a damaged stream still becomes a legal answer`, () => {
        for (const { what, bytes, tears } of damagesOf(stream, 12)) {
          const heard = way.heard(bytes);
          assert.equal(grammarFault(heard, tears), undefined, what);
          const { calls, failed } = sayingOf(foldOf(heard));
          if (tears || failed !== undefined) continue;
          // An agent would run it: a call in a complete answer is one that the provider made, as it made it.
          for (const call of calls) {
            const asMade = whole.calls.some((made) => isDeepStrictEqual(made, call));
            assert.ok(asMade || isFreeText(fixture, call), what);
          }
        }
      });

      test(`${name}, ${way.name}: a cut stream is never a complete answer`, () => {
        for (const at of chosen(stream.length, 80)) {
          const heard = way.heard(stream.subarray(0, at));
          assert.equal(grammarFault(heard), undefined, `cut at ${at}`);
          const { text, thinking, calls, finish, failed } = sayingOf(foldOf(heard));
          if (failed !== undefined) continue;
          // A success after a cut is one only when nothing of the answer lay behind the cut.
          assertSame(
            { text, thinking, calls, finish },
            { text: whole.text, thinking: whole.thinking, calls: whole.calls, finish: whole.finish },
            `cut at ${at}`,
          );
        }
      });
    }
  }
});
