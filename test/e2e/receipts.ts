import assert from 'node:assert/strict';
import { until } from '../gateway-process.ts';
import { type Json, jsonIn, objectIn, objectsIn } from './json.ts';
import type { World } from './stage.ts';

/** What the gateway has written to its log of each call for an answer, oldest first. */
export class Receipts {
  readonly records: readonly Json[];

  constructor(records: readonly Json[]) {
    this.records = records;
  }

  /** Places where one provider went on with another one's answer. */
  get seams(): readonly Json[] {
    return this.records.flatMap(({ seams }) => objectsIn(seams));
  }

  /** Tries that failed, so that others followed. */
  get failures(): readonly Json[] {
    return this.records.flatMap(({ failures }) => objectsIn(failures));
  }

  /** Errors that clients were told of. */
  get errors(): readonly unknown[] {
    return this.records.flatMap(({ error }) => error ?? []);
  }

  /** Tokens that were counted, of one sort. */
  tokens(sort: 'input' | 'output'): number {
    return this.records.reduce((sum, { usage }) => sum + Number(objectIn(usage)[sort] ?? 0), 0);
  }
}

/** The receipts of a gateway, once there are so many: its log is written some times a second. */
export async function receiptsOf(world: World, least: number): Promise<Receipts> {
  const records = (): Json[] =>
    world
      .log()
      .split('\n')
      .map((line) => objectIn(objectIn(jsonIn(line))['call']))
      .filter(({ id }) => id !== undefined);
  await until(`${least} receipts in the log`, () => records().length >= least);
  const found = records();
  for (const record of found) assert.equal(typeof record['status'], 'number');
  return new Receipts(found);
}
