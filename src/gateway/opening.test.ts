import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from '../wire/pieces.ts';
import { scanBody } from '../wire/splice.ts';
import { isCloser, likeness, type Opening, openingOf } from './opening.ts';

const mark = { cache_control: { type: 'ephemeral' } };

function opening(messages: readonly unknown[], more: object = {}): Opening {
  const body = Pieces.ofText(JSON.stringify({ model: 'm', messages, ...more }));
  return openingOf(body, scanBody(body));
}

function user(text: string, more: object = {}): object {
  return { role: 'user', content: [{ type: 'text', text, ...more }] };
}

test('a conversation is known again when it has grown, and its mark with it', () => {
  const first = opening([user('mend the tests', mark)]);
  const second = opening([user('mend the tests'), user('done'), user('more', mark)]);
  assert.equal(likeness(first, second), 1);
  assert.equal(likeness(second, first), 1);
  assert.equal(likeness(first, opening([user('mend the docs'), user('done'), user('more', mark)])), 0);
});

test('an early turn may change where others stay', () => {
  const before = opening(['a', 'b', 'c'].map((text) => user(text)));
  assert.equal(likeness(before, opening(['x', 'b', 'c', 'd', 'e'].map((text) => user(text)))), 2);
  assert.equal(likeness(before, opening(['x', 'b', 'c'].map((text) => user(text)))), 0, 'one that has not grown');
  assert.equal(likeness(before, opening(['x', 'y', 'c', 'd', 'e'].map((text) => user(text)))), 0);
});

test('a conversation that was cut behind its third turn is the same; one that only begins like it is not', () => {
  const before = opening(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((text) => user(text)));
  assert.equal(likeness(before, opening(['a', 'b', 'c', 'f', 'g'].map((text) => user(text)))), 3);
  assert.equal(likeness(before, opening(['a', 'b', 'x'].map((text) => user(text)))), 0);
});

test('the same question with other means is another conversation', () => {
  const main = opening([user('mend the tests')], { tools: [] });
  assert.equal(likeness(main, opening([user('mend the tests')])), 0);
  assert.equal(likeness(main, opening([user('mend the tests')], { tools: [{}] })), 1);
});

test('of two that are alike, a call goes on with the longer one that is not too long', () => {
  const of = (count: number): Opening => ({ turns: [1, 2, 3, 4], count, tools: false });
  assert.ok(isCloser(of(20), of(4), of(22)));
  assert.ok(!isCloser(of(20), of(4), of(6)));
  assert.ok(isCloser(of(4), of(20), of(6)));
  assert.ok(isCloser(of(4), of(4), of(6)), 'the later one');
});
