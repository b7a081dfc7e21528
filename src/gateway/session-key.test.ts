import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallRecord } from '../observe/call.ts';
import { Pieces } from '../wire/pieces.ts';
import { keyOfBody, sessionKey } from './session-key.ts';

const of = (body: unknown): string | undefined => keyOfBody(Pieces.ofText(JSON.stringify(body)));

const system = { role: 'system', content: 'You are "brief" \\' };
const user = { role: 'user', content: 'Hello' };
const later = [
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'And now?' },
];

describe('the key of a body', () => {
  const languages: { readonly [name: string]: (more: readonly unknown[], first?: string) => object } = {
    'openai-chat': (more, first = 'Hello') => ({
      model: 'm',
      temperature: more.length,
      messages: [system, { role: 'user', content: first }, ...more],
      tools: [{ type: 'function' }],
    }),
    anthropic: (more, first = 'Hello') => ({
      max_tokens: 9 + more.length,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: first,
              ...(more.length === 0 && { cache_control: { type: 'ephemeral', ttl: '1h' } }),
            },
          ],
        },
        ...more,
      ],
      stream: true,
    }),
    'openai-responses': (more, first = 'Hello') => ({
      instructions: 'Be brief.',
      input: [{ role: 'user', content: first }, ...more],
    }),
    gemini: (more, first = 'Hello') => ({ contents: [{ parts: [{ text: first }] }, ...more], systemInstruction: {} }),
    'bedrock-converse': (more, first = 'Hello') => ({
      messages: [
        {
          role: 'user',
          content: [{ text: first }, ...(more.length === 0 ? [{ cachePoint: { type: 'default' } }] : [])],
        },
        ...more,
      ],
    }),
  };
  for (const [name, body] of Object.entries(languages)) {
    test(`stays while a conversation goes on, and differs from that of another: ${name}`, () => {
      const key = of(body([]));
      assert.match(key ?? '', /^\w{10}$/);
      assert.equal(of(body(later)), key);
      assert.notEqual(of(body([], 'Good morning')), key);
      assert.notEqual(of(body([], 'Hello!')), key);
    });
  }

  test('is of a single text, too', () => {
    assert.notEqual(of({ input: 'a' }), of({ input: 'b' }));
    assert.equal(of({ input: 'a', stream: true }), of({ input: 'a' }));
  });

  test('tells instructions and tools apart that come first', () => {
    const with_ = (tools: string): string | undefined => of({ tools: [{ name: tools }], messages: [user] });
    assert.notEqual(with_('one'), with_('two'));
    assert.notEqual(of({ system: 'x', messages: [user] }), of({ system: 'y', messages: [user] }));
    assert.equal(of({ metadata: { a: [1, '}'] }, messages: [user] }), of({ messages: [user] }));
  });

  test('is not deceived by brackets and quotes in a text', () => {
    const saying = (content: string): string | undefined => of({ messages: [{ role: 'user', content }] });
    assert.notEqual(saying('"]}" one'), saying('"]}" two'));
    assert.notEqual(saying('\\"]}" one'), saying('\\"]}" two'));
    assert.equal(of({ messages: [{ role: 'user', content: 'ends in \\' }, ...later] }), saying('ends in \\'));
  });

  test('is the same however the bytes come', () => {
    const bytes = Buffer.from(JSON.stringify({ messages: [system, user, ...later] }));
    const key = keyOfBody(new Pieces([bytes]));
    for (const size of [1, 7, 30]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      assert.equal(keyOfBody(new Pieces(pieces)), key);
    }
  });

  test('is of the beginning of what is long', () => {
    const long = 'x'.repeat(200_000);
    const key = of({ messages: [{ role: 'user', content: long }] });
    assert.equal(of({ messages: [{ role: 'user', content: long }, ...later] }), key);
    assert.notEqual(of({ messages: [{ role: 'user', content: `y${long}` }] }), key);
  });

  test('is found behind long instructions', () => {
    const tools = [{ name: 'x'.repeat(300_000) }];
    assert.notEqual(of({ tools, messages: [user] }), of({ tools, messages: [{ role: 'user', content: 'Bye' }] }));
  });

  test('is nothing where no conversation is', () => {
    for (const body of ['{}', '', '[1]', '{"a":', '{"model":"m"}', '{"model', 'null'])
      assert.equal(keyOfBody(Pieces.ofText(body)), undefined, body);
  });

  test('comes of what is no JSON, too, and without delay', () => {
    for (const body of [
      '{"messages":[}',
      '{"messages":[{"role":"assistant"',
      '{"messages":[{]]]]',
      '{"messages":["\\\\\\"',
    ])
      keyOfBody(Pieces.ofText(body));
  });
});

test("the client's own name of its session goes before everything", () => {
  const body = Pieces.ofText('{"messages":["x"]}');
  const record = (session?: string): CallRecord => ({ ...(session !== undefined && { session }) }) as CallRecord;
  assert.equal(sessionKey({ record: record('mine'), body }), 'mine');
  assert.equal(sessionKey({ record: record(), body }), keyOfBody(body));
});
