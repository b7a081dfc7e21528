// What one more event and one more call cost on the ways that matter most, as counts. A parse, a copy or a promise that
// has crept in fails here, however fast or busy the machine is.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import v8 from 'node:v8';
import type { Allocation } from './allocation.ts';
import { type Bounds, excessesOf, type Lengths } from './bound.ts';
import { allocated, streamOnce } from './bounds.ts';
import { type Counts, counting, eachOf } from './counting.ts';
import { type Lane, streamLanes, ways, wholeLanes } from './lanes.ts';
import { openLoopback } from './loopback.ts';
import { openStage, type Scene } from './stage.ts';

/** Where to look, by how the bytes are carried. */
const look: { readonly [carriage: string]: readonly string[] } = {
  passed: ['src/gateway/passage.ts', 'src/gateway/delivery.ts', 'src/wire/sse.ts', 'src/wire/frame-form.ts'],
  translated: ['src/gateway/translate.ts', 'src/gateway/delivery.ts', 'src/wire/sse.ts', 'src/wire/frame-form.ts'],
  whole: ['src/gateway/exchange.ts', 'src/gateway/attempt.ts', 'src/gateway/outgoing.ts', 'src/wire/splice.ts'],
  sockets: ['src/server/routes.ts', 'src/server/body.ts', 'src/server/http1/', 'src/upstream/http1/'],
};

const root = join(import.meta.dirname, '../..');

const fewCalls = 5;
const manyCalls = 25;
const fewEvents = 40;
const manyEvents = 440;

type Play = (scene: Scene) => Promise<unknown>;

async function countCalls(play: Play, lane: Lane): Promise<Counts> {
  const scene = lane.scene(0);
  const several = (calls: number): Promise<Counts> =>
    counting(async () => {
      for (let i = 0; i < calls; i++) await play(scene);
    });
  await several(fewCalls);
  return eachOf(await several(fewCalls), await several(manyCalls), manyCalls - fewCalls);
}

/** What one more event costs, and what a stream costs that has hardly any. */
async function countEvents(play: Play, lane: Lane): Promise<{ readonly event: Counts; readonly once: Counts }> {
  const [short, long] = [lane.scene(fewEvents), lane.scene(manyEvents)];
  const stream = (scene: Scene): Promise<Counts> => counting(async () => void (await play(scene)));
  await stream(short);
  const less = await stream(short);
  const event = eachOf(less, await stream(long), manyEvents - fewEvents);
  const once = Object.entries(less).map(([name, sum]) => [name, sum - fewEvents * event[name as keyof Counts]]);
  return { event, once: Object.fromEntries(once) as Counts };
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function lengthsOf({ request, answer: { reads } }: Scene, frames = 1): Lengths {
  return { request: lengthOf(request), answer: lengthOf(reads) / frames };
}

function within(
  counts: Counts,
  bounds: Partial<Bounds>,
  lengths: Lengths,
  { client, provider, name }: Lane,
  unit: string,
  places: readonly string[],
): void {
  const lane = `${client} > ${provider}, ${name}`;
  assert.deepEqual(excessesOf(counts, bounds, lengths, { lane, unit, look: places.join(', ') }), []);
}

for (const way of ways) {
  describe(`${way.client} > ${way.provider}`, () => {
    for (const lane of wholeLanes(way)) {
      test(`${lane.name}: what a call costs`, async () => {
        const stage = await openStage(lane.provider);
        try {
          const { record, left, bytes } = await stage.play(lane.scene(0), true);
          assert.equal(record.carriage, lane.carriage);
          const { reads } = lane.scene(0).answer;
          if (lane.carriage === 'passed') assert.ok(Buffer.concat(bytes).equals(Buffer.concat(reads)), 'other bytes');
          assert.ok(left > 0.9 * lengthOf(reads), 'the answer did not arrive');
          const counts = await countCalls(stage.play, lane);
          within(counts, lane.bounds, lengthsOf(lane.scene(0)), lane, 'a call', look['whole'] ?? []);
        } finally {
          await stage.close();
        }
      });
    }

    for (const lane of streamLanes(way)) {
      test(`${lane.name}: what an event costs`, async () => {
        const stage = await openStage(lane.provider);
        try {
          const scene = lane.scene(fewEvents);
          const { record, left, bytes } = await stage.play(scene, true);
          assert.equal(record.carriage, lane.carriage);
          assert.deepEqual(record.mends, []);
          // A translator that has taken over would write other bytes.
          if (lane.carriage === 'passed')
            assert.ok(Buffer.concat(bytes).equals(Buffer.concat(scene.answer.reads)), 'other bytes');
          assert.ok(left > 0.5 * lengthOf(scene.answer.reads), 'the answer did not arrive');
          // What passes was counted when it came; what is made is made in pieces, and then in one.
          assert.equal(
            stage.made(),
            lane.carriage === 'passed' ? 0 : 2 * left,
            'what is made counts for collecting garbage',
          );
          const { event, once } = await countEvents(stage.play, lane);
          const places = look[lane.carriage] ?? [];
          within(event, lane.bounds, lengthsOf(lane.scene(manyEvents), manyEvents), lane, 'an event', places);
          within(once, streamOnce, lengthsOf(scene), lane, 'a stream, beside its events', places);
        } finally {
          await stage.close();
        }
      });
    }

    test('over sockets: what a call and an event cost', async () => {
      const loopback = await openLoopback(way.provider);
      try {
        for (const lane of wholeLanes(way)) {
          const counts = await countCalls(loopback.call, lane);
          assert.equal(loopback.carriage(), lane.carriage);
          const bounds = { ...lane.bounds, ...lane.overSockets };
          within(counts, bounds, lengthsOf(lane.scene(0)), lane, 'a call over sockets', look['sockets'] ?? []);
        }
        const [lane] = streamLanes(way);
        assert.ok(lane);
        const { event } = await countEvents(loopback.call, lane);
        assert.equal(loopback.carriage(), lane.carriage);
        const lengths = lengthsOf(lane.scene(manyEvents), manyEvents);
        const bounds = { ...lane.bounds, ...lane.overSockets };
        within(event, bounds, lengths, lane, 'an event over sockets', look['sockets'] ?? []);
      } finally {
        await loopback.close();
      }
    });
  });
}

const isToldByV8 = 'total_allocated_bytes' in v8.getHeapStatistics();

const unitsSaid = { event: 'for each event', call: 'for each call', kept: 'held behind each call' } as const;
const advice = {
  event: `Look at what was added to ${look['translated']?.join(', ')}`,
  call: `Look at what was added to ${look['whole']?.join(', ')}`,
  // It takes them for methods of classes made in the old way.
  kept: 'Look for a function literal that is assigned to a property, since V8 makes those in the old generation',
} as const;

test('what an event and a call allocate, and what is held of a call that is over', {
  skip: !isToldByV8 && 'this Node does not tell what it allocates',
}, async () => {
  const program = join(import.meta.dirname, 'allocation.ts');
  const flags = ['--expose-gc', '--no-opt', '--no-maglev', '--no-sparkplug'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  const found = JSON.parse(stdout) as Allocation;
  assert.deepEqual(Object.keys(found), Object.keys(allocated));
  for (const [way, most] of Object.entries(allocated)) {
    for (const unit of ['event', 'call', 'kept'] as const) {
      const bytes = found[way]?.[unit] ?? Number.NaN;
      assert.ok(
        bytes <= most[unit],
        `${way}: ${bytes} bytes of heap ${unitsSaid[unit]}, ${most[unit]} allowed. ${advice[unit]}; if it has to be, change the bound in test/hot-path/bounds.ts.`,
      );
      // A bound that has become loose catches nothing.
      assert.ok(
        bytes > most[unit] / 4,
        `${way}: ${bytes} bytes ${unitsSaid[unit]} is far below the bound of ${most[unit]}`,
      );
    }
  }
});

test('the places that a failure names are there', () => {
  for (const place of Object.values(look).flat()) assert.ok(existsSync(join(root, place)), place);
});
