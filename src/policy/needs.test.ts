import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../canon/content.ts';
import type { ChatRequest } from '../canon/request.ts';
import { type Needs, needsOf, unmet } from './needs.ts';

const bare: ChatRequest = {
  from: 'anthropic',
  model: 'm',
  stream: false,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
};
const source = { type: 'base64', mediaType: 'image/png', data: 'x'.repeat(36_000) } as const;
const image: Block = { type: 'image', source };
const pdf: Block = { type: 'document', source: { ...source, mediaType: 'application/pdf' } };

function needs(more: Partial<ChatRequest>, bytes = 3600): Needs {
  return needsOf({ ...bare, ...more }, bytes);
}

function saying(...content: readonly Block[]): Partial<ChatRequest> {
  return { turns: [{ role: 'user', content }] };
}

test('a call of text needs nothing but room', () => {
  const nothing = { images: false, pdf: false, tools: false, thinking: false, structured: false };
  assert.deepEqual(needs(saying({ type: 'text', text: 'hello' })), { ...nothing, input: 1000 });
  assert.deepEqual(needs({ reasoning: { mode: 'off' } }), { ...nothing, input: 1000 });
  assert.deepEqual(needs({ reasoning: { effort: 'none' } }), { ...nothing, input: 1000 });
});

test('media are found wherever they stand, and count by their number', () => {
  assert.deepEqual([needs(saying(image)).images, needs(saying(image)).pdf], [true, false]);
  assert.equal(needs(saying({ type: 'tool_result', id: '1', content: [image] })).images, true);
  assert.equal(needs(saying({ type: 'document', source: { type: 'parts', parts: [image] } })).images, true);
  assert.equal(needs(saying(pdf)).pdf, true);
  assert.equal(needs(saying({ type: 'document', source: { type: 'text', text: 'plain' } })).pdf, false);
  assert.equal(needs(saying(image, pdf), 72_000 + 3600).input, 1000 + 2 * 1500);
});

test('tools, reasoning and forms of answers are needed where they are asked for', () => {
  const tools = [{ type: 'function', name: 'f', schema: {} }] as const;
  assert.equal(needs({ tools }).tools, true);
  assert.equal(needs({ tools, toolChoice: { type: 'none' } }).tools, false);
  assert.equal(needs({ reasoning: { mode: 'adaptive' } }).thinking, true);
  assert.equal(needs({ reasoning: { effort: 'high' } }).thinking, true);
  assert.equal(needs({ format: { type: 'json' } }).structured, true);
});

test('the first condition that is not fulfilled is named', () => {
  const call = needs(saying(image));
  assert.equal(unmet({}, call), undefined);
  assert.equal(
    unmet({ images: true, tools: false, max_input: 5000, min_input: 1 }, needs(saying(image), 36_000 + 360)),
    undefined,
  );
  assert.equal(unmet({ images: false }, call), 'images: false');
  assert.equal(unmet({ thinking: true }, call), 'thinking: true');
  assert.equal(unmet({ max_input: 999 }, needs({})), 'max_input: 999');
  assert.equal(unmet({ min_input: 1001 }, needs({})), 'min_input: 1001');
});
