// Laws 1 and 2: every split of the bytes reads the same events, and the events obey the grammar.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../src/canon/event.ts';
import { isBinary } from './binary.ts';
import { chosen, framesOf } from './damage.ts';
import { fixtures } from './fixture.ts';
import { grammarFault } from './grammar.ts';
import { readStreamed, readWhole, textOf } from './reading.ts';
import { spellingsOf } from './spelling.ts';
import { cutAt, cutPlaces, feedBytewise, forManySplits } from './splits.ts';

describe('laws 1 and 2', () => {
  for (const { name, dialect, stream, response } of fixtures) {
    const { upstream } = dialect;
    if (stream !== undefined) {
      const whole = textOf(readStreamed(upstream, [stream]));

      test(`${name}: every split reads the same events`, () => {
        for (const place of cutPlaces(stream, 1200)) {
          assert.equal(textOf(readStreamed(upstream, cutAt(stream, [place]))), whole, `cut at ${place}`);
        }
        forManySplits(stream, 30, (chunks) => assert.equal(textOf(readStreamed(upstream, chunks)), whole));
      });

      test(`${name}: single bytes read the same events`, () => {
        const events: Event[] = [];
        const reader = upstream.readStream((event) => events.push(event));
        feedBytewise(stream, (chunk) => reader.feed(chunk));
        reader.end();
        assert.equal(textOf(events), whole);
      });

      test(`${name}: every spelling of the stream reads the same events`, () => {
        for (const { name: spelling, bytes } of spellingsOf(stream)) {
          assert.equal(textOf(readStreamed(upstream, [bytes])), whole, spelling);
          for (const place of cutPlaces(bytes, 60)) {
            assert.equal(textOf(readStreamed(upstream, cutAt(bytes, [place]))), whole, `${spelling}, cut at ${place}`);
          }
        }
      });

      test(`${name}: a last frame without its blank line is read`, () => {
        // A binary message is whole or it is none.
        const frames = isBinary(stream) ? [] : framesOf(stream);
        for (const i of chosen(frames.length, 20)) {
          const start = Buffer.concat(frames.slice(0, i + 1));
          const bare = Buffer.from(start.toString().trimEnd());
          assert.equal(textOf(readStreamed(upstream, [bare])), textOf(readStreamed(upstream, [start])), `frame ${i}`);
        }
      });

      test(`${name}: the events of the stream obey the grammar`, () => {
        assert.equal(grammarFault(readStreamed(upstream, [stream])), undefined);
      });
    }
    if (response !== undefined) {
      test(`${name}: the events of the whole answer obey the grammar`, () => {
        assert.equal(grammarFault(readWhole(upstream, response)), undefined);
      });
    }
  }
});
