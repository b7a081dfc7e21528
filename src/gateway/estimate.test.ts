import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatRequest } from '../canon/request.ts';
import { Estimator } from './estimate.ts';

const request: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: false,
  system: [],
  turns: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
};
const withImage: ChatRequest = {
  ...request,
  turns: [
    {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'x'.repeat(1_000_000) } }],
    },
  ],
};

test('an estimate starts with a wide bound and learns from real usage', () => {
  const estimator = new Estimator();
  const first = estimator.estimate('m', request, 3600);
  assert.deepEqual(first, { tokens: 1000, error: 0.3, samples: 0 });
  for (let i = 0; i < 50; i++) estimator.learn('m', request, 3000 + i * 10, (3000 + i * 10) / 2);
  const learnt = estimator.estimate('m', request, 2000);
  assert.equal(learnt.samples, 50);
  assert.ok(Math.abs(learnt.tokens - 1000) < 20, String(learnt.tokens));
  assert.ok(learnt.error < 0.1, String(learnt.error));
  assert.equal(estimator.estimate('other', request, 3600).samples, 0);
});

test('the bytes of an image are not counted as text, and teach nothing', () => {
  const estimator = new Estimator();
  assert.ok(estimator.estimate('m', withImage, 1_000_500).tokens < 3000);
  estimator.learn('m', withImage, 1_000_500, 1700);
  assert.equal(estimator.estimate('m', request, 100).samples, 0);
});
