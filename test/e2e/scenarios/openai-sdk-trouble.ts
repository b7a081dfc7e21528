import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { Fault } from '../../../src/simulator/index.ts';
import { until } from '../../gateway-process.ts';
import { type Scenario, unreached } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { connect, model } from './openai-sdk.ts';

const client = 'openai-sdk' as const;

/** Failures as the SDK tells them, and what becomes of a call that its client leaves. */
export const openaiTrouble: readonly Scenario[] = [
  { name: 'errors', client, play: errors },
  { name: 'context overflow', client, play: overflow },
  { name: 'retries', client, play: retries },
  { name: 'error in a stream', client, play: errorInStream },
  { name: 'truncated stream', client, play: truncated },
  { name: 'leaving a stream', client, play: leaving },
  { name: 'wrong key', client, over: unreached, play: wrongKey },
];

const messages = [{ role: 'user' as const, content: 'Hello' }];

type Kind = new (...args: never[]) => Error;

const failures: readonly {
  readonly status: number;
  readonly kind: Kind;
  readonly headers?: Readonly<Record<string, string>>;
}[] = [
  { status: 400, kind: OpenAI.BadRequestError },
  { status: 401, kind: OpenAI.AuthenticationError },
  { status: 403, kind: OpenAI.PermissionDeniedError },
  { status: 404, kind: OpenAI.NotFoundError },
  { status: 429, kind: OpenAI.RateLimitError, headers: { 'retry-after': '7' } },
  { status: 500, kind: OpenAI.InternalServerError },
  { status: 503, kind: OpenAI.InternalServerError },
];

async function errors(stage: Stage): Promise<void> {
  const world = await stage.world(
    {
      answer: ({ prompt }) => {
        const { status, headers } = failures[Number(prompt)] as (typeof failures)[number];
        return {
          faults: [{ kind: 'status', status, message: `Trouble number ${prompt}.`, ...(headers && { headers }) }],
        };
      },
    },
    { refusals: failures.map(({ status }) => status) },
  );
  const sdk = connect(world);
  for (const [index, { status, kind, headers }] of failures.entries()) {
    for (const stream of [false, true]) {
      const content = String(index);
      const error = await failureOf(() =>
        sdk.chat.completions.create({ model, messages: [{ role: 'user', content }], stream }),
      );
      const told = `${status} ${stream ? 'streamed' : 'whole'}: ${error.message}`;
      assert.ok(error instanceof kind, told);
      assert.equal(error.status, status, told);
      assert.match(error.message, /Trouble number/, told);
      assert.equal(typeof error.type, 'string', told);
      assert.ok(error.requestID, `${told}: no x-request-id`);
      assert.equal(error.headers?.get('retry-after') ?? undefined, headers?.['retry-after'], told);
    }
  }
}

/** The SDK's error. @throws when there is none. */
async function failureOf(call: () => Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await call();
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}

async function overflow(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ faults: [stage.grammar.tooLong] }] }, { refusals: [400] });
  const error = await failureOf(() => connect(world).chat.completions.create({ model, messages }));
  assert.equal(error.status, 400);
  assert.equal(error.code, 'context_length_exceeded');
  const numbers = stage.grammar.tellsLength ? /8192 tokens.*9000 tokens/ : /./;
  assert.match(error.message, /maximum context length/);
  assert.match(error.message, numbers);
}

async function retries(stage: Stage): Promise<void> {
  const { busy } = stage.grammar;
  const faults: readonly Fault[] = [
    busy,
    { kind: 'status', status: 429, message: 'Slow down.', headers: { 'retry-after': '1' } },
  ];
  const steps = [...faults.map((fault) => ({ faults: [fault] })), 'There.'];
  const world = await stage.world({ steps }, { refusals: [busy.status, 429] });
  const answer = await connect(world, 2).chat.completions.create({ model, messages });
  assert.equal(answer.choices[0]?.message.content, 'There.');
  const [, second, third] = world.calls();
  assert.equal(world.calls().length, 3);
  assert.ok(
    (third?.request.startedAt ?? 0) - (second?.request.startedAt ?? 0) >= 1000,
    'retry-after was not waited for',
  );
}

async function errorInStream(stage: Stage): Promise<void> {
  const fault: Fault = { kind: 'error', at: { event: 6 }, type: 'overloaded_error', message: 'Overloaded' };
  const world = await stage.world({
    steps: [{ parts: ['Some words and more of them.'], chunk: 3, pace: 20, faults: [fault] }],
  });
  let said = '';
  await assert.rejects(async () => {
    const stream = await connect(world).chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? '';
  }, /overloaded/i);
  assert.notEqual(said, '', 'what came before the error was held back');
}

/** Without a reason to stop an answer is not whole, however its connection ends. */
async function truncated(stage: Stage): Promise<void> {
  const cuts = ['close', 'reset', 'end'] as const;
  const steps = cuts.map((how) => ({
    parts: ['Some words and more of them.'],
    chunk: 3,
    faults: [{ kind: 'cut' as const, at: { event: 6 }, how }],
  }));
  const world = await stage.world({ steps });
  const sdk = connect(world);
  for (const how of cuts) {
    let reason: unknown;
    const read = async (): Promise<void> => {
      for await (const chunk of await sdk.chat.completions.create({ model, messages, stream: true })) {
        reason = chunk.choices[0]?.finish_reason ?? reason;
      }
    };
    await assert.rejects(read, Error, `a stream cut by ${how} was taken for a whole one`);
    assert.equal(reason, undefined);
  }
}

async function leaving(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: [{ times: 'always', parts: ['word '.repeat(2000)], pace: 20 }] });
  const stream = await connect(world).chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    if ((chunk.choices[0]?.delta.content ?? '') !== '') break;
  }
  stream.controller.abort();
  await until('the call to the upstream ends', () => world.simulator.openStreams === 0, 1000);
  assert.equal(world.calls()[0]?.request.state, 'aborted-by-client');
}

async function wrongKey(stage: Stage): Promise<void> {
  const world = await stage.world({ steps: ['Never said.'] });
  const error = await failureOf(() =>
    connect({ ...world, key: 'sk-wrong' }, 2).chat.completions.create({ model, messages }),
  );
  assert.equal(error.status, 401);
  assert.equal(error.headers?.get('x-should-retry'), 'false');
  assert.equal(world.calls().length, 0);
}
