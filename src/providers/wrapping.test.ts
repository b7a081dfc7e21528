import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bedrockWrapping, vertexWrapping } from './wrapping.ts';

const body = { model: 'claude-x', stream: true, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] };

test('Google has the model in the path and the version in the body', () => {
  assert.deepEqual(vertexWrapping.wrapBody(body, ['beta-1']), {
    anthropic_version: 'vertex-2023-10-16',
    stream: true,
    max_tokens: 5,
    messages: body.messages,
  });
  assert.deepEqual(
    [vertexWrapping.betasInBody, vertexWrapping.unwrap, vertexWrapping.streamType],
    [false, undefined, undefined],
  );
  assert.equal(body.model, 'claude-x', 'what is wrapped is not changed');
});

test('Google counts for a model in the body', () => {
  const { model: _, ...rest } = body;
  const counted = vertexWrapping.countBody?.({ messages: rest.messages }, [], 'claude-y@1');
  assert.deepEqual(counted, { anthropic_version: 'vertex-2023-10-16', messages: rest.messages, model: 'claude-y@1' });
  assert.equal(vertexWrapping.readCount, undefined);
});

test('Amazon has the manner in the path, too, and betas in the body', () => {
  assert.deepEqual(bedrockWrapping.wrapBody(body, ['beta-1', 'beta-2']), {
    anthropic_version: 'bedrock-2023-05-31',
    anthropic_beta: ['beta-1', 'beta-2'],
    max_tokens: 5,
    messages: body.messages,
  });
  assert.equal('anthropic_beta' in bedrockWrapping.wrapBody(body, []), false);
  assert.deepEqual(
    [bedrockWrapping.betasInBody, bedrockWrapping.streamType],
    [true, 'application/vnd.amazon.eventstream'],
  );
});

test('Amazon counts a whole request within another one', () => {
  const counted = bedrockWrapping.countBody?.({ model: 'm', messages: body.messages }, ['beta-1'], 'm') as {
    input: { invokeModel: { body: string } };
  };
  assert.deepEqual(JSON.parse(Buffer.from(counted.input.invokeModel.body, 'base64').toString()), {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1,
    messages: body.messages,
    anthropic_beta: ['beta-1'],
  });
  assert.equal(bedrockWrapping.readCount?.({ inputTokens: 12 }), 12);
  assert.equal(bedrockWrapping.readCount?.({ message: 'no' }), undefined);
});

test("Amazon's frames give Anthropic's own stream", () => {
  const unwrapper = bedrockWrapping.unwrap?.();
  assert.equal(unwrapper?.feed(Buffer.alloc(0)).length, 0);
  assert.notEqual(bedrockWrapping.unwrap?.(), unwrapper, 'each stream has its own');
});
