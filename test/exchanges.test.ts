// What real providers have said, through a real gateway to every client's official SDK, and back again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './exchanges/aspects.ts';
import { exchanges } from './exchanges/exchange.ts';
import { type Open, open } from './exchanges/open.ts';
import { type Outcome, playAll } from './exchanges/outcome.ts';
import { startStage } from './exchanges/stage.ts';
import { absent } from './laws/recording.ts';

function openReason({ client, exchange }: Outcome, { aspect }: Fault): Open | undefined {
  return open.find(
    (one) =>
      one.aspect.test(aspect) &&
      one.exchange.test(exchange.name) &&
      (one.clients === undefined || one.clients.includes(client)),
  );
}

test('exchanges', async (t) => {
  if (absent !== false) t.diagnostic(absent);
  const outcomes = await playAll(await startStage(t), exchanges());
  const pairs = Object.groupBy(outcomes, ({ client, exchange }) => `a ${client} client of ${exchange.language}`);
  for (const [pair, had] of Object.entries(pairs)) {
    await t.test(pair, async (t) => {
      for (const aspect of new Set(had?.flatMap(({ aspects }) => aspects))) {
        const faults = (had ?? []).flatMap((outcome) =>
          outcome.faults
            .filter((fault) => fault.aspect === aspect && openReason(outcome, fault) === undefined)
            .map(({ expected, seen }) => ({ exchange: outcome.exchange.name, expected, seen })),
        );
        await t.test(aspect, () => assert.deepEqual(faults, []));
      }
    });
  }
  for (const one of open) {
    const faults = outcomes.flatMap((outcome) =>
      outcome.faults
        .filter((fault) => openReason(outcome, fault) === one)
        .map(({ aspect, expected, seen }) => ({
          exchange: outcome.exchange.name,
          client: outcome.client,
          aspect,
          expected,
          seen,
        })),
    );
    await t.test(one.reason, { todo: 'open' }, () => assert.deepEqual(faults, []));
  }
});
