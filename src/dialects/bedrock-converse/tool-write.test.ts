import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import type { ChatRequest, FunctionTool } from '../../canon/request.ts';
import type { Quirks } from '../dialect.ts';
import { call, look, nova, replied, result, said, write } from './written.ts';

describe('tools', () => {
  test('calls in the history bring their tools along', () => {
    const written = write({ turns: [said('Go.'), replied(call), said(result)] });
    assert.deepEqual(written.body.toolConfig, {
      tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }],
    });
  });

  test('choices', () => {
    const choose = (more: Partial<ChatRequest>, quirks: Quirks = {}): unknown[] => {
      const { body, losses } = write({ tools: [look, { ...look, name: 'hear' }], ...more }, quirks);
      const config = body.toolConfig as JsonObject | undefined;
      return [config?.toolChoice, (body.additionalModelRequestFields as JsonObject | undefined)?.tool_choice, losses];
    };
    assert.deepEqual(choose({ toolChoice: { type: 'auto' } }), [undefined, undefined, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'required' } }), [{ any: {} }, undefined, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'tool', name: 'look' } }), [
      { tool: { name: 'look' } },
      undefined,
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false }), [
      undefined,
      { type: 'auto', disable_parallel_tool_use: true },
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false, toolChoice: { type: 'required' } }), [
      undefined,
      { type: 'any', disable_parallel_tool_use: true },
      [],
    ]);
    assert.deepEqual(choose({ parallelTools: false, model: nova }), [undefined, undefined, ['dropped parallel_tools']]);
    assert.deepEqual(choose({ toolChoice: { type: 'none' } }), [undefined, { type: 'none' }, []]);
    assert.deepEqual(choose({ toolChoice: { type: 'required', allowed: ['hear'] } }), [
      { tool: { name: 'hear' } },
      undefined,
      ['mapped tool_choice'],
    ]);
    assert.deepEqual(choose({ toolChoice: { type: 'required' } }, { forced_tools: false }), [
      undefined,
      undefined,
      ['approximated tool_choice'],
    ]);
  });

  test('none of them may be called, for models that have no word for it', () => {
    const none = { model: nova, tools: [look], toolChoice: { type: 'none' } } as const;
    const fresh = write(none);
    assert.equal(fresh.body.toolConfig, undefined);
    assert.deepEqual(fresh.losses, ['approximated tool_choice', 'dropped tools']);
    const late = write({ ...none, turns: [said('Go.'), replied(call), said(result)] });
    assert.deepEqual(late.body.system, [{ text: 'Do not call any tool in your next answer.' }]);
    assert.notEqual(late.body.toolConfig, undefined);
    assert.deepEqual(late.losses, ['approximated tool_choice']);
  });

  test('only the allowed ones are offered', () => {
    const names = ['a', 'b', 'c'];
    const tools = names.map((name): FunctionTool => ({ ...look, name }));
    const written = write({ tools, toolChoice: { type: 'required', allowed: ['a', 'c'] } });
    const config = written.body.toolConfig as { tools: { toolSpec: { name: string } }[]; toolChoice: unknown };
    assert.deepEqual(
      config.tools.map(({ toolSpec }) => toolSpec.name),
      ['a', 'c'],
    );
    assert.deepEqual(config.toolChoice, { any: {} });
    assert.deepEqual(written.losses, ['approximated tool_choice', 'dropped tools[1]']);
  });

  test('tools of other providers, and of free text', () => {
    const search = {
      type: 'native',
      dialect: 'anthropic',
      name: 'web_search',
      value: { type: 'web_search_20250305' },
      means: { type: 'web_search' },
    } as const;
    const patch = { type: 'custom', name: 'patch', format: { type: 'text' } } as const;
    const forNova = write({ model: nova, tools: [search, patch] });
    const schema = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
    assert.deepEqual((forNova.body.toolConfig as JsonObject).tools, [
      { systemTool: { name: 'nova_grounding' } },
      { toolSpec: { name: 'patch', inputSchema: { json: schema } } },
    ]);
    assert.deepEqual(forNova.losses, ['mapped tools[0]', 'approximated tools[1]']);
    assert.deepEqual(write({ tools: [search, look] }).losses, ['dropped tools[0]']);
  });

  test('a description that says nothing, and strictness that is none, are left out', () => {
    const { body } = write({
      tools: [
        { ...look, description: ' ', strict: false },
        { ...look, strict: true },
      ],
    });
    assert.deepEqual((body.toolConfig as JsonObject).tools, [
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } },
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } }, strict: true } },
    ]);
  });
});
