import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pieces } from '../wire/pieces.ts';
import { bodyIn, KeptPrompts, textOf } from './kept-prompts.ts';

test('no more bytes are kept than may be, the latest', () => {
  const kept = new KeptPrompts(250);
  const prompts = ['a', 'b', 'c'].map((letter) => {
    const prompt = kept.keep(Pieces.ofText(letter.repeat(60)), Pieces.ofText(letter.repeat(40)), 10);
    kept.tidy(0);
    return prompt;
  });
  assert.equal(kept.bytes, 200);
  assert.deepEqual(
    prompts.map(({ outgoing }) => textOf(outgoing)?.[0]),
    [undefined, 'b', 'c'],
  );
  assert.deepEqual(
    prompts.map(({ client }) => textOf(client)?.length),
    [undefined, 40, 40],
  );
});

test('what is too old to be of use is forgotten, and what was forgotten is not counted twice', () => {
  const kept = new KeptPrompts(1000);
  const prompt = kept.keep(Pieces.ofText('{}'), undefined, 10);
  kept.tidy(9);
  assert.deepEqual(bodyIn(textOf(prompt.outgoing)), {});
  kept.tidy(10);
  kept.forget(prompt);
  assert.equal(kept.bytes, 0);
  assert.equal(prompt.outgoing, undefined);
});

test('a body that is let go of is still here', () => {
  const kept = new KeptPrompts(1000);
  const body = Pieces.ofText('{"a":1}');
  const prompt = kept.keep(body, undefined, 10);
  body.release();
  assert.deepEqual(bodyIn(textOf(prompt.outgoing)), { a: 1 });
});

test('a body that takes too long to compare is not kept', () => {
  const kept = new KeptPrompts(100 * 1024 * 1024);
  assert.equal(kept.keep(Pieces.of(Buffer.alloc(9 * 1024 * 1024)), undefined, 10).outgoing, undefined);
  assert.equal(kept.bytes, 0);
});
