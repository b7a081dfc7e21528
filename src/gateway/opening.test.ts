import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from '../wire/pieces.ts';
import { scanBody } from '../wire/splice.ts';
import { goesOn, likeness, type Opening, openingOf } from './opening.ts';

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

test('a call goes on with what ends at the same place in it', () => {
  const bodyOf = (...texts: string[]): Pieces =>
    Pieces.ofText(JSON.stringify({ messages: texts.map((text) => user(text)) }));
  const before = opening(['a', 'b', 'c', 'd', 'e', 'f'].map((text) => user(text)));
  const holds = (...texts: string[]): boolean => goesOn(before, bodyOf(...texts), scanBody(bodyOf(...texts)));
  assert.ok(holds('a', 'b', 'c', 'd', 'e', 'f'));
  assert.ok(holds('a', 'x', 'c', 'd', 'e', 'f', 'g'));
  assert.ok(!holds('a', 'b', 'c', 'd', 'e', 'x', 'f'));
  assert.ok(!holds('a', 'b', 'c', 'd', 'e'));
});
