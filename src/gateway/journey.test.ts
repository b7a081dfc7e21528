import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../policy/plan.ts';
import type { TargetHealth } from '../policy/target-health.ts';
import type { Call } from './call.ts';
import type { Gateway } from './gateway.ts';
import { Journey } from './journey.ts';

const plan: Plan = {
  targets: [{ provider: 'one', model: 'm', strict: false }],
  strategy: 'ordered',
  sticky: false,
  onCut: 'error',
};

test('a target that was asked is let go of once, whatever happens', () => {
  const told: string[] = [];
  const health = {
    admits: () => true,
    began: () => told.push('began'),
    left: () => told.push('left'),
  } as unknown as TargetHealth;
  const gateway = {
    health: { of: () => health },
    retries: { budget: { earn: () => undefined } },
  } as unknown as Gateway;
  const call = { record: {}, began: 0 } as unknown as Call;

  const failed = new Journey(gateway, { call }, plan);
  failed.begin();
  failed.leave();
  failed.leave();
  assert.deepEqual(told, ['began', 'left']);

  told.length = 0;
  const left = new Journey(gateway, { call }, plan);
  left.begin();
  assert.equal(left.hasFailed({ delivered: true, unanswered: true }), false);
  left.leave();
  assert.deepEqual(told, ['began', 'left']);
});
