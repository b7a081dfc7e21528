import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substitute } from './substitution.ts';

const env = { HOST: 'example.org', EMPTY: '', NESTED: '${HOST}' };
const ref = (inside: string): string => `\${${inside}}`;

test('variables and their defaults', () => {
  assert.deepEqual(substitute(`https://${ref('HOST')}/x`, env), { text: 'https://example.org/x' });
  assert.deepEqual(substitute(ref('PORT:-4000'), env), { text: '4000' });
  assert.deepEqual(substitute(ref('EMPTY:-full'), env), { text: 'full' });
  assert.deepEqual(substitute(ref('HOST:-other'), env), { text: 'example.org' });
  assert.deepEqual(substitute(ref('NO:-'), env), { text: '' });
  assert.deepEqual(substitute(`${ref('HOST')}:${ref('PORT:-1')}`, env), { text: 'example.org:1' });
  assert.deepEqual(substitute('$5 and $ {x} {y}', env), { text: '$5 and $ {x} {y}' });
});

test('what a variable holds is not looked into again', () => {
  assert.deepEqual(substitute(ref('NESTED'), env), { text: ref('HOST') });
});

test('a doubled dollar sign is a plain one', () => {
  assert.deepEqual(substitute(`$${ref('HOST')}`, env), { text: ref('HOST') });
});

test('a variable that is not set is named', () => {
  for (const name of ['MISSING', 'EMPTY']) {
    const result = substitute(`a ${ref(name)}`, env);
    assert.ok('complaint' in result);
    assert.equal(result.unset, name);
    assert.match(result.complaint, new RegExp(`${name} is not set`));
  }
});

test('what is no variable is a mistake, not text', () => {
  for (const wrong of ['${', '${}', '${A', '${1A}', '${A-b}', '${A:-${B}}', '${ A }']) {
    const result = substitute(wrong, env);
    assert.ok('complaint' in result && result.unset === undefined, wrong);
  }
});
