import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastMembers } from './last-members.ts';

const body = Buffer.from('{"text":"\\"usage\\":{}","usage":{"in":1,"more":{"a":2}},"id":"é"}\n');

test('the last members are read, and nothing before them', () => {
  assert.deepEqual(lastMembers(body, 'usage'), { usage: { in: 1, more: { a: 2 } }, id: 'é' });
  assert.equal(lastMembers(body, 'absent'), undefined);
  assert.equal(lastMembers(Buffer.from('{"inner":{"usage":1}}'), 'usage'), undefined);
});

test('a body that has lost its end has none', () => {
  for (let length = 0; length < body.length - 1; length++) {
    assert.equal(lastMembers(body.subarray(0, length), 'usage'), undefined, body.toString('utf8', 0, length));
  }
});
