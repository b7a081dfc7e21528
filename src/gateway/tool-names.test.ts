import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../canon/event.ts';
import { createFold } from '../canon/fold.ts';
import type { ChatRequest, Tool } from '../canon/request.ts';
import { namesRestored, withLegalNames } from './tool-names.ts';

const legal = /^[a-zA-Z0-9_-]{1,64}$/;
const long = `mcp__${'very_'.repeat(20)}long`;

function asked(tools: Tool[]): ChatRequest {
  return {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [
      { role: 'assistant', content: [{ type: 'tool_call', id: '1', name: 'a.b', json: '{}' }] },
      { role: 'user', content: [{ type: 'tool_result', id: '1', content: [{ type: 'tool_reference', name: long }] }] },
    ],
    tools,
    toolChoice: { type: 'tool', name: 'a.b' },
    sampling: {},
  };
}

const fn = (name: string): Tool => ({ type: 'function', name, schema: {} });

function call(name: string, ...json: string[]): Event[] {
  return [
    { type: 'open', index: 0, block: { type: 'tool_call', id: '1', name } },
    ...json.map((piece): Event => ({ type: 'json', index: 0, json: piece })),
    { type: 'close', index: 0 },
  ];
}

describe('names of tools', () => {
  test('that a language does not take are sent as ones that it does, everywhere the same', () => {
    const request = withLegalNames(asked([fn('a.b'), fn('a_b'), fn(long)]), legal);
    const names = request.tools.map(({ name }) => name);
    for (const name of names) assert.match(name, legal);
    assert.equal(new Set(names).size, 3);
    assert.equal(names[1], 'a_b');
    assert.deepEqual(request.toolChoice, { type: 'tool', name: names[0] });
    const said = JSON.stringify(request.turns);
    assert.ok(said.includes(`"${names[0]}"`) && said.includes(`"${names[2]}"`) && !said.includes('a.b'));
  });

  test('that are legal change nothing', () => {
    const request: ChatRequest = { ...asked([fn('a')]), turns: [] };
    assert.equal(withLegalNames(request, legal), request);
    assert.equal(namesRestored(request, legal), undefined);
  });

  test('come back as the client knows them', () => {
    const request = asked([fn('a.b'), fn(long)]);
    const sent = withLegalNames(request, legal).tools.map(({ name }) => name);
    const fold = createFold();
    const sink = namesRestored(request, legal)?.(fold.sink);
    for (const event of call(sent[1] ?? '', '{"x":', '1}')) sink?.(event);
    assert.deepEqual(fold.result().content, [{ type: 'tool_call', id: '1', name: long, json: '{"x":1}' }]);
  });
});

describe('calls of tools that take free text', () => {
  const custom: Tool = { type: 'custom', name: 'apply_patch' };

  test('are free text again, however the model wrapped it', () => {
    for (const [json, text] of [
      [['{"inp', 'ut":"*** Begin\\n', 'ü"}'], '*** Begin\nü'],
      [['"plain"'], 'plain'],
      [['no JSON'], 'no JSON'],
    ] as const) {
      const fold = createFold();
      const sink = namesRestored(asked([custom]), legal)?.(fold.sink);
      for (const event of call('apply_patch', ...json)) sink?.(event);
      assert.deepEqual(fold.result().content, [
        { type: 'tool_call', id: '1', name: 'apply_patch', json: text, kind: 'custom' },
      ]);
    }
  });

  test('other calls pass piece by piece', () => {
    const seen: Event[] = [];
    const sink = namesRestored(asked([custom, fn('f')]), legal)?.((event) => seen.push(event));
    const events = call('f', '{', '}');
    for (const event of events) sink?.(event);
    assert.deepEqual(seen, events);
  });
});
