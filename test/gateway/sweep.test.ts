import assert from 'node:assert/strict';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { sendJson, startRaw } from './raw-upstream.ts';
import { anthropicHeaders, message, startRig, startUpstream, until } from './rig.ts';

const megabyte = 1024 * 1024;

/** As Node tells of it; its types leave the detail out. */
type Collection = PerformanceEntry & { readonly detail: { readonly flags: number } };

/** Counts collections that somebody has asked for, and not V8 itself. It may make a large one of them, if one is overdue. */
function sweeps(t: TestContext): () => number {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (((entry as Collection).detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) count += 1;
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  t.after(() => observer.disconnect());
  return () => count;
}

test('large requests are swept when they are over', async (t) => {
  const swept = sweeps(t);
  const { url } = await startUpstream(t);
  const providers = { up: { speaks: 'anthropic', base_url: url, api_key: 'k' } };
  const rig = await startRig(t, { providers, models: { '*': { to: 'up/*' } } });
  const large = message('A long way. '.repeat((2 * megabyte) / 12));
  for (let i = 0; i < 9; i++) {
    const answer = await rig.post('/v1/messages', large, anthropicHeaders);
    assert.equal(answer.status, 200, await answer.text());
    if (i === 2) assert.equal(swept(), 0);
  }
  await until(() => swept() > 0);
});

test('large answers are swept when they are over', async (t) => {
  const swept = sweeps(t);
  const answer = {
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_reason: 'end_turn', stop_sequence: null },
    content: [{ type: 'text', text: 'A long way. '.repeat((4 * megabyte) / 12) }],
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  const url = await startRaw(t, (response) => sendJson(response, 200, answer));
  const providers = { up: { speaks: 'anthropic', base_url: url, api_key: 'k' } };
  const rig = await startRig(t, { providers, models: { '*': { to: 'up/*' } } });
  for (let i = 0; i < 5; i++) {
    const { status } = await rig.post('/v1/messages', message('How far?'), anthropicHeaders);
    assert.equal(status, 200);
  }
  await until(() => swept() > 0);
});
