// Laws 1 and 2: every split of the bytes reads the same events, and the events obey the grammar.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../src/canon/event.ts';
import { fixtures } from './fixture.ts';
import { grammarFault } from './grammar.ts';
import { readStreamed, readWhole, textOf } from './reading.ts';
import { cutAt, cutPlaces, feedBytewise, forManySplits } from './splits.ts';

/** Line ends and other liberties of event streams that change nothing of what is said. */
const spellings: { readonly [name: string]: (text: string) => string } = {
  'CRLF line ends': (text) => text.replaceAll('\n', '\r\n'),
  'CR line ends': (text) => text.replaceAll('\n', '\r'),
  'a byte order mark': (text) => `\ufeff${text}`,
  comments: (text) => text.replaceAll('\n\n', '\n\n: keep-alive\n\n'),
  'no space behind colons': (text) => text.replaceAll(/^(data|event): /gm, '$1:'),
  'unknown fields': (text) => text.replaceAll(/^data:/gm, 'id: 7\nretry: 10\ndata:'),
  'blank lines between': (text) => text.replaceAll('\n\n', '\n\n\n'),
  'no blank line at the end': (text) => text.trimEnd(),
};

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

      test(`${name}: every spelling of the stream reads the same events`, (t) => {
        if (!/^(event|data|:)/.test(stream.toString())) return t.skip('no event stream');
        for (const [what, spell] of Object.entries(spellings)) {
          const bytes: Buffer = Buffer.from(spell(stream.toString()));
          assert.equal(textOf(readStreamed(upstream, [bytes])), whole, what);
          for (const place of cutPlaces(bytes, 60)) {
            assert.equal(textOf(readStreamed(upstream, cutAt(bytes, [place]))), whole, `${what}, cut at ${place}`);
          }
        }
        return undefined;
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
