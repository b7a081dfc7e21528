import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Asked } from './asked.ts';
import { askedFrom } from './probe.ts';
import type { Match, Scenario } from './scenario.ts';
import { createCounts, createStepChooser } from './steps.ts';

function ask(text: string, more: { session?: string; tools?: string[]; system?: string; result?: string } = {}): Asked {
  const messages = [{ role: 'user', content: text }];
  const turn = [
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'T', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: more.result ?? '' }] },
  ];
  return askedFrom(
    'anthropic',
    {
      model: 'claude-x',
      system: more.system ?? '',
      messages: more.result === undefined ? messages : [...messages, ...turn],
      tools: (more.tools ?? []).map((name) => ({ name, input_schema: { type: 'object' } })),
    },
    more.session === undefined ? {} : { 'x-claude-code-session-id': more.session },
  );
}

function said(scenario: Scenario, ...asked: readonly Asked[]): (string | undefined)[] {
  const choose = createStepChooser(scenario);
  return asked.map((one) => choose(one)?.parts?.map(String).join());
}

describe('the choice of steps', () => {
  test('steps are used up in their order, then there is none', () => {
    assert.deepEqual(said({ steps: ['a', 'b'] }, ask('1'), ask('2'), ask('3')), ['a', 'b', undefined]);
  });

  test('a step may answer several times, or always', () => {
    const steps = [
      { parts: ['a'], times: 2 },
      { parts: ['b'], times: 'always' as const },
    ];
    assert.deepEqual(said({ steps }, ...['1', '2', '3', '4'].map((text) => ask(text))), ['a', 'a', 'b', 'b']);
  });

  test('the first step that fits answers, and others keep their turn', () => {
    const steps = [{ when: { user: 'red' }, parts: ['r'] }, { parts: ['any'] }];
    assert.deepEqual(said({ steps }, ask('blue'), ask('red'), ask('red')), ['any', 'r', undefined]);
  });

  test('each session counts for itself', () => {
    const asked = ['x', 'y', 'x', 'y'].map((session) => ask('hi', { session }));
    assert.deepEqual(said({ steps: ['1', '2'], per: 'session' }, ...asked), ['1', '1', '2', '2']);
  });

  test('each conversation of a session counts for itself', () => {
    const asked = [ask('main', { session: 's' }), ask('sub', { session: 's' }), ask('main', { session: 's' })];
    assert.deepEqual(said({ steps: ['1', '2'], per: 'conversation' }, ...asked), ['1', '1', '2']);
  });

  test('a function is asked first', () => {
    const answer = (asked: Asked) => (asked.prompt === 'f' ? 'from f' : undefined);
    assert.deepEqual(said({ steps: ['step'], answer }, ask('f'), ask('g')), ['from f', 'step']);
  });

  test('a token count uses no step up unless one is meant for it', () => {
    const choose = createStepChooser({ steps: ['a', { when: { operation: 'count' }, usage: { input: 9 } }] });
    const count: Asked = { ...ask('x'), operation: 'count' };
    assert.deepEqual(choose(count)?.usage, { input: 9 });
    assert.deepEqual(choose(ask('x'))?.parts, ['a']);
  });

  const full = ask('make a file', {
    session: 's1',
    tools: ['Read', 'Write'],
    system: 'You are a helper',
    result: 'done 5',
  });
  const cases: readonly (readonly [Match, boolean])[] = [
    [{ dialect: 'anthropic' }, true],
    [{ dialect: 'openai-chat' }, false],
    [{ model: 'claude' }, true],
    [{ model: /^laude/ }, false],
    [{ user: { regex: 'MAKE', flags: 'i' } }, true],
    [{ user: 'done' }, false],
    [{ anyUser: 'file' }, true],
    [{ system: 'helper' }, true],
    [{ tools: ['Write'] }, true],
    [{ tools: ['Write', 'Bash'] }, false],
    [{ hasToolResult: true }, true],
    [{ hasToolResult: false }, false],
    [{ toolResult: /done \d/ }, true],
    [{ session: 's1' }, true],
    [{ stream: true }, false],
    [{ path: '/v1' }, false],
    [{ headers: { 'X-Claude-Code-Session-Id': 's1' } }, true],
    [{ headers: { 'x-none': '' } }, false],
    [{ user: 'file', tools: ['Bash'] }, false],
  ];
  for (const [when, fits] of cases) {
    test(`${JSON.stringify(when)} ${fits ? 'fits' : 'does not fit'}`, () => {
      assert.equal(createStepChooser({ steps: [{ when, parts: ['x'] }] })(full) !== undefined, fits);
    });
  }

  test('counts are bounded', () => {
    const counts = createCounts();
    for (let number = 0; number < 10_001; number += 1) counts.add(String(number));
    assert.equal(counts.get('0'), 0);
    assert.equal(counts.get('1'), 1);
  });
});
