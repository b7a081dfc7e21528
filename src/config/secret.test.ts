import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from './secret.ts';

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
