import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../canon/content.ts';
import type { ChatRequest } from '../canon/request.ts';
import { type Asked, Estimator } from './estimate.ts';
import type { TokenCounter } from './token-count.ts';

const empty: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: false,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
};

function requestWith(...content: readonly Block[]): ChatRequest {
  return { ...empty, turns: [{ role: 'user', content }] };
}

function requestOf(characters: number): ChatRequest {
  return requestWith({ type: 'text', text: 'x'.repeat(characters) });
}

function answered(request: ChatRequest): Asked {
  return { request: () => request, outline: () => request };
}

const withImage = requestWith({
  type: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: 'x'.repeat(1_000_000) },
});

/** One token for four characters; remembers what it was asked. */
function counterOfFours(): TokenCounter & { readonly asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    count: (texts) => {
      asked.push(texts);
      return Promise.resolve({ plain: texts.join('').length / 4, other: 0 });
    },
    close: () => Promise.resolve(),
  };
}

test('a guess starts with a wide bound and learns from real usage', () => {
  const estimator = new Estimator();
  const request = requestOf(10);
  assert.deepEqual(estimator.guess('m', request, 3600), { tokens: 1000, error: 0.3, samples: 0 });
  for (let i = 0; i < 50; i++) estimator.learn('m', answered(request), 3000 + i * 10, (3000 + i * 10) / 2);
  const learnt = estimator.guess('m', request, 2000);
  assert.equal(learnt.samples, 50);
  assert.ok(Math.abs(learnt.tokens - 1000) < 20, String(learnt.tokens));
  assert.ok(learnt.error < 0.1, String(learnt.error));
  assert.equal(estimator.guess('other', request, 3600).samples, 0);
});

test('the bytes of an image are not guessed as text, and teach nothing', () => {
  const estimator = new Estimator();
  assert.ok(estimator.guess('m', withImage, 1_000_500).tokens < 3000);
  estimator.learn('m', answered(withImage), 1_000_500, 1700);
  assert.equal(estimator.guess('m', empty, 100).samples, 0);
});

test('a prompt is counted, and multiplied by what its family is known for', async () => {
  const estimator = new Estimator({ counter: counterOfFours() });
  const tokens = async (model: string): Promise<number> =>
    (await estimator.estimate(model, requestOf(40_000), 40_100)).tokens;
  assert.equal(await tokens('azure/gpt-5.4'), 10_004);
  assert.equal(await tokens('anthropic/claude-opus-4-6'), Math.round(10_004 * 1.13));
  assert.equal(await tokens('router/anthropic/claude-opus-5'), Math.round(10_004 * 1.47));
  const { error, samples } = await estimator.estimate('azure/gpt-5.4', requestOf(40_000), 40_100);
  assert.deepEqual({ error, samples }, { error: 0.1, samples: 0 });
});

test('the factor is learnt from answers, whose parts are counted only when somebody asks', async () => {
  const counter = counterOfFours();
  let time = 0;
  const estimator = new Estimator({ counter, now: () => time });
  for (let i = 0; i < 40; i++) {
    const characters = 20_000 + i * 1000;
    estimator.learn('m', answered(requestOf(characters)), characters + 100, Math.round((characters / 4 + 4) * 1.3));
    time += 6000;
    if (i === 20) {
      assert.equal(counter.asked.length, 0);
      await estimator.estimate('m', empty, 10);
      // Two that were put aside, and the question itself.
      assert.equal(counter.asked.length, 3);
      const [put] = counter.asked;
      assert.ok(put !== undefined && put.join('').length <= 16_500 && put.length > 20, 'parts of the request');
    }
  }
  const estimate = await estimator.estimate('m', requestOf(8000), 8100);
  assert.ok(Math.abs(estimate.tokens - 2004 * 1.3) <= 5, String(estimate.tokens));
  assert.equal(estimate.samples, 4);
  assert.ok(estimate.error < 0.15, String(estimate.error));
});

test('how far off it has been is the bound', async () => {
  let time = 0;
  const estimator = new Estimator({ counter: counterOfFours(), now: () => time });
  for (let i = 0; i < 30; i++) {
    time += 20_000;
    const factor = i % 2 === 0 ? 1 : 1.5;
    estimator.learn('m', answered(requestOf(4000)), 4000, Math.round(1004 * factor));
    await estimator.estimate('m', empty, 10);
  }
  const { error, tokens } = await estimator.estimate('m', requestOf(4000), 4000);
  assert.ok(error > 0.25 && error < 0.6, String(error));
  assert.ok(tokens > 1100 && tokens < 1400, String(tokens));
});

test('what cannot be true is not believed, nor is what is too short to tell', async () => {
  let time = 0;
  const estimator = new Estimator({ counter: counterOfFours(), now: () => time });
  for (const tokens of [3, 100, 90_000]) {
    time += 20_000;
    estimator.learn('m', answered(requestOf(4000)), 4000, tokens);
  }
  assert.equal((await estimator.estimate('m', requestOf(4000), 4000)).samples, 0);
});

test('images count by their size, and widen the bound', async () => {
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000300000003000000000000000000', 'hex');
  const image: Block = {
    type: 'image',
    source: { type: 'base64', mediaType: 'image/png', data: head.toString('base64') },
  };
  const estimator = new Estimator({ counter: counterOfFours() });
  const ofImage = await estimator.estimate('claude-opus-4-5', requestWith(image), 1000);
  assert.equal(ofImage.tokens, Math.round(4 * 1.13 + Math.ceil((768 * 768) / 750)));
  assert.ok(ofImage.error > 0.4);
  assert.equal((await estimator.estimate('gpt-5', requestWith(image), 1000)).tokens, 4 + 85 + 4 * 170);
  const inResult = requestWith({ type: 'tool_result', id: 'a', content: [image] });
  assert.ok((await estimator.estimate('gpt-5', inResult, 1000)).tokens > 765);
});

test('everything the model reads is counted', async () => {
  const counter = counterOfFours();
  const estimator = new Estimator({ counter });
  await estimator.estimate(
    'm',
    {
      ...empty,
      system: [{ type: 'text', text: 'SYSTEM' }],
      turns: [
        { role: 'user', name: 'NAME', content: [{ type: 'text', text: 'TEXT' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', text: 'THOUGHT' },
            { type: 'tool_call', id: 'a', name: 'CALL', json: '{"ARGUMENT":1}' },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', id: 'a', content: [{ type: 'text', text: 'RESULT' }] },
            { type: 'document', title: 'TITLE', source: { type: 'text', text: 'DOCUMENT' } },
            { type: 'document', source: { type: 'parts', parts: [{ type: 'text', text: 'PART' }] } },
            { type: 'search_result', source: 'SOURCE', title: 'HIT', content: [{ type: 'text', text: 'FOUND' }] },
            { type: 'native', dialect: 'anthropic', value: { type: 'NATIVE' } },
          ],
        },
      ],
      tools: [
        { type: 'function', name: 'TOOL', description: 'ABOUT', schema: { title: 'SCHEMA' } },
        { type: 'custom', name: 'CUSTOM', format: { definition: 'GRAMMAR' } },
        { type: 'native', dialect: 'anthropic', name: 'n', value: { name: 'SERVER' } },
      ],
      format: { type: 'json_schema', schema: { title: 'FORMAT' } },
    },
    1000,
  );
  const counted = counter.asked[0]?.join(' ') ?? '';
  const expected =
    'SYSTEM NAME TEXT THOUGHT CALL ARGUMENT RESULT TITLE DOCUMENT PART SOURCE HIT FOUND NATIVE TOOL ABOUT SCHEMA CUSTOM GRAMMAR SERVER FORMAT';
  assert.deepEqual(
    expected.split(' ').filter((word) => !counted.includes(word)),
    [],
  );
});

test('when nothing can be counted, the length must do', async () => {
  const counter: TokenCounter = {
    count: () => Promise.reject(new Error('too many prompts are being counted')),
    close: () => Promise.resolve(),
  };
  const estimator = new Estimator({ counter });
  assert.deepEqual(await estimator.estimate('m', requestOf(10), 3600), { tokens: 1000, error: 0.3, samples: 0 });
});
