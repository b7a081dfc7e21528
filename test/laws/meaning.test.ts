// Laws 3 and 4: the meaning equals canon.json, and the stream adds up to the whole answer.
import { describe, test } from 'node:test';
import { fixtures, requestOf } from './fixture.ts';
import { assertSame, foldOf, readStreamed, readWhole } from './reading.ts';

describe('laws 3 and 4', () => {
  for (const fixture of fixtures) {
    const { name, dialect, stream, response, canon } = fixture;
    const { upstream } = dialect;
    if (fixture.request !== undefined && dialect.client !== undefined) {
      test(`${name}: the request means what canon.json says`, () => {
        assertSame(requestOf(fixture), canon.request, 'the request');
      });
    }
    if (stream !== undefined) {
      test(`${name}: the stream means what canon.json says`, () => {
        assertSame(foldOf(readStreamed(upstream, [stream])), canon.answer, 'the answer');
      });
    }
    if (response !== undefined) {
      test(`${name}: the whole answer means what canon.json says`, () => {
        assertSame(foldOf(readWhole(upstream, response)), canon.answer, 'the answer');
      });
    }
    if (stream !== undefined && response !== undefined) {
      test(`${name}: the stream adds up to the whole answer`, () => {
        assertSame(
          foldOf(readStreamed(upstream, [stream])),
          foldOf(readWhole(upstream, response)),
          'stream and whole answer',
        );
      });
    }
  }
});
