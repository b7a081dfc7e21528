import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { litellmProgram } from './e2e/litellm-program.ts';
import { anthropicHeaders, message, startRig, startUpstream } from './gateway/rig.ts';

const absent = existsSync(litellmProgram)
  ? false
  : 'LiteLLM is not installed; "npm run e2e:litellm" installs it and runs this';

/** How long the proxy may take to start, milliseconds: it is a large program. */
const patienceMs = 90_000;

/** A real LiteLLM proxy before a simulated OpenAI and a simulated Anthropic. Returns its origin. */
async function startLiteLlm(t: TestContext): Promise<string> {
  const upstream = await startUpstream(t);
  const params = (model: string, base: string): object => ({ model, api_base: base, api_key: 'any' });
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-litellm-'));
  const config = {
    model_list: [
      { model_name: 'gpt-sim', litellm_params: params('openai/gpt-sim', `${upstream.url}/v1`) },
      { model_name: 'claude-sim', litellm_params: params('anthropic/claude-sonnet-4-5', upstream.url) },
    ],
    general_settings: { dangerously_permit_weak_or_unset_master_key: true },
  };
  writeFileSync(join(folder, 'litellm.yaml'), stringify(config));
  const port = await freePort();
  const args = ['--config', join(folder, 'litellm.yaml'), '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(litellmProgram, args, {
    stdio: 'ignore',
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  });
  t.after(async () => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + patienceMs; ; ) {
    const alive = await fetch(`${url}/health/liveliness`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (alive) return url;
    assert.ok(Date.now() < deadline && child.exitCode === null, 'LiteLLM did not start');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('through a real LiteLLM proxy: chat and native Messages, whole and streamed, with a tool', {
  skip: absent,
  timeout: 180_000,
}, async (t) => {
  const url = await startLiteLlm(t);
  const rig = await startRig(t, {
    providers: {
      chat: { kind: 'litellm', base_url: `${url}/v1`, api_key: 'sk-any-key' },
      native: { kind: 'litellm-messages', base_url: url, api_key: 'sk-any-key' },
    },
    models: { 'chat/*': { to: 'chat/*' }, 'native/*': { to: 'native/*' } },
  });
  const tools = [{ name: 'Write', input_schema: { type: 'object', properties: { path: { type: 'string' } } } }];
  for (const [model, carriage] of [
    ['chat/gpt-sim', 'translated'],
    ['chat/claude-sim', 'translated'],
    ['native/claude-sim', 'passed'],
  ] as const) {
    for (const stream of [false, true]) {
      const asked = message('[[text:hello]] [[tool:Write {"path":"a.txt"}]]', { model, stream, tools });
      const answer = await rig.post('/v1/messages', asked, anthropicHeaders);
      const told = await answer.text();
      assert.equal(answer.status, 200, told);
      assert.equal(answer.headers.get('x-dragoman-carriage'), carriage);
      assert.match(told, /hello/);
      assert.match(told, /a\.txt/);
      assert.match(told, /"stop_reason":"tool_use"/);
      assert.equal(told.includes('event: message_stop'), stream);
    }
  }
  for (const { usage } of rig.records)
    assert.ok((usage.input ?? 0) > 0 && (usage.output ?? 0) > 0, JSON.stringify(usage));
});
