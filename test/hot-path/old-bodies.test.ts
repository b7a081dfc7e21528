// Bodies that have grown old are given back step by step, and no sweep ends that at once (docs/decisions/0023-collecting-under-load.md).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sweeper } from '../../src/cli/sweeper.ts';
import { ownHeap } from '../../src/cli/tidy.ts';
import { majorCollections } from './collections.ts';

test('where bodies grow old V8 collects them step by step between the sweeps', async (t) => {
  const collections = majorCollections();
  t.after(() => collections.stop());
  const sweeper = new Sweeper(ownHeap);
  const bodies: Buffer[] = [];
  for (let i = 0; i < 16; i++) {
    bodies.push(Buffer.alloc(8 * 1024 * 1024));
    sweeper.sweep();
    await sleep(1);
  }
  await collections.come(1);
  assert.ok(collections.count > 0, 'what has come of it was made at once');
  assert.equal(bodies.length, 16);
});
