import assert from 'node:assert/strict';
import type Anthropic from '@anthropic-ai/sdk';
import type { Fault } from '../../../src/simulator/index.ts';
import { until } from '../../gateway-process.ts';
import { type Scenario, toldBefore, unreached } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { type AnthropicClient, connect, model } from './anthropic-sdk.ts';

/** Failures as the SDK tells them, and what becomes of a call that its client leaves. */
export function anthropicTrouble(client: AnthropicClient): readonly Scenario[] {
  const scenario = (name: string, play: (stage: Stage, client: AnthropicClient) => Promise<void>): Scenario => ({
    name,
    client,
    ...(client === 'anthropic-sdk-0' && { over: toldBefore }),
    play: (stage) => play(stage, client),
  });
  return [
    scenario('errors', errors),
    scenario('retries', retries),
    scenario('error in a stream', errorInStream),
    scenario('truncated stream', truncated),
    scenario('leaving a stream', leaving),
    { ...scenario('wrong key', wrongKey), over: unreached },
  ];
}

const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

interface Failure {
  /** As the upstream says it. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** As the client hears it. */
  readonly heard: number;
  readonly type: string;
}

const failures: readonly Failure[] = [
  { status: 400, heard: 400, type: 'invalid_request_error' },
  { status: 401, heard: 401, type: 'authentication_error' },
  { status: 403, heard: 403, type: 'permission_error' },
  { status: 404, heard: 404, type: 'not_found_error' },
  { status: 413, heard: 413, type: 'request_too_large' },
  { status: 429, heard: 429, type: 'rate_limit_error', headers: { 'retry-after': '7' } },
  { status: 500, heard: 500, type: 'api_error' },
];

async function errors(stage: Stage, client: AnthropicClient): Promise<void> {
  const { busy } = stage.grammar;
  const all: readonly Failure[] = [...failures, { status: busy.status, heard: 529, type: 'overloaded_error' }];
  const world = await stage.world(
    {
      answer: ({ prompt }) => {
        const { status, headers } = all[Number(prompt)] as Failure;
        return {
          faults: [{ kind: 'status', status, message: `Trouble number ${prompt}.`, ...(headers && { headers }) }],
        };
      },
    },
    { refusals: all.map(({ status }) => status) },
  );
  const sdk = connect(client, world);
  for (const [index, { heard, type, headers }] of all.entries()) {
    const messages = [{ role: 'user' as const, content: String(index) }];
    for (const stream of [false, true]) {
      const error = await failureOf(() => sdk.messages.create({ ...asked, messages, stream }));
      const told = `${heard} ${stream ? 'streamed' : 'whole'}: ${error.message}`;
      assert.equal(error.status, heard, told);
      const body = error.error as {
        type?: unknown;
        error?: { type?: unknown; message?: unknown };
        request_id?: unknown;
      };
      assert.equal(body.type, 'error', told);
      assert.equal(body.error?.type, type, told);
      assert.match(String(body.error?.message), /Trouble number/, told);
      assert.ok(error.requestID, `${told}: no request-id`);
      assert.equal(body.request_id, error.requestID, `${told}: request_id and request-id differ`);
      assert.equal(error.headers?.get('retry-after') ?? undefined, headers?.['retry-after'], told);
    }
  }
}

/** The SDK's error. @throws when there is none. */
async function failureOf(call: () => Promise<unknown>): Promise<InstanceType<typeof Anthropic.APIError>> {
  try {
    await call();
  } catch (error) {
    // Each major has an error class of its own; their members are the same.
    if (error instanceof Error && 'status' in error) return error as InstanceType<typeof Anthropic.APIError>;
    throw error;
  }
  throw new Error('the call succeeded');
}

async function retries(stage: Stage, client: AnthropicClient): Promise<void> {
  const { busy } = stage.grammar;
  const now = { 'retry-after': '1' };
  const faults: readonly Fault[] = [busy, { kind: 'status', status: 429, message: 'Slow down.', headers: now }];
  const steps = [...faults.map((fault) => ({ faults: [fault] })), 'There.'];
  const world = await stage.world({ steps }, { refusals: [busy.status, 429] });
  const answer = await connect(client, world, 2).messages.create(asked);
  assert.equal(answer.content[0]?.type === 'text' && answer.content[0].text, 'There.');
  const [, second, third] = world.calls();
  assert.equal(world.calls().length, 3);
  assert.ok(
    (third?.request.startedAt ?? 0) - (second?.request.startedAt ?? 0) >= 1000,
    'retry-after was not waited for',
  );
}

async function errorInStream(stage: Stage, client: AnthropicClient): Promise<void> {
  const fault: Fault = { kind: 'error', at: { event: 6 }, type: 'overloaded_error', message: 'Overloaded' };
  const world = await stage.world({
    steps: [{ parts: ['Some words and more of them.'], chunk: 3, pace: 20, faults: [fault] }],
  });
  const stream = connect(client, world).messages.stream(asked);
  const pieces: string[] = [];
  stream.on('text', (piece) => pieces.push(piece));
  await assert.rejects(stream.finalMessage(), /overloaded/i);
  assert.ok(pieces.length > 0, 'what came before the error was held back');
}

async function truncated(stage: Stage, client: AnthropicClient): Promise<void> {
  const cuts = ['close', 'reset', 'end'] as const;
  const steps = cuts.map((how) => ({
    parts: ['Some words and more of them.'],
    chunk: 3,
    faults: [{ kind: 'cut' as const, at: { event: 6 }, how }],
  }));
  const world = await stage.world({ steps });
  const sdk = connect(client, world);
  for (const how of cuts) {
    await assert.rejects(
      sdk.messages.stream(asked).finalMessage(),
      Error,
      `a stream cut by ${how} was taken for a whole one`,
    );
  }
}

async function leaving(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: ['word '.repeat(2000)], pace: 20 }] });
  const sdk = connect(client, world);
  const stream = sdk.messages.stream(asked);
  await new Promise<void>((resolve, reject) => {
    stream.once('text', () => resolve());
    stream.once('error', reject);
  });
  assert.equal(world.simulator.openStreams, 1);
  stream.abort();
  await assert.rejects(stream.finalMessage());
  await until('the call to the upstream ends', () => world.simulator.openStreams === 0, 1000);
  assert.equal(world.calls()[0]?.request.state, 'aborted-by-client');
}

async function wrongKey(stage: Stage, client: AnthropicClient): Promise<void> {
  const world = await stage.world({ steps: ['Never said.'] });
  const error = await failureOf(() => connect(client, { ...world, key: 'sk-wrong' }, 2).messages.create(asked));
  assert.equal(error.status, 401);
  assert.equal(error.headers?.get('x-should-retry'), 'false');
  assert.equal(world.calls().length, 0);
}
