import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { beginStream, messageStart, sendJson, startRaw, streamedMessage, wholeMessage } from './raw-upstream.ts';
import { anthropicHeaders, message, type Rig, startRig, until } from './rig.ts';

/** What a provider does with a call. */
type Manner = (response: ServerResponse) => void;

const whole =
  (text: string): Manner =>
  (response) =>
    sendJson(response, 200, { ...wholeMessage, content: [{ type: 'text', text }] });

interface Stage {
  readonly rig: Rig;
  /** What the slow and the quick provider do from now on. */
  slow: Manner;
  quick: Manner;
  /** Calls that each of them got. */
  readonly asked: { slow: number; quick: number };
  /** Calls of the slow one that were given up. */
  readonly givenUp: () => number;
  call(stream?: boolean): Promise<Response>;
}

/** Two providers, of which the first is known to answer at once. */
async function startStage(t: TestContext, hedge: unknown = 0.5): Promise<Stage> {
  const stage: { slow: Manner; quick: Manner } = { slow: whole('slow'), quick: whole('quick') };
  const asked = { slow: 0, quick: 0 };
  let givenUp = 0;
  const slowUrl = await startRaw(t, (response) => {
    asked.slow += 1;
    response.once('close', () => {
      if (!response.writableFinished) givenUp += 1;
    });
    stage.slow(response);
  });
  const quickUrl = await startRaw(t, (response) => {
    asked.quick += 1;
    stage.quick(response);
  });
  const provider = (base_url: string): object => ({ speaks: 'anthropic', base_url, api_key: 'k' });
  const rig = await startRig(t, {
    providers: { slow: provider(slowUrl), quick: provider(quickUrl) },
    models: { 'claude-test': { to: ['slow/m', 'quick/m'], hedge } },
  });
  const call = (stream = false): Promise<Response> =>
    rig.post('/v1/messages', message('Hello', { stream }), anthropicHeaders);
  for (let i = 0; i < 30; i++) assert.equal((await call()).status, 200);
  asked.slow = 0;
  asked.quick = 0;
  return Object.assign(stage, { rig, asked, givenUp: () => givenUp, call });
}

const textOf = async (response: Response): Promise<string> => JSON.stringify(await response.json());

test('a call that is not answered in its usual time is asked of another target, too, and the first answer counts', async (t) => {
  const stage = await startStage(t);
  stage.slow = () => undefined;
  const response = await stage.call();
  assert.match(await textOf(response), /quick/);
  assert.equal(response.headers.get('x-dragoman-route'), 'quick/m');
  assert.deepEqual(stage.asked, { slow: 1, quick: 1 });
  await until(() => stage.givenUp() === 1);
  const record = stage.rig.records.at(-1);
  assert.equal(record?.provider, 'quick');
  assert.equal(record.status, 200);
  assert.equal(record.error, undefined);
  assert.deepEqual(record.usage, { input: 7, output: 2 });
});

test('streams as well: one that has begun is not overtaken', async (t) => {
  const stage = await startStage(t);
  let held: ServerResponse | undefined;
  stage.slow = (response) => {
    held = response;
    beginStream(response, messageStart);
  };
  stage.quick = (response) => beginStream(response, streamedMessage('quick'));
  const response = await stage.call(true);
  assert.equal(response.headers.get('x-dragoman-route'), 'slow/m');
  held?.end(streamedMessage('slow').slice(messageStart.length));
  const text = await response.text();
  assert.match(text, /slow/);
  assert.doesNotMatch(text, /quick/);
  assert.equal(stage.rig.records.at(-1)?.provider, 'slow');
});

test('when the first one fails after all, the second answers; when both fail, the client hears of it once', async (t) => {
  const stage = await startStage(t);
  const held: ServerResponse[] = [];
  stage.slow = (response) => held.push(response);
  stage.quick = (response) => {
    sendJson(held.shift() ?? response, 400, { type: 'error', error: { type: 'invalid_request_error', message: 'no' } });
    whole('quick')(response);
  };
  assert.match(await textOf(await stage.call()), /quick/);
  stage.quick = (response) => {
    const body = { type: 'error', error: { type: 'invalid_request_error', message: 'no' } };
    sendJson(held.shift() ?? response, 400, body);
    sendJson(response, 400, body);
  };
  const refused = await stage.call();
  assert.equal(refused.status, 400);
  assert.match(await textOf(refused), /"message":"no"/);
});

test('a client that leaves leaves both', async (t) => {
  const stage = await startStage(t);
  let open = 0;
  const hang: Manner = (response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
  };
  stage.slow = hang;
  stage.quick = hang;
  const leaving = new AbortController();
  const asked = fetch(`${stage.rig.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...anthropicHeaders },
    body: JSON.stringify(message('Hello')),
    signal: leaving.signal,
  });
  await until(() => open === 2);
  leaving.abort();
  await assert.rejects(asked);
  await until(() => open === 0);
  await until(() => stage.rig.records.at(-1)?.error === 'client_gone');
});

test('nobody is asked twice unless it is wished for', async (t) => {
  const stage = await startStage(t, 'off');
  let held: ServerResponse | undefined;
  stage.slow = (response) => {
    held = response;
  };
  const asked = stage.call();
  await until(() => held !== undefined);
  assert.deepEqual(stage.asked, { slow: 1, quick: 0 });
  if (held !== undefined) whole('slow')(held);
  assert.match(await textOf(await asked), /slow/);
});
