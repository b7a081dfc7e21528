import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../canon/content.ts';
import { promptContent } from './prompt-content.ts';
import { tokenFamilyOf } from './token-family.ts';

/** Tokens of an attachment of so many bytes. */
function mediaTokens(type: 'image' | 'document' | 'audio' | 'video', bytes: number): number {
  const data = Buffer.alloc(bytes).toString('base64');
  const block: Block = { type, source: { type: 'base64', mediaType: 'a/b', data } };
  return contentOf(block).media;
}

function contentOf(...content: readonly Block[]): ReturnType<typeof promptContent> {
  const request = {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [{ role: 'user', content }],
    tools: [],
    sampling: {},
  } as const;
  return promptContent(request, tokenFamilyOf('gpt-5'));
}

test('attachments count by their length where nothing better is known', () => {
  assert.equal(mediaTokens('image', 5_000_000), 1500);
  assert.deepEqual(
    [100, 500_000, 50_000_000].map((bytes) => mediaTokens('document', bytes)),
    [1500, 15_000, 150_000],
  );
  // Ten minutes of sound, one of film.
  assert.deepEqual(
    [10, 9_600_000].map((bytes) => mediaTokens('audio', bytes)),
    [100, 19_200],
  );
  assert.deepEqual(
    [10, 6_000_000].map((bytes) => mediaTokens('video', bytes)),
    [1000, 18_182],
  );
  const byUrl: Block = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } };
  assert.equal(contentOf(byUrl, { type: 'tool_result', id: 'a', content: [byUrl] }).media, 3000);
});

test('text is given as it is, not copied', () => {
  const text = 'word '.repeat(1000);
  const { texts, media } = contentOf({ type: 'text', text }, { type: 'refusal', text: 'no' });
  assert.deepEqual(texts, [text, 'no']);
  assert.equal(media, 0);
});

test('turns, calls, results and tools cost a few tokens besides', () => {
  const call: Block = { type: 'tool_call', id: 'a', name: 'f', json: '{}' };
  assert.equal(contentOf().frame, 4);
  assert.equal(contentOf(call, { type: 'tool_result', id: 'a', content: [] }).frame, 20);
  const request = {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [],
    tools: [{ type: 'function', name: 'f', schema: {} }],
    sampling: {},
  } as const;
  assert.equal(promptContent(request, tokenFamilyOf('gpt-5')).frame, 8);
  assert.equal(promptContent(request, tokenFamilyOf('claude-opus-5')).frame, 308);
});
