import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { configSchema } from './schema.ts';

test('a schema compiles no checker for itself: checking once takes less time than that', (t) => {
  const compiled = t.mock.method(globalThis, 'Function');
  const providers = { p: { speaks: 'anthropic', base_url: 'http://127.0.0.1:9', api_key: 'k' } };
  assert.ok(configSchema.safeParse({ providers, models: { m: { to: 'p/m' } } }).success);
  assert.equal(compiled.mock.callCount(), 0);
  assert.equal(z.config().jitless, true);
});
