import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Turn } from '../../canon/request.ts';
import { call, contents, llama, look, nova, replied, result, roles, said, type Uses, write } from './written.ts';

describe('messages', () => {
  test('neighbours of one role are one message; the first one is the user', () => {
    const written = write({ turns: [replied('Hi.'), said('One.'), said('Two.'), replied('Three.'), replied('Four.')] });
    assert.deepEqual(roles(written), ['user', 'assistant', 'user', 'assistant']);
    assert.deepEqual(contents(written)[2], [{ text: 'One.' }, { text: 'Two.' }]);
    assert.deepEqual(written.losses, ['approximated turns[0]']);
  });

  test('blank texts go to their neighbours, and messages that have nothing else are left out', () => {
    const written = write({ turns: [said('', ' \n', 'One.'), replied('  '), said('Two.')] });
    assert.deepEqual(contents(written), [[{ text: ' \nOne.' }, { text: 'Two.' }]]);
    assert.deepEqual(written.losses, []);
  });

  test('results stand right behind their calls, in their order, with what was said beside them', () => {
    const other: Block = { type: 'tool_call', id: 'call_2', name: 'look', json: '' };
    const second: Block = { type: 'tool_result', id: 'call_2', content: [], isError: true };
    const written = write({
      turns: [said('Go.'), replied(call, other), said('Wait.'), said(second, result)],
      tools: [look],
    });
    assert.deepEqual(contents(written).slice(1), [
      [
        { toolUse: { toolUseId: 'call_1', name: 'look', input: { at: 1 } } },
        { toolUse: { toolUseId: 'call_2', name: 'look', input: {} } },
      ],
      [
        { toolResult: { toolUseId: 'call_1', content: [{ text: 'Seen.' }] } },
        { toolResult: { toolUseId: 'call_2', content: [], status: 'error' } },
        { text: 'Wait.' },
      ],
    ]);
  });

  test('ids are made legal, the same for call and result', () => {
    const id = 'call:1/ä'.repeat(12);
    const written = write({ turns: [said('Go.'), replied({ ...call, id }), said({ ...result, id })], tools: [look] });
    const [, calls, results] = contents(written) as [unknown, [Uses], [Uses]];
    const made = calls[0].toolUse?.toolUseId;
    assert.match(String(made), /^[a-zA-Z0-9_-]{1,64}$/);
    assert.equal(results[0].toolResult?.toolUseId, made);
  });

  test('different ids stay different', () => {
    const ids = ['a:b', 'a/b', 'a'.repeat(70), 'a'.repeat(71), ''];
    const calls = ids.map((id): Block => ({ ...call, id }));
    const [, uses] = contents(write({ turns: [said('Go.'), replied(...calls)], tools: [look] })) as [unknown, Uses[]];
    const made = uses.map(({ toolUse }) => toolUse?.toolUseId ?? '');
    assert.equal(new Set(made).size, ids.length);
    for (const id of made) assert.match(id, /^[a-zA-Z0-9_-]{1,64}$/);
  });

  test('arguments that are no object are wrapped into one', () => {
    const written = write({ turns: [said('Go.'), replied({ ...call, json: '[1' }), said(result)], tools: [look] });
    assert.deepEqual((contents(written)[1] as JsonObject[])[0], {
      toolUse: { toolUseId: 'call_1', name: 'look', input: { _raw: '[1' } },
    });
    assert.deepEqual(written.losses, ['approximated turns[1].content[0]']);
  });

  test('instructions in mid-conversation are told by the user, unless the model is known to take them', () => {
    const turns: Turn[] = [said('One.'), { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] }];
    assert.deepEqual(contents(write({ turns })), [[{ text: 'One.' }, { text: 'Be brief.' }]]);
    assert.deepEqual(write({ turns }).losses, ['moved turns[1]']);
    const native = write({ turns }, { mid_system: true });
    assert.deepEqual(roles(native), ['user', 'system']);
    assert.deepEqual(native.losses, []);
    const first = write({ turns: turns.toReversed() });
    assert.deepEqual(first.body.system, [{ text: 'Be brief.' }]);
  });

  test('reasoning goes back with its proof, and not without', () => {
    const thoughts: Block[] = [
      { type: 'thinking', text: 'Hm.', signature: 'proof' },
      { type: 'thinking', text: '', redacted: 'AAEC' },
      { type: 'thinking', text: '', redacted: 'AAE' },
      { type: 'thinking', text: '', redacted: 'no bytes' },
      { type: 'thinking', text: 'Plain.' },
    ];
    const turns = [said('Go.'), replied(...thoughts, 'Done.'), said('More.')];
    const written = write({ turns });
    assert.deepEqual(contents(written)[1], [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'proof' } } },
      { reasoningContent: { redactedContent: 'AAEC' } },
      { reasoningContent: { redactedContent: 'AAE=' } },
      { text: 'Done.' },
    ]);
    assert.deepEqual(written.losses, ['dropped turns[1].content[3]', 'dropped turns[1].content[4]']);
    assert.deepEqual(contents(write({ turns }, { reasoning: 'none' }))[1], [{ text: 'Done.' }]);
  });
});

describe('cache points', () => {
  const marked: Block = { type: 'text', text: 'Long.', cache: { ttl: '5m' } };
  const point = { cachePoint: { type: 'default' } };

  test('stand behind what is marked', () => {
    const written = write({
      system: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }],
      tools: [{ ...look, cache: {} }],
      turns: [said(marked, 'Go.'), replied(call), said({ ...result, content: [marked] })],
    });
    assert.deepEqual(written.body.system, [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    assert.deepEqual((written.body.toolConfig as JsonObject).tools, [
      { toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } },
      point,
    ]);
    assert.deepEqual(contents(written)[0], [{ text: 'Long.' }, point, { text: 'Go.' }]);
    assert.deepEqual((contents(written)[2] as JsonObject[])[1], point);
    assert.deepEqual(written.losses, []);
  });

  test('are left out where the model takes none', () => {
    const request = { turns: [said(marked)], tools: [{ ...look, cache: {} }] };
    assert.deepEqual(write({ ...request, model: llama }).losses.toSorted(), [
      'dropped tools[0]',
      'dropped turns[0].content[0]',
    ]);
    assert.deepEqual(write(request, { cache_control: false }).losses.length, 2);
    const forNova = write({ ...request, model: nova });
    assert.deepEqual(forNova.losses, ['dropped tools[0]']);
    assert.deepEqual(contents(forNova)[0], [{ text: 'Long.' }, point]);
  });

  test('of too many the first and the last stay', () => {
    const written = write({
      system: [{ type: 'text', text: 'Be brief.', cache: {} }],
      turns: [said(marked, marked), replied(marked), said(marked, marked)],
    });
    const counts = contents(written).map((content) => (content as JsonObject[]).filter(({ cachePoint }) => cachePoint));
    assert.deepEqual(
      counts.map(({ length }) => length),
      [0, 1, 2],
    );
    assert.deepEqual(written.body.system, [{ text: 'Be brief.' }, point]);
    assert.deepEqual(written.losses, ['dropped cache']);
  });

  test('a mark of the whole request is one at its end', () => {
    const turns = [said('One.'), replied('Two.'), said('Three.')];
    assert.deepEqual(contents(write({ turns, cache: {} })).at(-1), [{ text: 'Three.' }, point]);
  });
});
