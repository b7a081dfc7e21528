// What the languages bring along for the laws: every standard scenario, or a reason why not.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixtures, gapsOf, spoken } from './fixture.ts';
import { scenarios } from './scenario.ts';

describe('fixtures', () => {
  for (const dialect of spoken) {
    const own = fixtures.filter((fixture) => fixture.dialect === dialect);
    const present = own.map(({ scenario }) => scenario);

    test(`${dialect.name} has every standard scenario, or says why not`, () => {
      const gaps = gapsOf(dialect);
      const missing = Object.keys(scenarios).filter((name) => !present.includes(name) && gaps[name] === undefined);
      assert.deepEqual(missing, []);
      for (const [name, reason] of Object.entries(gaps)) {
        assert.ok(name in scenarios, `gaps.json names ${name}, which is no standard scenario`);
        assert.ok(!present.includes(name), `gaps.json names ${name}, which is there`);
        assert.ok(typeof reason === 'string' && reason.length >= 10, `gaps.json gives no reason for ${name}`);
      }
    });

    for (const { name, request, stream, response, error, canon } of own) {
      test(`${name} has what its meaning speaks of`, () => {
        const known = ['request', 'answer', 'error', 'misread'];
        assert.deepEqual(
          Object.keys(canon).filter((part) => !known.includes(part)),
          [],
        );
        assert.equal(canon.request !== undefined, request !== undefined, 'request');
        assert.equal(canon.answer !== undefined, stream !== undefined || response !== undefined, 'answer');
        assert.equal(canon.error !== undefined, error !== undefined, 'error');
        assert.ok(Object.keys(canon).length > 0, 'nothing');
      });
    }
  }
});
