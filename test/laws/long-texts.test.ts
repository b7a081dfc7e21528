// Law 13: what a translation does not look into arrives as if it had.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asking } from '../../src/gateway/incoming.ts';
import type { Outgoing } from '../../src/gateway/outgoing.ts';
import { asked, bytesOf, lengthened, outlining, piecesOf, preparedFor, sourceOf, spelledOut } from './asking.ts';
import { spoken } from './fixture.ts';

const lengthy = asked.map(({ body, ...rest }) => ({ ...rest, bytes: bytesOf(lengthened(body)) }));

test('the clients of two languages at least may leave texts unread', () => {
  assert.ok(outlining.length >= 2);
});

describe('law 13', () => {
  for (const { name, dialect, bytes } of lengthy) {
    for (const target of spoken.filter((each) => each.name !== dialect.name)) {
      test(`${name} for ${target.name}: long texts arrive as when they are read`, () => {
        const source = sourceOf(dialect, piecesOf(bytes));
        const read = asking(source, source.request);
        const [left, whole] = [source, read].map((each) => preparedFor(target, each)) as [Outgoing, Outgoing];
        assert.deepEqual(JSON.parse(left.body.whole().toString()), JSON.parse(whole.body.whole().toString()));
        assert.deepEqual(left.losses, whole.losses);
        assert.deepEqual(left.request(), whole.request());
        assert.deepEqual(left.open(), whole.open());
      });
    }
  }

  test('the spelling shows that they were not read', () => {
    for (const { name, dialect, bytes } of lengthy) {
      const source = sourceOf(dialect, piecesOf(bytes));
      if (source.outline().texts === undefined) continue;
      for (const target of spoken.filter((each) => each.name !== dialect.name)) {
        const written = preparedFor(target, source).body.whole().toString();
        assert.ok(written.includes(spelledOut), `${name} for ${target.name}`);
      }
    }
  });
});
