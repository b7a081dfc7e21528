import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ChatRequest } from '../../canon/request.ts';
import { claude, gpt, llama, look, nova, said, upstream, type Written, write } from './written.ts';

describe('parameters', () => {
  const additional = (written: Written): unknown => written.body.additionalModelRequestFields;

  test('reasoning in the words of the maker', () => {
    const think = (
      model: string,
      reasoning: NonNullable<ChatRequest['reasoning']>,
      more: Partial<ChatRequest> = {},
    ): unknown[] => {
      const written = write({ model, reasoning, maxTokens: 4000, ...more });
      return [additional(written), written.body.outputConfig, written.losses];
    };
    assert.deepEqual(think(claude, { mode: 'budget', budget: 2000 }), [
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      undefined,
      [],
    ]);
    assert.deepEqual(think(claude, { mode: 'budget', budget: 9000 }), [
      { thinking: { type: 'enabled', budget_tokens: 3999 } },
      undefined,
      ['approximated reasoning.budget'],
    ]);
    assert.deepEqual(think(claude, { effort: 'minimal' }), [
      { thinking: { type: 'adaptive' } },
      { effort: 'low' },
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(think(claude, { effort: 'none' }), [{ thinking: { type: 'disabled' } }, undefined, []]);
    assert.deepEqual(think(claude, { effort: 'high' }, { tools: [look], toolChoice: { type: 'required' } }), [
      undefined,
      { effort: 'high' },
      ['approximated reasoning'],
    ]);
    assert.deepEqual(think(nova, { mode: 'budget', budget: 2000 }), [
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } },
      undefined,
      ['approximated reasoning.budget'],
    ]);
    assert.deepEqual(think(nova, { mode: 'off' }), [{ reasoningConfig: { type: 'disabled' } }, undefined, []]);
    assert.deepEqual(think(gpt, { effort: 'xhigh' }), [
      { reasoning_effort: 'high' },
      undefined,
      ['approximated reasoning.effort'],
    ]);
    assert.deepEqual(think(llama, { effort: 'low' }), [undefined, undefined, ['dropped reasoning']]);
  });

  test('a quirk says how reasoning is asked for', () => {
    const request = { model: llama, reasoning: { effort: 'low' } } as const;
    assert.deepEqual(additional(write(request, { reasoning_request: 'reasoning_effort' })), {
      reasoning_effort: 'low',
    });
    assert.deepEqual(additional(write(request, { reasoning_request: 'thinking' })), { thinking: { type: 'adaptive' } });
    assert.equal(additional(write({ ...request, model: claude }, { reasoning_request: 'none' })), undefined);
  });

  test('what thinking excludes is left out', () => {
    const sampling = { temperature: 0.5, topP: 0.9, topK: 7 };
    const forClaude = write({ reasoning: { effort: 'low' }, sampling });
    assert.deepEqual(forClaude.body.inferenceConfig, { topP: 0.9 });
    assert.deepEqual(forClaude.losses, ['dropped temperature', 'dropped top_k']);
    const forNova = write({ model: nova, reasoning: { effort: 'high' }, sampling, maxTokens: 100 });
    assert.equal(forNova.body.inferenceConfig, undefined);
    assert.deepEqual(forNova.losses, ['dropped max_tokens', 'dropped temperature', 'dropped top_p', 'dropped top_k']);
  });

  test('sampling', () => {
    const written = write(
      { sampling: { temperature: 1.4, topK: 7 }, stop: ['END', ' '], maxTokens: 9000 },
      { max_output_tokens: 5000 },
    );
    assert.deepEqual(written.body.inferenceConfig, { maxTokens: 5000, temperature: 1, stopSequences: ['END'] });
    assert.deepEqual(additional(written), { top_k: 7 });
    assert.deepEqual(written.body.additionalModelResponseFieldPaths, ['/stop_sequence']);
    assert.deepEqual(written.losses, ['approximated max_tokens', 'approximated temperature', 'dropped stop']);
    assert.deepEqual(additional(write({ model: nova, sampling: { topK: 7 } })), { inferenceConfig: { topK: 7 } });
    assert.deepEqual(write({ model: llama, sampling: { topK: 7 } }).losses, ['dropped top_k']);
  });

  test('a budget without a limit brings one', () => {
    const { body } = write({ reasoning: { mode: 'budget', budget: 10_000 } });
    assert.deepEqual(body.inferenceConfig, { maxTokens: 18_192 });
  });

  test('the form of the answer', () => {
    const schema = { type: 'object' };
    const native = write({ format: { type: 'json_schema', schema, name: 'answer', description: 'It.' } });
    assert.deepEqual(native.body.outputConfig, {
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: '{"type":"object"}', name: 'answer', description: 'It.' } },
      },
    });
    const told = write({ format: { type: 'json_schema', schema } }, { json_schema: false });
    assert.match(JSON.stringify(told.body.system), /JSON Schema/);
    assert.deepEqual(told.losses, ['approximated format']);
    assert.deepEqual(write({ format: { type: 'json' } }).losses, ['approximated format']);
  });

  test('tier, labels, betas', () => {
    const written = write({
      serviceTier: 'standard_only',
      labels: { team: 'search', bad: 'a\u00e4' },
      headers: { 'anthropic-beta': 'context-1m-2025-08-07, oauth-2025-04-20' },
    });
    assert.deepEqual(written.body.serviceTier, { type: 'default' });
    assert.deepEqual(written.body.requestMetadata, { team: 'search' });
    assert.deepEqual(additional(written), { anthropic_beta: ['context-1m-2025-08-07'] });
    assert.deepEqual(written.losses, ['mapped service_tier', 'dropped labels']);
    assert.deepEqual(write({ serviceTier: 'scale' }).losses, ['dropped service_tier']);
  });

  test('quirks bend the body', () => {
    const written = write(
      { serviceTier: 'flex' },
      { refuses: ['serviceTier'], extra_body: { performanceConfig: { latency: 'optimized' } } },
    );
    assert.deepEqual(Object.keys(written.body), ['model', 'messages', 'performanceConfig']);
    assert.deepEqual(written.losses, ['dropped serviceTier']);
  });

  test('what is counted is the request without what concerns the answer', () => {
    const request: ChatRequest = {
      from: 'anthropic',
      model: claude,
      stream: false,
      system: [{ type: 'text', text: 'Be brief.' }],
      turns: [said('Hello.')],
      tools: [look],
      sampling: { temperature: 0.1 },
      maxTokens: 10,
    };
    assert.deepEqual(upstream.count.writeRequest(request, { quirks: {}, lose: () => undefined }), {
      model: claude,
      input: {
        converse: {
          messages: [{ role: 'user', content: [{ text: 'Hello.' }] }],
          system: [{ text: 'Be brief.' }],
          toolConfig: { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] },
        },
      },
    });
    assert.equal(upstream.count.readResponse({ inputTokens: 7 }), 7);
  });
});
