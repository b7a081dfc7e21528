import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../canon/event.ts';
import { createFold, type Folded } from '../canon/fold.ts';
import type { JsonObject } from '../canon/json.ts';
import type { Loss } from '../canon/loss.ts';
import type { ChatRequest } from '../canon/request.ts';
import { runOf } from '../canon/run.ts';
import { answeringByTool, formatMeans } from './answer-tool.ts';

const upstream = { cannotSay: [] };
const quirks = { json_schema: false } as const;

function asked(schema: JsonObject, more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    from: 'openai-chat',
    model: 'm',
    stream: false,
    system: [],
    turns: [],
    tools: [],
    sampling: {},
    format: { type: 'json_schema', schema, name: 'weather' },
    ...more,
  };
}

function heard(request: ChatRequest, events: readonly Event[]): Folded {
  const fold = createFold();
  const losses: Loss[] = [];
  const sink = answeringByTool(request, upstream, quirks, (loss) => losses.push(loss)).tap?.(fold.sink);
  assert.equal(losses.length, 1);
  for (const event of events) sink?.(event);
  return fold.result();
}

function call(name: string, index: number, ...json: string[]): Event[] {
  return [
    { type: 'open', index, block: { type: 'tool_call', id: `c${index}`, name } },
    ...json.map((piece): Event => ({ type: 'json', index, json: piece })),
    { type: 'close', index },
  ];
}

const object = { type: 'object', properties: { sky: { type: 'string' } } };

describe('the form of an answer', () => {
  test('is the provider’s own where it has one, a tool where it can be forced, else words', () => {
    assert.equal(formatMeans(asked(object), upstream, {}), 'native');
    assert.equal(formatMeans(asked(object), { cannotSay: ['format_schema'] }, {}), 'tool');
    assert.equal(formatMeans(asked(object), upstream, quirks), 'tool');
    assert.equal(formatMeans(asked(object), upstream, { ...quirks, forced_tools: false }), 'words');
    assert.equal(formatMeans(asked(object, { reasoning: { effort: 'high' } }), upstream, quirks), 'words');
  });

  test('as a tool: the model has to call it', () => {
    const { request } = answeringByTool(asked(object), upstream, quirks, () => undefined);
    assert.equal(request.format, undefined);
    assert.deepEqual(request.toolChoice, { type: 'tool', name: 'weather' });
    assert.deepEqual(
      request.tools.map((tool) => tool.type === 'function' && tool.schema),
      [object],
    );
  });

  test('beside tools of the client: some tool has to be called, and names do not clash', () => {
    const own = { type: 'function', name: 'weather', schema: {} } as const;
    const { request } = answeringByTool(asked(object, { tools: [own] }), upstream, quirks, () => undefined);
    assert.deepEqual(request.toolChoice, { type: 'required' });
    assert.equal(new Set(request.tools.map(({ name }) => name)).size, 2);
  });
});

describe('the call that is the answer', () => {
  test('is text to the client, piece by piece, and ends as an answer does', () => {
    const { content, finish } = heard(asked(object), [
      ...call('weather', 0, '{"sky":', '"blue"}'),
      { type: 'finish', reason: 'tool_calls' },
    ]);
    assert.deepEqual(content, [{ type: 'text', text: '{"sky":"blue"}' }]);
    assert.equal(finish?.reason, 'end');
  });

  test('comes in the pieces in which the arguments came', () => {
    const events: Event[] = [];
    const sink = answeringByTool(asked(object), upstream, quirks, () => undefined).tap?.((event) => events.push(event));
    const pieces = runOf(['{\\"sky\\":', '\\"blue\\"}']);
    const [open, ...rest] = call('weather', 0);
    const run: Event = { type: 'json', index: 0, json: '{"sky":"blue"}', pieces };
    for (const event of [open, run, ...rest]) if (event !== undefined) sink?.(event);
    assert.deepEqual(events[1], { type: 'text', index: 0, text: '{"sky":"blue"}', pieces });
  });

  test('is unwrapped where the answer is no object', () => {
    const { content } = heard(asked({ type: 'array' }), [
      ...call('weather', 0, '{"answer":', '[1,2]}'),
      { type: 'finish', reason: 'tool_calls' },
    ]);
    assert.deepEqual(content, [{ type: 'text', text: '[1,2]' }]);
  });

  test('leaves other calls what they are', () => {
    const { content, finish } = heard(asked(object), [
      ...call('other', 0, '{}'),
      ...call('weather', 1, '{}'),
      { type: 'finish', reason: 'tool_calls' },
    ]);
    assert.deepEqual(
      content.map(({ type }) => type),
      ['tool_call', 'text'],
    );
    assert.equal(finish?.reason, 'tool_calls');
  });
});
