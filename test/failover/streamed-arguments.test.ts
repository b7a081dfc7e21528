import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRig, startUpstream } from '../gateway/rig.ts';

interface Chunk {
  readonly candidates?: readonly { readonly content?: { readonly parts?: readonly Part[] } }[];
  readonly error?: unknown;
}

interface Part {
  readonly functionCall?: { readonly name?: string; readonly args?: unknown; readonly willContinue?: boolean };
}

test('a call that was heard in pieces is not said again where pieces cannot be written: the break is told', async (t) => {
  const parts = [{ tool: 'look', input: { at: 'the sky ~~~~~~~ and the sea' } }];
  const stream = { chunk: 4, gemini: { partialArgs: true } };
  const first = await startUpstream(t, {
    scenario: { steps: [{ parts, ...stream, faults: [{ kind: 'cut', at: { after: '~~~~' } }] }] },
  });
  const second = await startUpstream(t, { scenario: { steps: [{ parts }] } });
  const rig = await startRig(t, {
    providers: {
      first: { speaks: 'gemini', base_url: first.url, api_key: 'k' },
      second: { speaks: 'gemini', base_url: second.url, api_key: 'k' },
    },
    models: { '*': { to: ['first/gemini-3.5-pro', 'second/gemini-3.5-pro'] } },
  });
  const parameters = { type: 'object', properties: { at: { type: 'string' } } };
  const response = await rig.post('/v1beta/models/gemini-3.5-pro:streamGenerateContent?alt=sse', {
    contents: [{ role: 'user', parts: [{ text: 'Look.' }] }],
    tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: parameters }] }],
    toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } },
  });
  const chunks = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as Chunk);
  const calls = chunks
    .flatMap(({ candidates = [] }) => candidates.flatMap(({ content }) => content?.parts ?? []))
    .flatMap(({ functionCall }) => functionCall ?? []);
  assert.equal(second.requests.length, 0);
  assert.equal(calls.filter(({ name }) => name !== undefined).length, 1, JSON.stringify(calls));
  assert.ok(chunks.at(-1)?.error !== undefined, JSON.stringify(chunks.at(-1)));
});
