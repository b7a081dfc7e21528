// What real providers have said, through a real gateway to every client's official SDK, and back again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './exchanges/aspects.ts';
import { exchanges } from './exchanges/exchange.ts';
import { excused, type Known, open } from './exchanges/open.ts';
import { type Outcome, playAll } from './exchanges/outcome.ts';
import { startStage } from './exchanges/stage.ts';
import { absent } from './laws/recording.ts';

/** A fault, and whose. */
type Found = Fault & { readonly outcome: Outcome };

function isKnown({ outcome: { client, exchange }, aspect }: Found, { aspect: aspects, ...known }: Known): boolean {
  const isClient = known.clients === undefined || known.clients.includes(client);
  return isClient && aspects.test(aspect) && known.exchange.test(exchange.name);
}

const told = ({ outcome, aspect, expected, seen }: Found): object => {
  return { exchange: outcome.exchange.name, client: outcome.client, aspect, expected, seen };
};

test('exchanges', async (t) => {
  if (absent !== false) t.diagnostic(`only those written for this test: ${absent}`);
  const outcomes = await playAll(await startStage(t), exchanges());
  const found = outcomes.flatMap((outcome) => outcome.faults.map((fault): Found => ({ ...fault, outcome })));
  const unknown = found.filter((fault) => ![...open, ...excused].some((known) => isKnown(fault, known)));
  const pairs = Object.groupBy(outcomes, ({ client, exchange }) => `a ${client} client of ${exchange.language}`);
  for (const [pair, had] of Object.entries(pairs)) {
    await t.test(pair, async (t) => {
      for (const aspect of new Set(had?.flatMap(({ aspects }) => aspects))) {
        const faults = unknown.filter((fault) => fault.aspect === aspect && had?.includes(fault.outcome));
        await t.test(aspect, () => assert.deepEqual(faults.map(told), []));
      }
    });
  }
  for (const known of open) {
    const faults = found.filter((fault) => isKnown(fault, known));
    await t.test(known.reason, { todo: 'open' }, () => assert.deepEqual(faults.map(told), []));
  }
});
