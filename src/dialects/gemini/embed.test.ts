import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbedAnswer, EmbedRequest } from '../../canon/embedding.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import { gemini } from './index.ts';

const { upstream, client, pass } = gemini.embed;
assert.ok(upstream && client && pass);

const foreign: EmbedRequest = {
  from: 'openai-chat',
  model: 'm',
  inputs: [
    { content: 'a', task: 'search_query' },
    { content: 'b', task: 'odd', title: 't' },
  ],
  dimensions: 3,
  truncate: 'none',
  user: 'u',
};

function written(request: EmbedRequest, form: string): { bodies: JsonObject[]; losses: string[] } {
  const losses: Loss[] = [];
  const calls = upstream?.writeRequests(request, form, { quirks: {}, lose: (loss) => losses.push(loss) }) ?? [];
  return {
    bodies: calls.map(({ body }) => body),
    losses: losses.map(({ what, path }) => `${what} ${path}`),
  };
}

const part = (text: string): object => ({ parts: [{ text }] });

test('a request is written in the form of the method', () => {
  const usual = ['dropped user', 'dropped task'];
  assert.deepEqual(written(foreign, 'batchEmbedContents'), {
    bodies: [
      {
        requests: [
          { model: 'models/m', content: part('a'), taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 },
          { model: 'models/m', content: part('b'), title: 't', outputDimensionality: 3 },
        ],
      },
    ],
    losses: [...usual, 'dropped truncate'],
  });
  assert.deepEqual(written(foreign, 'predict'), {
    bodies: [
      {
        instances: [
          { content: 'a', task_type: 'RETRIEVAL_QUERY' },
          { content: 'b', title: 't' },
        ],
        parameters: { outputDimensionality: 3, autoTruncate: false },
      },
    ],
    losses: usual,
  });
  assert.deepEqual(written(foreign, 'vertex.embedContent').bodies, [
    {
      content: part('a'),
      embedContentConfig: { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3, autoTruncate: false },
    },
    { content: part('b'), embedContentConfig: { title: 't', outputDimensionality: 3, autoTruncate: false } },
  ]);
  const { bodies } = written({ from: 'openai-chat', model: 'gemini-embedding-001', inputs: foreign.inputs }, 'predict');
  assert.deepEqual(
    bodies.map(({ instances }) => (instances as unknown[]).length),
    [1, 1],
  );
  assert.deepEqual(written({ from: 'openai-chat', model: 'm', inputs: [{ content: 'a' }] }, 'vertex.embedContent'), {
    bodies: [{ content: part('a') }],
    losses: [],
  });
});

test('a client is read in each form, whatever it writes first and how', () => {
  const expected = {
    from: 'gemini',
    model: 'm',
    inputs: [{ content: 'a\nb', task: 'search_document', title: 't' }],
    dimensions: 3,
  };
  const content = { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] };
  const wish = { content, taskType: 'RETRIEVAL_DOCUMENT', title: 't', outputDimensionality: 3 };
  const head = { model: 'm', stream: false };
  assert.deepEqual(client.readRequest({ ...head, ...wish }, 'embedContent'), expected);
  assert.deepEqual(client.readRequest({ ...head, requests: [wish] }, 'batchEmbedContents'), expected);
  const snake = { content, task_type: 'RETRIEVAL_DOCUMENT', title: 't', output_dimensionality: 3 };
  assert.deepEqual(client.readRequest({ ...head, requests: [snake] }, 'batchEmbedContents'), expected);
  const { content: _, ...config } = wish;
  const vertex = { content, embedContentConfig: { ...config, autoTruncate: true, documentOcr: true } };
  assert.deepEqual(client.readRequest({ ...head, ...vertex }, 'vertex.embedContent'), {
    ...expected,
    truncate: 'end',
    ext: { gemini: { documentOcr: true } },
  });
  const predict = {
    instances: [{ content: 'a', task_type: 'CLUSTERING', mimeType: 'text/plain' }],
    parameters: { outputDimensionality: '3', autoTruncate: false },
  };
  assert.deepEqual(client.readRequest({ ...head, ...predict }, 'predict'), {
    from: 'gemini',
    model: 'm',
    inputs: [{ content: 'a', task: 'clustering' }],
    dimensions: 3,
    truncate: 'none',
    ext: { gemini: { mimeType: 'text/plain' } },
  });
});

test('what cannot be embedded elsewhere is refused by name', () => {
  const wrong = [
    [{ requests: [] }, 'batchEmbedContents', /requests/],
    [
      { requests: [{ content: part('a') }, { content: part('b'), outputDimensionality: 2 }] },
      'batchEmbedContents',
      /\[1\]/,
    ],
    [{ content: { parts: [{ inlineData: {} }] } }, 'embedContent', /content\.parts\[0\]/],
    [{}, 'embedContent', /content/],
    [{ instances: [] }, 'predict', /instances/],
    [{ instances: [{ content: 5 }] }, 'predict', /instances\[0\]\.content/],
  ] as const;
  for (const [body, form, message] of wrong) {
    assert.throws(() => client.readRequest({ model: 'm', ...body }, form), { kind: 'invalid_request', message });
  }
});

test('answers are read and written in each form', () => {
  const answers = [
    ['embedContent', { embedding: { values: [1, 2] }, usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } }],
    [
      'batchEmbedContents',
      { embeddings: [{ values: [1, 2] }], usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 } },
    ],
    [
      'predict',
      { predictions: [{ embeddings: { values: [1, 2], statistics: { truncated: false, token_count: 5 } } }] },
    ],
  ] as const;
  for (const [form, body] of answers) {
    const answer: EmbedAnswer = upstream.readResponse(body, {}, form);
    assert.deepEqual(answer.vectors, [[1, 2]]);
    assert.equal(answer.usage.input, 5);
    assert.deepEqual(client.writeResponse(answer, foreign, form), body);
    assert.equal(pass.usageOf(Buffer.from(JSON.stringify(body))).input, 5);
  }
  assert.throws(() => upstream.readResponse({ embeddings: [{}] }, {}, ''), { kind: 'bad_upstream' });
  assert.deepEqual(pass.usageOf(Buffer.from('<html>')), {});
});

test('a batch that passes names the model of the provider', () => {
  const body: JsonObject = { requests: [{ model: 'models/x' }, {}] };
  const options = { quirks: {}, lose: () => assert.fail() };
  assert.equal(pass.amend(body, 'm', options), true);
  assert.deepEqual(body, { requests: [{ model: 'models/m' }, { model: 'models/m' }] });
  assert.equal(pass.amend(body, 'm', options), false);
  assert.equal(pass.amend({ content: part('a') }, 'm', options), false);
});
