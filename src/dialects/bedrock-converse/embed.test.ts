import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbedRequest } from '../../canon/embedding.ts';
import type { Loss } from '../../canon/loss.ts';
import { bedrockConverse } from './index.ts';

const { upstream } = bedrockConverse.embed;
assert.ok(upstream);

function written(model: string, more: Partial<EmbedRequest> = {}): { bodies: object[]; losses: string[] } {
  const request: EmbedRequest = { from: 'openai-chat', model, inputs: [{ content: 'a' }, { content: 'b' }], ...more };
  const losses: Loss[] = [];
  const calls = upstream?.writeRequests(request, '', { quirks: {}, lose: (loss) => losses.push(loss) }) ?? [];
  return { bodies: calls.map(({ body }) => body), losses: losses.map(({ what, path }) => `${what} ${path}`) };
}

test('Titan takes one text at a time, and a length where it knows one', () => {
  const dimensions = 256;
  assert.deepEqual(written('amazon.titan-embed-text-v2:0', { dimensions }), {
    bodies: [
      { inputText: 'a', dimensions },
      { inputText: 'b', dimensions },
    ],
    losses: [],
  });
  assert.deepEqual(written('amazon.titan-embed-text-v1', { dimensions }), {
    bodies: [{ inputText: 'a' }, { inputText: 'b' }],
    losses: ['dropped dimensions'],
  });
  const inputs = [{ content: 'a', task: 'search_query', title: 't' }];
  assert.deepEqual(written('amazon.titan-embed-image-v1', { dimensions, inputs, user: 'u', truncate: 'end' }), {
    bodies: [{ inputText: 'a', embeddingConfig: { outputEmbeddingLength: 256 } }],
    losses: ['dropped user', 'dropped title', 'dropped task', 'dropped truncate'],
  });
});

test('Nova takes one text at a time and a purpose', () => {
  const inputs = [{ content: 'a', task: 'search_query' }, { content: 'b' }];
  const { bodies, losses } = written('amazon.nova-2-multimodal-embeddings-v1:0', { dimensions: 384, inputs });
  const params = (embeddingPurpose: string, value: string): object => ({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: { embeddingPurpose, embeddingDimension: 384, text: { truncationMode: 'NONE', value } },
  });
  assert.deepEqual(bodies, [params('TEXT_RETRIEVAL', 'a'), params('GENERIC_INDEX', 'b')]);
  assert.deepEqual(losses, []);
});

test("Cohere's models take many texts for one task", () => {
  const head = { input_type: 'search_document', embedding_types: ['float'] };
  assert.deepEqual(written('us.cohere.embed-v4:0', { dimensions: 256, truncate: 'end' }), {
    bodies: [{ ...head, texts: ['a', 'b'], output_dimension: 256, truncate: 'END' }],
    losses: [],
  });
  assert.deepEqual(written('cohere.embed-english-v3', { dimensions: 256 }), {
    bodies: [{ ...head, texts: ['a', 'b'] }],
    losses: ['dropped dimensions'],
  });
  const inputs = [{ content: 'a', task: 'similarity' }];
  assert.deepEqual(written('cohere.embed-v4:0', { inputs }).losses, ['approximated task']);
});

test('other models are not guessed', () => {
  assert.throws(() => written('meta.llama3'), { kind: 'not_supported', message: /meta\.llama3/ });
});

test('answers of every maker', () => {
  const headers = { 'x-amzn-bedrock-input-token-count': '7' };
  const answers = [
    [{ embedding: [1, 2], inputTextTokenCount: 3, embeddingsByType: { float: [1, 2] } }, 3],
    [{ id: 'x', embeddings: { float: [[1, 2]] }, response_type: 'embeddings_by_type' }, 7],
    [{ id: 'x', embeddings: [[1, 2]], response_type: 'embeddings_floats' }, 7],
    [{ embeddings: [{ embeddingType: 'TEXT', embedding: [1, 2] }] }, 7],
  ] as const;
  for (const [body, tokens] of answers) {
    const answer = upstream.readResponse(body, headers, '');
    assert.deepEqual(answer.vectors, [[1, 2]]);
    assert.equal(answer.usage.input, tokens);
  }
  for (const none of [null, {}, { embeddings: [] }, { embeddings: { int8: [[1]] } }]) {
    assert.throws(() => upstream.readResponse(none, {}, ''), { kind: 'bad_upstream' });
  }
});
