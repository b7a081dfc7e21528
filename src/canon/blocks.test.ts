import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBlock, plainTextOf, withBlocks } from './blocks.ts';
import type { Block } from './content.ts';
import type { ChatRequest } from './request.ts';

const text = (words: string): Block => ({ type: 'text', text: words });
const request: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: false,
  system: [],
  turns: [
    { role: 'user', content: [text('one')] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', id: 'a', content: [text('two'), text('one')] },
        { type: 'document', source: { type: 'parts', parts: [text('two')] } },
        { type: 'search_result', source: 's', title: 't', content: [text('two')] },
      ],
    },
  ],
  tools: [],
  sampling: {},
};

test('blocks are changed wherever they stand, and nothing else is made anew', () => {
  const paths: string[] = [];
  const next = withBlocks(request, (block, path) => {
    if (block.type !== 'text' || block.text !== 'two') return block;
    paths.push(path());
    return text('three');
  });
  assert.deepEqual(paths, [
    'turns[1].content[0].content[0]',
    'turns[1].content[1].parts[0]',
    'turns[1].content[2].content[0]',
  ]);
  assert.equal(next.turns[0], request.turns[0]);
  assert.equal(JSON.stringify(next), JSON.stringify(request).replaceAll('two', 'three'));
});

test('a container is seen after what is in it', () => {
  const seen: string[] = [];
  withBlocks(request, (block) => {
    seen.push(block.type);
    return block;
  });
  assert.deepEqual(seen.slice(0, 4), ['text', 'text', 'text', 'tool_result']);
});

test('a request in which nothing changes is the same object', () => {
  assert.equal(
    withBlocks(request, (block) => block),
    request,
  );
});

test('a block is found wherever it stands', () => {
  for (const place of [0, 1, 2]) {
    const [first, second] = request.turns;
    const container = second?.content[place];
    const turns = container === undefined ? [] : [{ role: 'user' as const, content: [container] }];
    const isTwo = (block: Block): boolean => block.type === 'text' && block.text === 'two';
    assert.equal(hasBlock({ ...request, turns }, isTwo), true);
    assert.equal(hasBlock({ ...request, turns: first === undefined ? [] : [first] }, isTwo), false);
  }
});

test('a plain text has nothing beside it', () => {
  assert.equal(plainTextOf(text('said')), 'said');
  assert.equal(plainTextOf({ type: 'text', text: 'said', cache: {} }), undefined);
  assert.equal(plainTextOf({ type: 'text', text: 'said', ext: { gemini: {} } }), undefined);
  assert.equal(plainTextOf({ type: 'text', text: 'said', citations: [] }), undefined);
  assert.equal(plainTextOf({ type: 'refusal', text: 'said' }), undefined);
});
