import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret, secretsIn } from './secret.ts';

test('a secret shows itself to nobody but its owner', () => {
  const secret = new Secret('sk-very-secret');
  const holder = { deep: [{ secret }] };
  const shown = [
    ''.concat(secret as unknown as string),
    String(secret),
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true, showProxy: true, getters: true }),
    format('%s %o %O %j', secret, secret, secret, secret),
    Object.entries(secret).join(),
    String(structuredClone({ secret }).secret),
  ];
  for (const text of shown) assert.ok(!text.includes('sk-very'), text);
  assert.equal(secret.reveal(), 'sk-very-secret');
});

test('secrets are found wherever they stand', () => {
  const [a, b, c] = [new Secret('a'), new Secret('b'), new Secret('c')];
  assert.deepEqual(secretsIn({ key: a, headers: { x: b }, list: [c, 'd', null, 5] }), [a, b, c]);
  assert.deepEqual(secretsIn(undefined), []);
});
