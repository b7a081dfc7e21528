import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of, type EmbedRequest, embedLosses, inputGroups, textOf, vectorIn } from './embedding.ts';

const request: EmbedRequest = {
  from: 'openai-chat',
  model: 'm',
  inputs: [
    { content: 'a', task: 'search_query' },
    { content: 'b' },
    { content: [1, 2], task: 'search_query' },
    { content: 'd', task: 'search_query' },
  ],
  ext: { 'openai-chat': { odd: 1 } },
};

test('a vector is the same after base64, as far as 32 bits hold it', () => {
  // 0.5 and -2 as OpenAI writes them.
  assert.equal(base64Of([0.5, -2]), 'AAAAPwAAAMA=');
  assert.deepEqual(Array.from(vectorIn('AAAAPwAAAMA=')), [0.5, -2]);
  const members = Array.from({ length: 1000 }, (_, i) => Math.sin(i) / 7);
  assert.deepEqual(Array.from(vectorIn(base64Of(members))), members.map(Math.fround));
  assert.deepEqual(Array.from(vectorIn('')), []);
});

test('inputs are grouped by task and number, each once and in order', () => {
  assert.deepEqual(inputGroups(request, 2, false), [[0, 2], [1], [3]]);
  assert.deepEqual(inputGroups(request, 3, true), [[0, 1, 2], [3]]);
  assert.deepEqual(inputGroups(request, 1, true), [[0], [1], [2], [3]]);
});

test('what only the client has words for is lost elsewhere', () => {
  assert.deepEqual(embedLosses(request, 'openai-chat'), []);
  assert.deepEqual(embedLosses(request, 'cohere'), [
    { what: 'dropped', path: 'odd', why: 'known to openai-chat only' },
  ]);
});

test('tokens are no text', () => {
  assert.equal(textOf(request, 0), 'a');
  assert.throws(() => textOf(request, 2), /input\[2\]/);
});
