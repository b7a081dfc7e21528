import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import { call, result, text, wireCall, wireResult, wireText, write, writeTurns } from './written.ts';

describe('the conversation obeys the rules of the service', () => {
  test('results in messages of their own become one turn, right behind the calls', () => {
    const { messages } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'user', content: [result('a')] },
      { role: 'user', content: [result('b')] },
      { role: 'user', content: [text('and?')] },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('go')] },
      { role: 'assistant', content: [wireCall('a'), wireCall('b')] },
      { role: 'user', content: [wireResult('a'), wireResult('b'), wireText('and?')] },
    ]);
  });

  test('a last call that nobody has answered is answered by words', () => {
    const { messages, losses } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a')] },
      { role: 'user', content: [result('a')] },
      { role: 'assistant', content: [call('b')] },
    ]);
    const words = [wireText('(no result)')];
    assert.deepEqual((messages as JsonObject[]).at(-1), {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'b', content: words }],
    });
    assert.deepEqual(losses, ['approximated turns[3]']);
  });

  test('what came between calls and results comes after them', () => {
    const { messages } = writeTurns([
      { role: 'user', content: [text('go')] },
      { role: 'assistant', content: [call('a')] },
      { role: 'system', content: [text('note')] },
      { role: 'user', content: [text('first'), result('a')] },
      { role: 'assistant', content: [text('done')] },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('go')] },
      { role: 'assistant', content: [wireCall('a')] },
      { role: 'user', content: [wireResult('a')] },
      { role: 'system', content: [wireText('note')] },
      { role: 'user', content: [wireText('first')] },
      { role: 'assistant', content: [wireText('done')] },
    ]);
  });

  test('empty texts and turns are left out', () => {
    const { messages, losses } = writeTurns([
      { role: 'user', content: [text(''), text('go')] },
      { role: 'assistant', content: [text('')] },
    ]);
    assert.deepEqual(messages, [{ role: 'user', content: [wireText('go')] }]);
    assert.deepEqual(losses, []);
  });

  test('ids are made legal, alike in calls and results, and stay different', () => {
    const { messages } = writeTurns([
      { role: 'assistant', content: [call('f.x:1'), call('f_x:1')] },
      { role: 'user', content: [result('f.x:1'), result('f_x:1')] },
    ]);
    const [calls, results] = messages as [{ content: JsonObject[] }, { content: JsonObject[] }];
    const ids = calls.content.map(({ id }) => String(id));
    assert.deepEqual(
      results.content.map(({ tool_use_id: id }) => id),
      ids,
    );
    assert.equal(new Set(ids).size, 2);
    for (const id of ids) assert.match(id, /^[a-zA-Z0-9_-]+$/);
  });

  test('arguments become an object', () => {
    const { messages, losses } = writeTurns([
      { role: 'assistant', content: [call('a', ''), call('b', '{"x": 1}'), call('c', '[1]'), call('d', '{"x":')] },
      { role: 'assistant', content: [{ type: 'tool_call', id: 'e', name: 'f', json: 'free', kind: 'custom' }] },
      { role: 'user', content: ['a', 'b', 'c', 'd', 'e'].map(result) },
    ]);
    const inputs = (messages as { role: string; content: JsonObject[] }[]).flatMap(({ role, content }) =>
      role === 'user' ? [] : content.map(({ input }) => input),
    );
    assert.deepEqual(inputs, [{}, { x: 1 }, { _raw: '[1]' }, { _raw: '{"x":' }, { input: 'free' }]);
    assert.deepEqual(losses, ['approximated turns[0].content[2]', 'approximated turns[0].content[3]']);
  });

  test('every call is answered, and a result of no call is told as text, for clients of other languages', () => {
    const turns: Turn[] = [
      { role: 'assistant', content: [call('a'), call('b')] },
      { role: 'user', content: [result('b'), result('x'), text('so?')] },
    ];
    const { messages, losses } = writeTurns(turns);
    const [, answers] = messages as [unknown, { content: JsonObject[] }];
    assert.deepEqual(answers.content, [
      { type: 'tool_result', tool_use_id: 'a', content: [wireText('(no result)')] },
      wireResult('b'),
      wireText('Result of tool call x:'),
      wireText('of x'),
      wireText('so?'),
    ]);
    assert.deepEqual(losses, ['approximated turns[0]', 'approximated turns[1].content[1]']);
    const own = write({ from: 'anthropic', turns }).body.messages as { content: JsonObject[] }[];
    assert.deepEqual(own[1]?.content, [wireResult('b'), wireResult('x'), wireText('so?')]);
  });

  test('what an answer cannot hold follows it, or is named', () => {
    const image: Block = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } };
    const wireImage = { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } };
    const notes: Block = { type: 'document', source: { type: 'text', text: 'One.' }, title: 'Notes' };
    const pdf: Block = { type: 'document', source: { type: 'url', url: 'https://a.example/c.pdf' } };
    const hit: Block = { type: 'search_result', source: 's', title: 't', content: [text('found')] };
    const { messages, losses } = writeTurns([
      { role: 'assistant', content: [text('Here.'), image, notes, pdf, hit, call('a')] },
      { role: 'user', content: [result('a'), text('more')] },
      { role: 'assistant', content: [image] },
    ]);
    assert.deepEqual(messages, [
      {
        role: 'assistant',
        content: [
          wireText('Here.'),
          wireText('[image: it follows]'),
          wireText('Document: Notes\n\nOne.'),
          wireText('[document: it follows]'),
          wireText('t\ns\n\nfound'),
          wireCall('a'),
        ],
      },
      {
        role: 'user',
        content: [
          wireResult('a'),
          wireText('The image of the answer above:'),
          wireImage,
          wireText('The document of the answer above:'),
          { type: 'document', source: { type: 'url', url: 'https://a.example/c.pdf' } },
          wireText('more'),
        ],
      },
      { role: 'assistant', content: [wireText('[image: it follows]')] },
    ]);
    assert.deepEqual(losses, [
      'moved turns[0].content[1]',
      'mapped turns[0].content[2]',
      'moved turns[0].content[3]',
      'approximated turns[0].content[4]',
      'moved turns[2].content[0]',
      'dropped turns[2].content[0]',
    ]);
    const own = write({ from: 'anthropic', turns: [{ role: 'assistant', content: [image] }] }).body.messages;
    assert.deepEqual(own, [{ role: 'assistant', content: [wireImage] }]);
  });

  test('a model that goes on with an answer without thinking is not asked to think by a budget', () => {
    const reasoning = { mode: 'budget', budget: 2000 } as const;
    const hi: Turn = { role: 'user', content: [text('hi')] };
    const calls = (...before: Block[]): Turn[] => [
      hi,
      { role: 'assistant', content: [...before, call('a')] },
      { role: 'user', content: [result('a')] },
    ];
    const thinks = (turns: readonly Turn[], more: Partial<ChatRequest> = {}): unknown[] => {
      const { body, losses } = write({ turns, reasoning, maxTokens: 4000, ...more });
      return [body.thinking === undefined ? 'no' : (body.thinking as JsonObject).type, ...losses];
    };
    assert.deepEqual(thinks([hi]), ['enabled']);
    assert.deepEqual(thinks(calls()), ['no', 'approximated reasoning']);
    assert.deepEqual(thinks(calls({ type: 'thinking', text: 'Hm.', signature: 's' })), ['enabled']);
    assert.deepEqual(thinks(calls({ type: 'thinking', text: '', redacted: 'r' })), ['enabled']);
    const unproven = thinks(calls({ type: 'thinking', text: 'Hm.' }));
    assert.deepEqual(unproven, ['no', 'dropped turns[1].content[0]', 'approximated reasoning']);
    assert.deepEqual(thinks([...calls(), { role: 'assistant', content: [text('Done.')] }, hi]), ['enabled']);
    assert.deepEqual(thinks([hi, { role: 'assistant', content: [text('So')] }]), ['no', 'approximated reasoning']);
    assert.deepEqual(thinks(calls(), { reasoning: { mode: 'adaptive' } }), ['adaptive']);
    assert.deepEqual(thinks(calls(), { from: 'anthropic' }), ['enabled']);
  });

  test('reasoning goes back with its proof only', () => {
    const content: Block[] = [
      { type: 'thinking', text: 'a', signature: 's' },
      { type: 'thinking', text: 'b' },
      { type: 'thinking', text: '', redacted: 'r' },
      text('done'),
    ];
    const { messages, losses } = writeTurns([{ role: 'assistant', content }]);
    assert.deepEqual(messages, [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'a', signature: 's' },
          { type: 'redacted_thinking', data: 'r' },
          wireText('done'),
        ],
      },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]']);
  });

  test('what cannot be said leaves a note, and a loss where the language is not to blame', () => {
    const { messages, losses } = writeTurns([
      {
        role: 'user',
        content: [
          { type: 'audio', source: { type: 'url', url: 'https://x/y.wav' } },
          { type: 'image', source: { type: 'file', id: 'f', owner: 'openai-chat' } },
          { type: 'refusal', text: 'no' },
          { type: 'native', dialect: 'gemini', value: { type: 'x' } },
        ],
      },
    ]);
    assert.deepEqual(messages, [
      { role: 'user', content: [wireText('[audio left out]'), wireText('[image left out]'), wireText('no')] },
    ]);
    assert.deepEqual(losses, ['dropped turns[0].content[1]', 'mapped turns[0].content[2]']);
  });

  test('documents: bytes of text go as text', () => {
    const data = Buffer.from('grün').toString('base64');
    const { messages } = writeTurns([
      {
        role: 'user',
        content: [{ type: 'document', source: { type: 'base64', mediaType: 'text/markdown', data }, title: 'T' }],
      },
    ]);
    assert.deepEqual(messages, [
      {
        role: 'user',
        content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grün' }, title: 'T' }],
      },
    ]);
  });
});

describe('system messages', () => {
  const turns: Turn[] = [
    { role: 'user', content: [text('hi')] },
    { role: 'system', content: [text('be brief')] },
  ];
  test('stay where they are', () => {
    assert.deepEqual(writeTurns(turns), {
      messages: [
        { role: 'user', content: [wireText('hi')] },
        { role: 'system', content: [wireText('be brief')] },
      ],
      losses: [],
    });
  });
  test('become user messages where a provider has none', () => {
    assert.deepEqual(writeTurns(turns, { mid_system: false }), {
      messages: [
        { role: 'user', content: [wireText('hi')] },
        { role: 'user', content: [wireText('be brief')] },
      ],
      losses: ['moved turns[1]'],
    });
  });
  test('join the instructions when nothing was said before', () => {
    const { body, losses } = write({
      system: [{ type: 'text', text: 'one' }],
      turns: [turns[1] as Turn, turns[0] as Turn],
    });
    assert.deepEqual(losses, ['moved turns[0]']);
    assert.deepEqual(body.system, [wireText('one'), wireText('be brief')]);
    assert.deepEqual(body.messages, [{ role: 'user', content: [wireText('hi')] }]);
  });
});
