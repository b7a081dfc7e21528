import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatRequest, Turn } from '../canon/request.ts';
import { withCacheHints } from './cache-marks.ts';

const said = (role: Turn['role'], ...texts: string[]): Turn => ({
  role,
  content: texts.map((text) => ({ type: 'text', text })),
});
const request: ChatRequest = {
  from: 'openai-chat',
  model: 'm',
  stream: false,
  system: [{ type: 'text', text: 'S' }],
  turns: [said('user', 'a'), said('assistant', 'b'), said('user', 'c'), said('assistant', 'd'), said('user', 'e', 'f')],
  tools: [{ type: 'function', name: 't', schema: {} }],
  sampling: {},
};
const able = { cannotSay: [] };

/** The texts that are marked. */
function marked({ system, turns, tools }: ChatRequest): string[] {
  const blocks = [...system, ...turns.flatMap(({ content }) => content)];
  return [
    ...tools.flatMap((tool) => (tool.cache === undefined ? [] : [tool.name])),
    ...blocks.flatMap((block) => (block.cache !== undefined && block.type === 'text' ? [block.text] : [])),
  ];
}

describe('marks for the cache', () => {
  test('stand at the ends of tools, instructions and the last two turns of the user', () => {
    assert.deepEqual(marked(withCacheHints(request, able, { inject_cache: '5m' }, undefined)), ['t', 'S', 'c', 'f']);
  });

  test('carry their time', () => {
    const { system } = withCacheHints(request, able, { inject_cache: '1h' }, undefined);
    assert.deepEqual(system[0]?.cache, { ttl: '1h' });
  });

  test('are left to a client that marks, and to providers that take none', () => {
    const own: ChatRequest = { ...request, system: [{ type: 'text', text: 'S', cache: {} }] };
    assert.equal(withCacheHints(own, able, { inject_cache: '5m' }, undefined), own);
    assert.equal(withCacheHints(request, { cannotSay: ['cache'] }, { inject_cache: '5m' }, undefined), request);
    assert.equal(withCacheHints(request, able, { inject_cache: '5m', cache_control: false }, undefined), request);
    assert.equal(withCacheHints(request, able, {}, 'session'), request);
  });
});

describe('the key of a session', () => {
  test('is the same for all its calls, and not its name', () => {
    const key = withCacheHints(request, able, { cache_key: true }, 'b1946ac9').cacheKey;
    assert.equal(withCacheHints({ ...request, turns: [] }, able, { cache_key: true }, 'b1946ac9').cacheKey, key);
    assert.notEqual(withCacheHints(request, able, { cache_key: true }, 'other').cacheKey, key);
    assert.ok(key !== undefined && !key.includes('b1946ac9'));
  });

  test('is the client’s where it has one', () => {
    const own = { ...request, cacheKey: 'mine' };
    assert.equal(withCacheHints(own, able, { cache_key: true }, 'b1946ac9').cacheKey, 'mine');
  });
});
