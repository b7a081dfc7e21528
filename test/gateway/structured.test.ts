// An answer in a schema, from providers that have no such thing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scenario } from '../../src/simulator/index.ts';
import { anthropicHeaders, message, type Rig, startRig, startUpstream, until } from './rig.ts';

const schema = {
  type: 'object',
  properties: { sky: { type: 'string' }, clouds: { type: 'integer' } },
  required: ['sky', 'clouds'],
  additionalProperties: false,
};
const good = { sky: 'blue', clouds: 3 };
const asked = message('The sky?', { output_config: { format: { type: 'json_schema', schema } } });

interface Answered {
  readonly content: { readonly type: string; readonly text?: string }[];
  readonly stop_reason: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

async function answered(rig: Rig, body: object): Promise<Answered> {
  const answer = await rig.post('/v1/messages', body, anthropicHeaders);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text) as Answered;
}

async function started(t: Parameters<typeof startRig>[0], scenario: Scenario, quirks: object) {
  const upstream = await startUpstream(t, { scenario });
  const rig = await startRig(t, {
    providers: {
      p: { speaks: 'openai-chat', base_url: `${upstream.url}/v1`, api_key: 'sk-provider', quirks },
    },
    models: { '*': { to: 'p/*' } },
  });
  return { upstream, rig };
}

describe('a provider without schemas, whose model can be made to call a tool', () => {
  const quirks = { json_schema: false };
  const scenario: Scenario = {
    strict: true,
    steps: [{ times: 'always', parts: [{ tool: 'answer', input: good }] }],
  };

  test('gives the answer as a call, and the client gets it as text', async (t) => {
    const { upstream, rig } = await started(t, scenario, quirks);
    const { content, stop_reason: stop } = await answered(rig, asked);
    assert.deepEqual(
      content.map(({ type, text }) => ({ type, value: JSON.parse(text ?? '') as unknown })),
      [{ type: 'text', value: good }],
    );
    assert.equal(stop, 'end_turn');
    const sent = upstream.requests[0]?.json ?? {};
    assert.deepEqual(sent['tool_choice'], { type: 'function', function: { name: 'answer' } });
    assert.equal(sent['response_format'], undefined);
  });

  test('streams it piece by piece', async (t) => {
    const { rig } = await started(t, { ...scenario, manner: { chunk: 4 } }, quirks);
    const answer = await rig.post('/v1/messages', { ...asked, stream: true }, anthropicHeaders);
    const text = await answer.text();
    const pieces = [...text.matchAll(/"text_delta","text":("(?:[^"\\]|\\.)*")/g)].map(
      ([, piece = '']) => JSON.parse(piece) as string,
    );
    assert.ok(pieces.length > 3, text);
    assert.deepEqual(JSON.parse(pieces.join('')), good);
    assert.match(text, /"stop_reason":"end_turn"/);
  });
});

describe('a provider that can only be asked in words', () => {
  const quirks = { json_schema: false, forced_tools: false };
  const steps = (...answers: string[]): Scenario => ({
    steps: answers.map((text) => ({ parts: [text], usage: { input: 100, output: 10 } })),
  });

  test('is asked again until the answer has its form, and told what was wrong', async (t) => {
    const { upstream, rig } = await started(
      t,
      steps('The sky is blue.', '{"sky":"blue"}', `Here it is:\n\`\`\`json\n${JSON.stringify(good)}\n\`\`\``),
      quirks,
    );
    const { content, usage } = await answered(rig, asked);
    assert.deepEqual(JSON.parse(content[0]?.text ?? ''), good);
    assert.equal(upstream.requests.length, 3);
    assert.equal(usage.input_tokens, 300, 'all tries are counted');
    assert.equal(usage.output_tokens, 30);
    const last = JSON.stringify(upstream.requests[2]?.json?.['messages']);
    assert.ok(last.includes('The sky is blue.') && last.includes('clouds'), last);
    await until(() => rig.records.length === 1);
    assert.equal(rig.records[0]?.tries, 3);
  });

  test('gives a stream to a client that wants one', async (t) => {
    const { upstream, rig } = await started(t, steps('No.', JSON.stringify(good)), quirks);
    const answer = await rig.post('/v1/messages', { ...asked, stream: true }, anthropicHeaders);
    const text = await answer.text();
    assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.ok(!text.includes('No.'), 'what was not good enough is not told');
    assert.match(text, /clouds/);
    assert.match(text, /event: message_stop/);
    assert.equal(upstream.requests.length, 2);
  });

  test('is not asked for ever, and what it says in the end is told, with a note', async (t) => {
    const { upstream, rig } = await started(t, { steps: [{ times: 'always', parts: ['Never.'] }] }, quirks);
    const answer = await rig.post('/v1/messages', asked, anthropicHeaders);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('x-dragoman-loss') ?? '', /approximated format \(after 3 tries/);
    assert.match(await answer.text(), /Never\./);
    assert.equal(upstream.requests.length, 3);
  });
});
