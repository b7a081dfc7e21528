import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastMember, lastMembers } from './last-members.ts';

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

test('in the end of a stream a member is found where it stands', () => {
  const end = Buffer.from('ce"}]}\n\ndata: {"x":1,"usage" : {"in":1,"more":{"a":2}},"y":[]}\n\ndata: [DONE]\n\n');
  assert.deepEqual(lastMember(end, 'usage'), { usage: { in: 1, more: { a: 2 } } });
  assert.equal(lastMember(end, 'absent'), undefined);
  assert.equal(lastMember(end.subarray(0, 40), 'usage'), undefined);
});
