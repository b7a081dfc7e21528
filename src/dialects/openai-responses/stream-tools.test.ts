import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { answer, ask, call, eventsIn, rich, write } from './streamed.ts';

describe('the words of the request', () => {
  test('come back in the answer', () => {
    const request = ask({
      instructions: 'Be brief.',
      max_output_tokens: 100,
      temperature: 0.5,
      metadata: { run: '7' },
      reasoning: { effort: 'low', summary: 'detailed' },
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: {}, strict: true } },
      tools: [{ type: 'function', name: 'f', strict: false, parameters: { type: 'object' } }, { type: 'shell' }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      store: false,
      previous_response_id: 'resp_0',
      safety_identifier: 'u',
      service_tier: 'flex',
    });
    const { response } = eventsIn(write(rich, request))[0] ?? {};
    assert.ok(isObject(response));
    const { id: _, created_at: __, ...said } = response;
    assert.deepEqual(said, {
      background: false,
      instructions: 'Be brief.',
      max_output_tokens: 100,
      max_tool_calls: null,
      metadata: { run: '7' },
      parallel_tool_calls: false,
      previous_response_id: 'resp_0',
      prompt_cache_key: null,
      prompt_cache_retention: null,
      reasoning: { effort: 'low', summary: 'detailed' },
      safety_identifier: 'u',
      store: false,
      temperature: 0.5,
      text: { format: { type: 'json_schema', name: 'n', schema: {}, strict: true }, verbosity: 'low' },
      tool_choice: { type: 'function', name: 'f' },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }, { type: 'shell' }],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      user: null,
      service_tier: 'flex',
      object: 'response',
      error: null,
      incomplete_details: null,
      model: 'other-model',
      output: [],
      usage: null,
      status: 'in_progress',
    });
  });
});

describe('tools that are more than functions', () => {
  const request = ask({
    tools: [
      { type: 'shell' },
      { type: 'local_shell' },
      { type: 'apply_patch' },
      { type: 'computer_use_preview', display_width: 1, display_height: 2, environment: 'linux' },
      { type: 'tool_search', execution: 'client', parameters: { type: 'object' } },
      { type: 'namespace', name: 'crm', description: '', tools: [{ type: 'function', name: 'find' }] },
    ],
  });
  const itemOf = (name: string, json: string): JsonObject => {
    const events = eventsIn(write(answer(call(0, name, json)), request));
    const [added, done] = ['added', 'done'].map((when) =>
      events.find(({ type }) => type === `response.output_item.${when}`),
    );
    assert.ok(isObject(added?.item) && isObject(done?.item));
    assert.equal(added.item.status, 'in_progress');
    assert.equal(added.item.type, done.item.type);
    const { id: _, ...item } = done.item;
    return item;
  };
  const base = { status: 'completed', call_id: 'call_0' };

  test('their calls are items of their own', () => {
    assert.deepEqual(itemOf('shell', '{"commands":["ls"],"timeout_ms":5}'), {
      ...base,
      type: 'shell_call',
      action: { commands: ['ls'], max_output_length: null, timeout_ms: 5 },
    });
    assert.deepEqual(itemOf('local_shell', '{"command":["ls"]}'), {
      ...base,
      type: 'local_shell_call',
      action: { type: 'exec', command: ['ls'], env: {} },
    });
    assert.deepEqual(itemOf('apply_patch', '{"type":"delete_file","path":"a"}'), {
      ...base,
      type: 'apply_patch_call',
      operation: { type: 'delete_file', path: 'a' },
    });
    assert.deepEqual(itemOf('tool_search', '{"query":"x"}'), {
      ...base,
      type: 'tool_search_call',
      arguments: { query: 'x' },
      execution: 'client',
    });
    assert.deepEqual(itemOf('computer', '{"actions":[{"type":"wait"}]}'), {
      ...base,
      type: 'computer_call',
      action: { type: 'wait' },
      pending_safety_checks: [],
    });
    assert.deepEqual(itemOf('crm__find', '{}'), {
      ...base,
      type: 'function_call',
      name: 'find',
      namespace: 'crm',
      arguments: '{}',
    });
  });

  test('what no such item can hold stays the call of a function', () => {
    assert.deepEqual(itemOf('shell', '["ls"]'), { ...base, type: 'function_call', name: 'shell', arguments: '["ls"]' });
  });
});
