import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbedRequest } from '../../canon/embedding.ts';
import { GatewayError } from '../../canon/error.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { Quirks } from '../dialect.ts';
import { openaiChat } from './index.ts';

const { upstream, client, pass } = openaiChat.embed;
assert.ok(upstream && client && pass);

const foreign: EmbedRequest = {
  from: 'gemini',
  model: 'm',
  inputs: [{ content: 'a', task: 'search_query', title: 't' }, { content: 'b' }],
  dimensions: 3,
  truncate: 'end',
  user: 'u',
  ext: { gemini: { documentOcr: true } },
};

function written(request: EmbedRequest, quirks: Quirks = {}): { bodies: JsonObject[]; losses: string[] } {
  const losses: Loss[] = [];
  const calls = upstream?.writeRequests(request, '', { quirks, lose: (loss) => losses.push(loss) }) ?? [];
  return {
    bodies: calls.map(({ body }) => body),
    losses: losses.map(({ what, path }) => `${what} ${path}`),
  };
}

test('a request is read in each of its forms', () => {
  const read = (input: unknown): unknown => client.readRequest({ model: 'm', input }, '').inputs;
  assert.deepEqual(read('a'), [{ content: 'a' }]);
  assert.deepEqual(read(['a', 'b']), [{ content: 'a' }, { content: 'b' }]);
  assert.deepEqual(read([1, 2]), [{ content: [1, 2] }]);
  assert.deepEqual(read([[1], [2, 3]]), [{ content: [1] }, { content: [2, 3] }]);
  assert.deepEqual(client.readRequest({ model: 'm', input: 'a', input_type: 'query', dimensions: 2, odd: 1 }, ''), {
    from: 'openai-chat',
    model: 'm',
    inputs: [{ content: 'a', task: 'search_query' }],
    dimensions: 2,
    ext: { 'openai-chat': { odd: 1 } },
  });
});

test('contradictions are refused by name', () => {
  const wrong = [
    [{ input: 'a' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: 5 }, 'input'],
    [{ model: 'm', input: [] }, 'input'],
    [{ model: 'm', input: ['a', 5] }, 'input[1]'],
    [{ model: 'm', input: 'a', dimensions: 0 }, 'dimensions'],
    [{ model: 'm', input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ] as const;
  for (const [body, param] of wrong) {
    assert.throws(
      () => client.readRequest({ ...body }, ''),
      (error) => error instanceof GatewayError && error.kind === 'invalid_request' && error.details.param === param,
      param,
    );
  }
});

test('another language is written with what there are words for, and the rest is told', () => {
  assert.deepEqual(written(foreign), {
    bodies: [{ model: 'm', input: ['a', 'b'], dimensions: 3, user: 'u' }],
    losses: ['dropped documentOcr', 'dropped task', 'dropped title', 'dropped truncate'],
  });
});

test('what a server wants otherwise is said otherwise; the length of vectors is never left out', () => {
  const quirks = { dimensions: 'output_dimension', refuses: ['user', 'output_dimension'] } as const;
  const { bodies, losses } = written(foreign, quirks);
  assert.deepEqual(bodies, [{ model: 'm', input: ['a', 'b'], output_dimension: 3 }]);
  assert.equal(losses.at(-1), 'dropped user');
  const body: JsonObject = { model: 'm', input: 'a' };
  assert.equal(pass.amend(body, 'm', { quirks, lose: () => assert.fail() }), false);
});

test('many inputs are more than one request', () => {
  const inputs = Array.from({ length: 2049 }, (_, i) => ({ content: `${i}` }));
  const { bodies } = written({ from: 'gemini', model: 'm', inputs });
  assert.deepEqual(
    bodies.map(({ input }) => (input as string[]).length),
    [2048, 1],
  );
});

test('an answer is read in the order of its indices, in either encoding', () => {
  const answer = upstream.readResponse(
    {
      data: [
        { index: 1, embedding: 'AAAAPwAAAMA=' },
        { index: 0, embedding: [1, 2] },
      ],
      model: 'theirs',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
    {},
    '',
  );
  assert.deepEqual(
    answer.vectors.map((vector) => Array.from(vector)),
    [
      [1, 2],
      [0.5, -2],
    ],
  );
  assert.equal(answer.model, 'theirs');
  assert.equal(answer.usage.input, 4);
  for (const none of [null, {}, { data: [] }, { data: [{ embedding: null }] }, '<html>']) {
    assert.throws(() => upstream.readResponse(none, {}, ''), { kind: 'bad_upstream' });
  }
});

test('an answer is left alone where it is as it was asked for', () => {
  const answer = (embedding: string): Buffer => Buffer.from(`{"data": [{"embedding" : ${embedding}, "x": 1}]}`);
  const corrected = (embedding: string, format?: string): unknown =>
    pass.corrected?.(answer(embedding), format === undefined ? {} : { encoding_format: format });
  assert.equal(corrected('[0.5,-2]'), undefined);
  assert.equal(corrected('"AAAAPwAAAMA="', 'base64'), undefined);
  assert.deepEqual(corrected('"AAAAPwAAAMA="', 'float'), { data: [{ x: 1, embedding: [0.5, -2] }] });
  assert.deepEqual(corrected('[0.5,-2]', 'base64'), { data: [{ x: 1, embedding: 'AAAAPwAAAMA=' }] });
});
