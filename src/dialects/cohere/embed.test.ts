import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbedRequest } from '../../canon/embedding.ts';
import type { Loss } from '../../canon/loss.ts';
import { cohere } from './index.ts';

const { upstream } = cohere.embed;
assert.ok(upstream);

function written(request: EmbedRequest): { bodies: object[]; places: (readonly number[])[]; losses: string[] } {
  const losses: Loss[] = [];
  const calls = upstream?.writeRequests(request, '', { quirks: {}, lose: (loss) => losses.push(loss) }) ?? [];
  return {
    bodies: calls.map(({ body }) => body),
    places: calls.map(({ inputs }) => inputs),
    losses: losses.map(({ what, path }) => `${what} ${path}`),
  };
}

const float = { embedding_types: ['float'] };

test('texts that nothing is said of are stored to be found', () => {
  const request: EmbedRequest = { from: 'openai-chat', model: 'm', inputs: [{ content: 'a' }], dimensions: 256 };
  assert.deepEqual(written(request), {
    bodies: [{ model: 'm', input_type: 'search_document', texts: ['a'], ...float, output_dimension: 256 }],
    places: [[0]],
    losses: [],
  });
});

test('a call has one task; the nearest is told as such', () => {
  const inputs = [
    { content: 'a', task: 'clustering' },
    { content: 'b', task: 'code_query', title: 't' },
    { content: 'c', task: 'clustering' },
    { content: 'd', task: 'nobody knows' },
  ];
  const head = { model: 'm', ...float, truncate: 'START' };
  assert.deepEqual(written({ from: 'gemini', model: 'm', inputs, truncate: 'start', user: 'u' }), {
    bodies: [
      { ...head, input_type: 'clustering', texts: ['a', 'c'] },
      { ...head, input_type: 'search_query', texts: ['b'] },
      { ...head, input_type: 'search_document', texts: ['d'] },
    ],
    places: [[0, 2], [1], [3]],
    losses: ['dropped user', 'dropped title', 'approximated task', 'approximated task'],
  });
});

test('at most 96 texts go in a call', () => {
  const inputs = Array.from({ length: 97 }, (_, i) => ({ content: `${i}` }));
  assert.deepEqual(
    written({ from: 'openai-chat', model: 'm', inputs }).places.map(({ length }) => length),
    [96, 1],
  );
});

test('answers with and without types', () => {
  const meta = { billed_units: { input_tokens: 9 } };
  for (const embeddings of [{ float: [[1, 2]] }, [[1, 2]]]) {
    const answer = upstream.readResponse({ id: 'x', embeddings, meta }, {}, '');
    assert.deepEqual(answer.vectors, [[1, 2]]);
    assert.equal(answer.usage.input, 9);
  }
  for (const none of [null, {}, { embeddings: { int8: [[1]] } }, { embeddings: [] }]) {
    assert.throws(() => upstream.readResponse(none, {}, ''), { kind: 'bad_upstream' });
  }
});
