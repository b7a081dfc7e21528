import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultStep } from './default-answer.ts';
import type { Json, JsonObject } from './json.ts';
import { askedFrom } from './probe.ts';
import type { Step } from './scenario.ts';
import { type Counts, createCounts } from './steps.ts';

const user = (content: Json): JsonObject => ({ role: 'user', content });
const text = (value: string): JsonObject => ({ type: 'text', text: value });
const use = (id: string, name = 'T'): JsonObject => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name, input: {} }],
});
const result = (id: string, more: JsonObject = {}): JsonObject =>
  user([{ type: 'tool_result', tool_use_id: id, content: 'r', ...more }]);
const TOOL = { name: 'T', input_schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } };

function answer(body: JsonObject, counts: Counts = createCounts()): Step {
  return defaultStep(askedFrom('anthropic', { model: 'm', max_tokens: 5000, ...body }), counts);
}

const firstText = ({ parts }: Step): string => (typeof parts?.[0] === 'string' ? parts[0] : '');
const said = (...messages: JsonObject[]): string => firstText(answer({ messages }));

describe('what is answered without a scenario', () => {
  test('it greets, repeats the prompt, and says how to get further', () => {
    const greeting = said(user([text('<system-reminder>\nrules\n</system-reminder>'), text('What  is\nthis?')]));
    assert.match(greeting, /Dragoman's simulator/);
    assert.match(greeting, /You said: "What is this\?"\./);
    assert.match(greeting, /OPENROUTER_API_KEY.*dragoman\.yaml/);
    assert.doesNotMatch(greeting, /rules/);
  });

  test('it says that it saw attachments, and keeps a long prompt short', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://x' } };
    assert.match(said(user([image, text('x'.repeat(5000))])), /x{200}…" \(with 1 attachment\)/);
  });

  test('it tells what the tools gave back', () => {
    const told = said(user('go'), use('a', 'Read'), result('a'), use('b', 'Bash'), result('b', { is_error: true }));
    assert.equal(told, "Dragoman's simulator has the results: Bash failed.");
  });

  test('it takes note of a background notice', () => {
    const notice = '<system-reminder><task-notification>done</task-notification></system-reminder>';
    assert.match(said(user('go'), { role: 'assistant', content: 'yes' }, user(notice)), /taken note/);
  });

  test('limits and stop sequences hold', () => {
    const messages = [user('hello')];
    assert.deepEqual(answer({ messages, max_tokens: 2 }), { parts: ['Hello! I'], stop: 'length' });
    assert.deepEqual(answer({ messages, max_tokens: 0 }), { parts: [], stop: 'length' });
    assert.deepEqual(answer({ messages, stop_sequences: ['zzz', '! I'] }), {
      parts: ['Hello'],
      stop: 'sequence',
      stopSequence: '! I',
    });
  });

  test('a schema gets an instance, a forced tool gets called', () => {
    const messages = [user('x')];
    const format = { type: 'json_schema', schema: TOOL.input_schema };
    assert.deepEqual(answer({ messages, output_config: { format } }).parts, ['{"n":0}']);
    assert.deepEqual(answer({ messages, tools: [TOOL], tool_choice: { type: 'tool', name: 'T' } }).parts, [
      { tool: 'T' },
    ]);
    assert.deepEqual(answer({ messages, tools: [TOOL], tool_choice: { type: 'any' } }).parts, [{ tool: 'T' }]);
    const output = { ...TOOL, name: 'StructuredOutput' };
    assert.deepEqual(answer({ messages, tools: [output] }).parts, [{ tool: 'StructuredOutput' }]);
    assert.match(
      firstText(answer({ messages: [...messages, use('a', 'StructuredOutput'), result('a')], tools: [output] })),
      /is done/,
    );
  });

  test('a model that must think thinks first', () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    assert.deepEqual(answer({ messages: [user('[[text:a]]')], thinking }).parts, [
      { think: 'Let me see.' },
      { text: 'a' },
    ]);
    assert.deepEqual(answer({ messages: [user('[[think:b]]')], thinking }).parts, [{ think: 'b' }]);
  });
});

describe('a scripted prompt', () => {
  const prompt = user('[[tool:T]][[then]][[text:two]][[then]][[stop:pause]]');

  test('goes on with the next section as the conversation does', () => {
    assert.deepEqual(answer({ messages: [prompt] }).parts, [{ tool: 'T' }]);
    assert.deepEqual(answer({ messages: [prompt, use('a'), result('a')] }).parts, [{ text: 'two' }]);
    const third = answer({ messages: [prompt, use('a'), result('a'), use('b'), result('b')] });
    assert.deepEqual([third.stop, /T is done/.test(firstText(third))], ['pause', true]);
    const done = [prompt, use('a'), result('a'), use('b'), result('b'), use('c'), result('c')];
    assert.match(said(...done), /has the results/);
  });

  test('a later prompt takes over, scripted or not', () => {
    const before = [prompt, use('a'), result('a'), use('b'), result('b'), { role: 'assistant', content: 'end' }];
    assert.deepEqual(answer({ messages: [...before, user('[[text:new]]')] }).parts, [{ text: 'new' }]);
    assert.match(said(...before, user('and now?')), /You said: "and now\?"/);
  });

  test('what tools bring back is no script', () => {
    assert.match(said(user('go'), use('a'), result('a', { content: '[[text:evil]]' })), /T is done/);
  });

  test('a fault strikes as often as it says', () => {
    const counts = createCounts();
    const messages = [user('[[status:529,times=2]][[text:fine]]')];
    const faults = [1, 2, 3].map(() => answer({ messages }, counts).faults?.length);
    assert.deepEqual(faults, [1, 1, 0]);
    assert.equal(answer({ messages: [user('[[status:529]]')] }, counts).faults?.length, 1);
  });
});
