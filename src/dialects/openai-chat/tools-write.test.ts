import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, Tool } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { assistant, call, result, tool, user, write } from './written.ts';

describe('a search of the web', () => {
  const search: Tool = {
    type: 'native',
    dialect: 'anthropic',
    name: 'web_search',
    value: { type: 'web_search_20250305', name: 'web_search' },
    means: { type: 'web_search', location: { city: 'Oslo' } },
  };

  test('of another language is asked for as the server wants, where it is known to search', () => {
    const none = write({ tools: [search] });
    assert.deepEqual(Object.keys(none.body), ['model', 'messages']);
    assert.deepEqual(none.losses, ['dropped tools[0]']);
    const field = write({ tools: [search, tool('f')] }, { web_search: 'web_search_options' });
    assert.deepEqual(field.body.web_search_options, {
      user_location: { type: 'approximate', approximate: { city: 'Oslo' } },
    });
    assert.equal((field.body.tools as unknown[]).length, 1);
    assert.deepEqual(field.losses, ['approximated tools[0]']);
    assert.deepEqual(write({ tools: [search] }, { web_search: 'plugins' }).body.plugins, [{ id: 'web' }]);
    assert.deepEqual(write({ tools: [search] }, { web_search: 'tool' }).body.tools, [{ type: 'web_search' }]);
  });

  test('of our own goes where it came from, beside plugins of other kinds', () => {
    const own = (value: JsonObject): Tool => ({ type: 'native', dialect: 'openai-chat', name: 'web_search', value });
    const { body } = write({
      from: 'openai-chat',
      tools: [
        own({ web_search_options: { search_context_size: 'low' } }),
        own({ plugins: [{ id: 'web', engine: 'exa' }] }),
      ],
      ext: { 'openai-chat': { plugins: [{ id: 'file-parser' }] } },
    });
    assert.deepEqual(body.web_search_options, { search_context_size: 'low' });
    assert.deepEqual(body.plugins, [{ id: 'web', engine: 'exa' }, { id: 'file-parser' }]);
    assert.equal(body.tools, undefined);
  });
});

describe('tools', () => {
  const named = (more: Partial<ChatRequest>): string[] =>
    ((write(more).body.tools ?? []) as { function: { name: string } }[]).map((one) => one.function.name);

  test('deferred ones are hidden until they are named, called or chosen, and keep their places', () => {
    const tools = [tool('a'), tool('b', { deferred: true }), tool('c', { deferred: true }), tool('d')];
    assert.deepEqual(named({ tools }), ['a', 'd']);
    const reference = user(result('x', { type: 'tool_reference', name: 'c' }));
    assert.deepEqual(named({ tools, turns: [assistant(call('x', 'a')), reference] }), ['a', 'c', 'd']);
    assert.deepEqual(named({ tools, turns: [assistant(call('x', 'b')), user(result('x'))] }), ['a', 'b', 'd']);
    assert.deepEqual(named({ tools, toolChoice: { type: 'tool', name: 'b' } }), ['a', 'b', 'd']);
    assert.deepEqual(write({ tools }).losses, ['dropped tools']);
  });

  test('choices', () => {
    const tools = [tool('a'), tool('b')];
    const choice = (toolChoice: ChatRequest['toolChoice'], quirks: Quirks = {}): unknown =>
      write({ tools, ...(toolChoice && { toolChoice }) }, quirks).body.tool_choice;
    assert.equal(choice({ type: 'auto' }), 'auto');
    assert.equal(choice({ type: 'none' }), 'none');
    assert.equal(choice({ type: 'required' }), 'required');
    assert.equal(choice({ type: 'required' }, { tool_choice_required: 'any' }), 'any');
    assert.deepEqual(choice({ type: 'tool', name: 'a' }), { type: 'function', function: { name: 'a' } });
    assert.deepEqual(choice({ type: 'required', allowed: ['b'] }), { type: 'function', function: { name: 'b' } });
    const own = write({ from: 'openai-chat', tools, toolChoice: { type: 'required', allowed: ['a', 'b'] } });
    const allowed = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }));
    assert.deepEqual(own.body.tool_choice, {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: allowed },
    });
    assert.deepEqual(own.losses, []);
  });

  test('without tools there is nothing to choose', () => {
    const { body, losses } = write({ toolChoice: { type: 'required' }, parallelTools: false });
    assert.deepEqual(Object.keys(body), ['model', 'messages']);
    assert.deepEqual(losses, ['dropped tool_choice', 'dropped parallel_tools']);
  });

  test('free text is a function for servers whose client speaks another language', () => {
    const tools: Tool[] = [{ type: 'custom', name: 'patch', description: 'Applies.' }];
    const { body, losses } = write({ from: 'openai-responses', tools });
    assert.deepEqual(body.tools, [
      {
        type: 'function',
        function: {
          name: 'patch',
          description: 'Applies.',
          parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
        },
      },
    ]);
    assert.deepEqual(losses, ['approximated tools[0]']);
  });
});
