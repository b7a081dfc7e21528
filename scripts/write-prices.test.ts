import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { calcPrice, waitForUpdate } from '@pydantic/genai-prices';
import { createPrices } from '../src/policy/prices.ts';
import { pricesUrl, priceTable } from './write-prices.ts';

test('src/policy/prices.json is current (node scripts/run.mjs scripts/write-prices.ts)', async () => {
  const text = readFileSync(pricesUrl, 'utf8');
  assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(await priceTable())));
  assert.ok(text.length < 400_000, `${text.length} bytes`);
});

test('a call costs what the source of the table says, at any length and time', async () => {
  const { providers } = await priceTable();
  let compared = 0;
  const wrong: string[] = [];
  for (const timestamp of ['2026-10-01T12:00:00Z', '2026-10-01T02:00:00Z', '2027-02-01T20:00:00Z']) {
    const at = new Date(timestamp);
    const prices = createPrices({}, () => at);
    for (const { id: kind, models } of (await waitForUpdate()) ?? []) {
      if (providers[kind] === undefined) continue;
      for (const { id: model } of models) {
        for (const input of [1000, 250_000, 900_000]) {
          const tokens = { input_tokens: input + 500, cache_read_tokens: 500, output_tokens: 2000 };
          const theirs = calcPrice(tokens, model, { providerId: kind, timestamp: at });
          const { input_mtok: a, output_mtok: b, cache_read_mtok: c, requests_kcount: d } = theirs?.model_price ?? {};
          // They take what has no price as free; here nothing is known then. Nobody else has prices of requests.
          if (theirs === null || a === undefined || b === undefined || c === undefined || d !== undefined) continue;
          compared += 1;
          const cost = prices.costOf({ kind, model, usage: { input, cacheRead: 500, output: 2000 } });
          const expected = theirs.total_price;
          const isRight = cost !== undefined && Math.abs(cost - expected) <= expected * 1e-9;
          if (!isRight) wrong.push(`${kind} ${model}: ${cost}, not ${expected}`);
        }
      }
    }
  }
  assert.ok(compared > 3000, String(compared));
  assert.deepEqual(wrong, []);
});
