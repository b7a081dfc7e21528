import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { createTokenCounter, extractOf, type TokenCounter, type TokenCounterOptions } from './token-count.ts';
import type { CountedTokens } from './token-worker.ts';

const prose = 'Nothing is sent before an answer has begun; the gateway tries another provider (or says why not).\n';

function counterFor(t: TestContext, options: TokenCounterOptions = {}): TokenCounter {
  const counter = createTokenCounter({ timeoutMs: 60_000, ...options });
  t.after(() => counter.close());
  return counter;
}

function sumOf({ plain, other }: CountedTokens): number {
  return plain + other;
}

test('texts are counted as the tokenizer has it', async (t) => {
  const counter = counterFor(t);
  assert.deepEqual(await counter.count([]), { plain: 0, other: 0 });
  assert.deepEqual(await counter.count(['hello world', '']), { plain: 2, other: 0 });
  assert.deepEqual(await counter.count(['hello world', ' again']), { plain: 3, other: 0 });
  // Counted in pieces; each cut may cost a token.
  const long = prose.repeat(500);
  const { plain, other } = await counter.count([long]);
  assert.ok(Math.abs(plain - countTokens(long)) <= long.length / 500, String(plain));
  assert.equal(other, 0);
});

test('texts in other scripts are counted apart', async (t) => {
  const russian = 'Шлюз пробует другого поставщика (или говорит, почему нет). ';
  const counted = await counterFor(t).count([prose, russian, 'naïve café', '网关会尝试']);
  assert.deepEqual(counted, {
    plain: countTokens(prose) + countTokens('naïve café'),
    other: countTokens(russian) + countTokens('网关会尝试'),
  });
});

test('marks of the model in a text are text', async (t) => {
  const { plain } = await counterFor(t).count(['end with <|endoftext|> or <|im_end|>']);
  assert.ok(plain > 10, String(plain));
});

test('what would take too long is extrapolated', async (t) => {
  const counter = counterFor(t, { maxMs: 0 });
  const tokens = sumOf(await counter.count([prose.repeat(5000)]));
  const exact = countTokens(prose) * 5000;
  assert.ok(Math.abs(tokens - exact) / exact < 0.1, `${tokens}, not ${exact}`);
  // Hours if it were counted in one piece.
  const endless = sumOf(await counterFor(t, { maxMs: 10 }).count(['a'.repeat(1_000_000)]));
  assert.ok(Math.abs(endless - 125_000) < 1000, String(endless));
});

test('of a very long text parts are counted', async (t) => {
  const counter = counterFor(t, { maxMs: 50 });
  const tokens = sumOf(await counter.count([prose.repeat(100_000)]));
  const exact = countTokens(prose) * 100_000;
  assert.ok(Math.abs(tokens - exact) / exact < 0.1, `${tokens}, not ${exact}`);
});

test('many are counted at a time, but not any number', async (t) => {
  const counter = counterFor(t);
  const counts = await Promise.allSettled(Array.from({ length: 120 }, (_, i) => counter.count(['word'.repeat(i)])));
  assert.equal(counts.filter(({ status }) => status === 'fulfilled').length, 100);
  assert.deepEqual(counts[1], { status: 'fulfilled', value: { plain: 1, other: 0 } });
});

test('a thread that ends is told, and replaced', async (t) => {
  const threads: Worker[] = [];
  const note = (message: unknown): void => {
    threads.push((message as { readonly worker: Worker }).worker);
  };
  subscribe('worker_threads', note);
  t.after(() => unsubscribe('worker_threads', note));
  const counter = counterFor(t, { idleMs: 1 });
  const lost = assert.rejects(counter.count([prose]), /ended/);
  await threads[0]?.terminate();
  await lost;
  assert.ok(sumOf(await counter.count([prose])) > 0);
  assert.equal(threads.length, 2);
  await once(threads[1]!, 'exit');
  await assert.rejects(counterFor(t, { timeoutMs: 1 }).count([prose]), /too long/);
});

test('an extract has parts of all of it, and says how much it stands for', () => {
  const texts = ['a'.repeat(1000), 'b'.repeat(10), 'c'.repeat(2000)];
  assert.deepEqual(extractOf(texts, 5000, 100), { texts, scale: 1 });
  const { texts: parts, scale } = extractOf(texts, 600, 100);
  assert.deepEqual(
    parts.map((part) => `${part.length} ${part[0]}`),
    ['100 a', '100 a', '7 b', '100 c', '100 c', '100 c'],
  );
  assert.ok(Math.abs(scale - 3010 / 507) < 1e-9);
});
