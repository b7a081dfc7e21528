import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishCircuitChange } from './circuit-change.ts';
import { logHealth } from './health-log.ts';
import type { Log } from './log.ts';
import { sharingChanges } from './sharing-change.ts';

test('what is left alone and what is well again is logged, and no more after the end', () => {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (...args: readonly unknown[]): void => {
      lines.push(`${level}: ${String(args.at(-1))}`);
    };
  const log = { warn: at('warn'), info: at('info'), debug: at('debug') } as unknown as Log;
  const stop = logHealth(log);
  const change = { scope: 'model:a/m', why: 'overloaded', at: 1 } as const;
  publishCircuitChange({ ...change, from: 'closed', to: 'open', restMs: 7400 });
  publishCircuitChange({ ...change, from: 'open', to: 'half_open' });
  publishCircuitChange({ ...change, from: 'half_open', to: 'closed' });
  sharingChanges.publish({ connected: false, why: 'connect ECONNREFUSED' });
  sharingChanges.publish({ connected: true, why: '' });
  stop();
  publishCircuitChange({ ...change, from: 'closed', to: 'open', restMs: 1 });
  sharingChanges.publish({ connected: false, why: '' });
  assert.deepEqual(lines, [
    'warn: model:a/m is left alone for 7 s: overloaded',
    'debug: model:a/m is tried again',
    'info: model:a/m is well again',
    'warn: Redis is not there, each gateway goes by what it sees itself: connect ECONNREFUSED',
    'info: Redis is there: what is found of providers is shared',
  ]);
});
