// Conversations that clients go on from by naming them, over providers that know no such thing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import type { Scenario, Simulator } from '../../src/simulator/index.ts';
import { type Rig, startRig, startUpstream } from './rig.ts';

const scenario: Scenario = {
  strict: true,
  steps: [
    { when: { user: /my name/ }, times: 'always', parts: [{ think: 'A name.' }, 'Hello, Ada.'] },
    { when: { user: /who am i/i, anyUser: /my name is Ada/ }, times: 'always', parts: ['Ada.'] },
    { when: { user: /who am i/i }, times: 'always', parts: ['I do not know.'] },
    { when: { user: /look/, hasToolResult: false }, times: 'always', parts: [{ tool: 'look', input: { at: 'sky' } }] },
    { when: { hasToolResult: true }, times: 'always', parts: ['Blue.'] },
  ],
};

async function started(t: TestContext, config: object = {}): Promise<{ rig: Rig; upstream: Simulator; sdk: OpenAI }> {
  const upstream = await startUpstream(t, { scenario });
  const rig = await startRig(t, {
    providers: { p: { speaks: 'anthropic', base_url: upstream.url, api_key: 'sk-p' } },
    models: { '*': { to: 'p/claude-sonnet-5-5' } },
    ...config,
  });
  return { rig, upstream, sdk: connect(rig) };
}

function connect({ url }: Rig, apiKey = 'none'): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

const model = 'gpt-5.5';

describe('an answer that is kept', () => {
  test('can be gone on from, whole and streamed, with its reasoning', async (t) => {
    const { sdk, upstream } = await started(t);
    const first = await sdk.responses.create({ model, input: 'my name is Ada', reasoning: { effort: 'low' } });
    assert.equal(first.output_text, 'Hello, Ada.');
    const second = await sdk.responses.create({ model, input: 'Who am I?', previous_response_id: first.id });
    assert.equal(second.output_text, 'Ada.');
    assert.equal(second.previous_response_id, first.id);
    const stream = sdk.responses.stream({ model, input: 'Who am I?', previous_response_id: second.id });
    const third = await stream.finalResponse();
    assert.equal(third.output_text, 'Ada.');
    assert.equal(new Set([first.id, second.id, third.id]).size, 3);
    const fourth = await sdk.responses.create({ model, input: 'And who am I?', previous_response_id: third.id });
    assert.equal(fourth.output_text, 'Ada.');
    const sent = upstream.requests.at(-1)?.json ?? {};
    const roles = (sent['messages'] as { role: string }[]).map(({ role }) => role);
    assert.deepEqual(roles, ['user', 'assistant', 'user', 'assistant', 'user', 'assistant', 'user']);
    assert.match(JSON.stringify(upstream.requests[1]?.json?.['messages']), /"type":"thinking","thinking":"A name."/);
    const fresh = await sdk.responses.create({ model, input: 'Who am I?' });
    assert.equal(fresh.output_text, 'I do not know.');
  });

  test('takes the result of its call', async (t) => {
    const { sdk } = await started(t);
    const tools = [
      {
        type: 'function' as const,
        name: 'look',
        parameters: { type: 'object', properties: { at: { type: 'string' } } },
        strict: false,
      },
    ];
    const first = await sdk.responses.create({ model, input: 'look', tools });
    const call = first.output.find((item) => item.type === 'function_call');
    assert.ok(call);
    const second = await sdk.responses.create({
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'blue' }],
    });
    assert.equal(second.output_text, 'Blue.');
  });

  test('can be had again, listed and forgotten; one that is not kept cannot', async (t) => {
    const { sdk } = await started(t);
    const first = await sdk.responses.create({ model, input: 'my name is Ada' });
    const again = await sdk.responses.retrieve(first.id);
    assert.deepEqual(again.output, first.output);
    const second = await sdk.responses.create({ model, input: 'Who am I?', previous_response_id: first.id });
    const items = await sdk.responses.inputItems.list(second.id, { order: 'asc' });
    assert.match(JSON.stringify(items.data), /my name is Ada.*Hello, Ada.*Who am I/);
    await sdk.responses.delete(first.id);
    await assert.rejects(sdk.responses.retrieve(first.id), NotFoundError);
    const untold = await sdk.responses.create({ model, input: 'my name is Ada', store: false });
    await assert.rejects(sdk.responses.retrieve(untold.id), NotFoundError);
    await assert.rejects(
      sdk.responses.create({ model, input: 'Who am I?', previous_response_id: untold.id }),
      (error) => error instanceof BadRequestError && error.code === 'previous_response_not_found',
    );
  });

  test('belongs to the key that asked for it', async (t) => {
    const { rig } = await started(t, { auth: { keys: ['sk-one', 'sk-two'] } });
    const first = await connect(rig, 'sk-one').responses.create({ model, input: 'my name is Ada' });
    await assert.rejects(connect(rig, 'sk-two').responses.retrieve(first.id), NotFoundError);
    await assert.rejects(
      connect(rig, 'sk-two').responses.create({ model, input: 'Who am I?', previous_response_id: first.id }),
      BadRequestError,
    );
    assert.equal((await connect(rig, 'sk-one').responses.retrieve(first.id)).id, first.id);
  });

  test('in a file outlives the gateway', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dragoman-kept-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const store = { file: join(folder, 'kept.db') };
    const { rig, sdk, upstream } = await started(t, { store });
    const first = await sdk.responses.create({ model, input: 'my name is Ada' });
    await rig.stop();
    const later = await startRig(t, {
      providers: { p: { speaks: 'anthropic', base_url: upstream.url, api_key: 'sk-p' } },
      models: { '*': { to: 'p/claude-sonnet-5-5' } },
      store,
    });
    const second = await connect(later).responses.create({ model, input: 'Who am I?', previous_response_id: first.id });
    assert.equal(second.output_text, 'Ada.');
  });
});

describe('a conversation that a client has made', () => {
  test('grows with its answers', async (t) => {
    const { sdk } = await started(t);
    const { id } = await sdk.conversations.create({ metadata: { topic: 'names' } });
    await sdk.responses.create({ model, input: 'my name is Ada', conversation: id });
    const second = await sdk.responses.create({ model, input: 'Who am I?', conversation: { id } });
    assert.equal(second.output_text, 'Ada.');
    assert.deepEqual(second.conversation, { id });
    const items = await sdk.conversations.items.list(id, { order: 'asc' });
    const said = items.data.flatMap((item) => (item.type === 'message' ? [item.role] : []));
    assert.deepEqual(said, ['user', 'assistant', 'user', 'assistant']);
    assert.deepEqual((await sdk.conversations.retrieve(id)).metadata, { topic: 'names' });
    await sdk.conversations.items.create(id, { items: [{ type: 'message', role: 'user', content: 'More.' }] });
    assert.equal((await sdk.conversations.items.list(id)).data[0]?.type, 'message');
    await sdk.conversations.delete(id);
    await assert.rejects(sdk.conversations.retrieve(id), NotFoundError);
    await assert.rejects(sdk.responses.create({ model, input: 'Who am I?', conversation: id }), BadRequestError);
  });
});

test('over a provider that keeps its own, the call goes on as it is', async (t) => {
  const upstream = await startUpstream(t, { scenario });
  const rig = await startRig(t, {
    providers: { p: { speaks: 'openai-responses', base_url: `${upstream.url}/v1`, api_key: 'sk-p' } },
    models: { '*': { to: 'p/gpt-5.5' } },
  });
  const sdk = connect(rig);
  const first = await sdk.responses.create({ model, input: 'my name is Ada' });
  const second = await sdk.responses.create({ model, input: 'Who am I?', previous_response_id: first.id });
  assert.equal(second.output_text, 'Ada.');
  assert.equal(upstream.requests[1]?.json?.['previous_response_id'], first.id);
});
