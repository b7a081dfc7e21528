import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '../../../src/simulator/index.ts';
import { until } from '../../gateway-process.ts';
import { retries } from '../claude-code/session.ts';
import { receiptsOf } from '../receipts.ts';
import type { Choice, Scenario } from '../scenario.ts';
import type { Script } from '../script.ts';
import type { Stage, World } from '../stage.ts';
import { bash, scriptWith, tell } from '../survival.ts';

const client = 'claude-code' as const;

const over: Choice = {
  languages: ['anthropic', 'openai-chat'],
  because: 'what is tested is told by status, or by nothing',
};

/** What a session of Claude Code survives of which the provider's stream knows nothing. */
export const steadiness: readonly Scenario[] = [
  { name: 'one provider, overloaded for a while', client, over, play: overloaded },
  { name: 'one provider, 503 for a while', client, over, play: unavailable },
  { name: 'one provider, rate limited for a while', client, over, play: rateLimited },
  { name: 'the configuration changes in mid-session', client, over, play: reloaded },
  { name: 'the gateway is killed between two turns', client, over, play: killedBetween },
  { name: 'the gateway is killed in mid-answer', client, over, play: killedWithin },
];

/** Milliseconds that trouble lasts: less than in life, more than the gateway's own retries. */
const troubleMs = 6_000;

async function overloaded(stage: Stage): Promise<void> {
  await troubled(stage, stage.grammar.busy);
}

async function unavailable(stage: Stage): Promise<void> {
  await troubled(stage, { kind: 'status', status: 503, message: 'Service Unavailable', body: '<html>503</html>' });
}

async function rateLimited(stage: Stage): Promise<void> {
  const seconds = 2;
  const headers = { 'retry-after': String(seconds) };
  const world = await troubled(stage, { kind: 'status', status: 429, message: 'Slow down.', headers });
  const began = world.calls().map(({ request }) => request.startedAt);
  const waits = began.slice(1).map((at, index) => at - (began[index] ?? 0));
  const refused = world.calls().filter(({ request }) => request.status === 429).length;
  for (const wait of waits.slice(0, refused)) assert.ok(wait >= seconds * 1000, `it was asked again after ${wait} ms`);
}

/** Client and gateway together get through, and do not make it worse. */
async function troubled(stage: Stage, fault: Extract<Fault, { readonly kind: 'status' }>): Promise<World> {
  let well = Number.POSITIVE_INFINITY;
  const trouble = (): readonly Fault[] => {
    if (well === Number.POSITIVE_INFINITY) well = performance.now() + troubleMs;
    return performance.now() < well ? [fault] : [];
  };
  const told = await tell(stage, {
    script: scriptWith({}),
    first: { trouble },
    second: 'none',
    world: { steady: true, refusals: [fault.status] },
    errors: 'any',
  });
  const tries = told.world.calls().length - 3;
  const asked = 1 + retries(told.session).length;
  assert.ok(tries >= 2, 'nothing has failed');
  assert.ok(tries <= 3 * asked, `${tries} tries for ${asked} calls of the client`);
  return told.world;
}

/** A command that lasts until it is told to end. */
const gated = bash('one', 'touch waiting; until [ -e go ]; do sleep 0.05; done; ');

const gatedScript: Script = scriptWith({ calls: [gated] });

/** While the client's tool runs, and no call is under way. */
async function whileToolRuns(folder: string, work: () => Promise<void>): Promise<void> {
  await until('the tool runs', () => existsSync(path.join(folder, 'waiting')), 30_000);
  try {
    await work();
  } finally {
    writeFileSync(path.join(folder, 'go'), '');
  }
}

async function reloaded(stage: Stage): Promise<void> {
  const { world } = await tell(stage, {
    script: gatedScript,
    meanwhile: (world, folder) =>
      whileToolRuns(folder, async () => {
        await receiptsOf(world, 1);
        world.reconfigure(({ providers, models }) => ({
          providers: { spare: (providers as { readonly spare: unknown }).spare },
          models: Object.fromEntries(
            Object.keys(models as object).map((name) => [name, { to: `spare/${stage.grammar.model}` }]),
          ),
        }));
        await until('the gateway has the new configuration', () => /Configuration 2 serves/.test(world.log()));
      }),
  });
  assert.deepEqual([world.calls().length, world.spareCalls().length], [1, 2]);
}

async function killedBetween(stage: Stage): Promise<void> {
  const { world } = await tell(stage, {
    script: gatedScript,
    meanwhile: (world, folder) =>
      whileToolRuns(folder, async () => {
        await receiptsOf(world, 1);
        await world.restart();
      }),
  });
  assert.deepEqual([world.calls().length, world.spareCalls().length], [3, 0]);
}

/** What the client has heard half of it asks for anew. */
async function killedWithin(stage: Stage): Promise<void> {
  const { world } = await tell(stage, {
    script: scriptWith({}),
    first: { times: 1, faults: { 1: [{ kind: 'stall', at: { after: 'two' } }] } },
    errors: 'any',
    meanwhile: async (world) => {
      await until(
        'an answer stands still',
        () => world.calls().length === 2 && world.simulator.openStreams === 1,
        30_000,
      );
      await world.restart();
    },
  });
  assert.deepEqual([world.calls().length, world.spareCalls().length], [4, 0]);
}
