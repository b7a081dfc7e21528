import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Cell, Judged } from './cells.ts';
import { startGateway } from './gateway.ts';
import { type Player, startPlayer } from './player.ts';
import { faults, page } from './report.ts';
import { playAll } from './suite.ts';

describe('every language against every other', () => {
  let player: Player;
  let gateway: Judged & { stop(): Promise<void> };
  let cells: readonly Cell[];

  before(async () => {
    player = await startPlayer();
    gateway = await startGateway(player.port);
    cells = await playAll(
      gateway,
      player,
      () => true,
      () => undefined,
    );
  });
  after(async () => {
    await gateway.stop();
    await player.close();
  });

  test('nothing goes wrong', () => {
    assert.ok(cells.length > 1000, `${cells.length} were played`);
    assert.equal(faults(cells), '');
  });

  test('docs/conformance.md is current (npm run conformance -- --write)', () => {
    const there = readFileSync(path.join(import.meta.dirname, '../docs/conformance.md'), 'utf8');
    assert.equal(there, page(cells));
  });
});
