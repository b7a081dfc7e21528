import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bar, bars, grown, judge, perStream, slope, type Verdict } from './bars.ts';
import type { Memory, Run, Sample } from './run.ts';
import { lanes, settings } from './scenario.ts';

const machine = {
  cores: 2,
  processor: 'one of them',
  platform: 'linux x64',
  node: '26.0.0',
  date: '2026-01-01',
  loadBefore: 0,
  loadAfter: 0,
  spin: { median: 1, least: 1, most: 1 },
};
const empty: Run = {
  machine,
  rounds: 3,
  seconds: 1,
  participants: [{ name: 'portkey', absent: 'it is not installed\nand more' }],
  notes: [],
  measured: [],
  yardstick: [],
  memory: { missing: 'no memory' },
  coldStart: { missing: 'no starts' },
  workers: { missing: 'no workers' },
};

function sample(change: Partial<Sample>): Sample {
  return { unitsPerSecond: 1, p50: 10, p99: 20, firstByte: 5, span: 0, cpu: 10, upstreamCpu: 1, loadCpu: 1, ...change };
}

function measured(contestant: string, lane: string, setting: string, changes: readonly Partial<Sample>[]) {
  return { contestant, lane, setting, samples: changes.map(sample) };
}

const memory: Memory = {
  contestant: 'dragoman',
  lane: 'Messages > Messages',
  cold: 50_000,
  idle: 100_000,
  open: [
    { streams: 1000, kib: 110_000 },
    { streams: 5000, kib: 200_000 },
  ],
  closed: 105_000,
};

function verdictOf(run: Run, what: string): Verdict {
  const found = judge(run).find(({ bar }) => bar.what === what);
  assert.ok(found, `there is no bar "${what}"`);
  return found;
}

test('every bar that cannot be measured says why', () => {
  for (const { value, met, bar } of judge(empty)) {
    assert.equal(met, undefined, bar.what);
    assert.ok(typeof value !== 'number' && value.missing.length > 0, bar.what);
  }
});

test('the reason of who is absent is told in a line', () => {
  const run = { ...empty, measured: [measured('dragoman', 'chat > Messages', 'burst small 16', [{}])] };
  const { value } = verdictOf(run, 'chat > Messages: CPU an event, bursts, of portkey against ours');
  assert.deepEqual(value, { missing: 'portkey: it is not installed' });
});

test('every setting and lane that a bar names is measured', () => {
  const yardsticks = ['direct', 'nginx', 'dragoman'];
  const peers = ['portkey', 'claude-code-router', 'litellm', 'bifrost'];
  const all = settings.flatMap((setting) =>
    lanes
      .filter(({ name }) => setting.lanes === undefined || setting.lanes.includes(name))
      .flatMap(({ name }) =>
        [...yardsticks, ...(setting.withoutPeers ? [] : peers)].map((contestant) =>
          measured(contestant, name, setting.name, [
            { p50: contestant === 'direct' ? 1 : 2, p99: contestant === 'direct' ? 1 : 2 },
          ]),
        ),
      ),
  );
  const verdicts = judge({ ...empty, measured: all, yardstick: [1] });
  const missing = verdicts.filter(({ bar, met }) => met === undefined && !['memory', 'cold start'].includes(bar.group));
  assert.deepEqual(missing, []);
});

test('a ratio is the median of the ratios within a round', () => {
  const setting = 'whole small 16';
  const run: Run = {
    ...empty,
    measured: [
      measured('dragoman', 'Messages > Messages', setting, [{ cpu: 20 }, { cpu: 90 }, { cpu: 29 }]),
      measured('nginx', 'Messages > Messages', setting, [{ cpu: 10 }, { cpu: 10 }, { cpu: 10 }]),
    ],
  };
  const { value, met } = verdictOf(run, 'CPU a request against nginx, 2 KB, 16 connections');
  assert.equal(value, 2.9);
  assert.equal(met, true);
});

test('a limit is met exactly at it, and "above" is not', () => {
  const of = (side: Bar['side'], value: number): boolean | undefined =>
    judge(empty, [{ group: '', what: '', limit: 3, side, unit: 'x', value: () => value }])[0]?.met;
  assert.deepEqual([of('at most', 3), of('at most', 3.01)], [true, false]);
  assert.deepEqual([of('at least', 3), of('at least', 2.99)], [true, false]);
  assert.deepEqual([of('above', 3.01), of('above', 3)], [true, false]);
});

test('added latency is compared after the direct call is taken off, round by round', () => {
  const setting = 'whole small 1';
  const lane = 'Messages > Messages';
  const run: Run = {
    ...empty,
    measured: [
      measured('direct', lane, setting, [{ p50: 10 }, { p50: 20 }]),
      measured('nginx', lane, setting, [{ p50: 60 }, { p50: 70 }]),
      measured('dragoman', lane, setting, [{ p50: 85 }, { p50: 145 }]),
    ],
  };
  const { value, met } = verdictOf(run, 'added p50 against nginx, 2 KB, 1 connection');
  assert.equal(value, 2);
  assert.equal(met, true);
});

test('what translating costs above passing on is counted in parses of the same round', () => {
  const setting = 'whole large 16';
  const run: Run = {
    ...empty,
    yardstick: [100, 200],
    measured: [
      measured('dragoman', 'Messages > Messages', setting, [{ cpu: 50 }, { cpu: 100 }]),
      measured('dragoman', 'Messages > chat', setting, [{ cpu: 150 }, { cpu: 500 }]),
    ],
  };
  const what =
    'Messages > chat: CPU a request above own pass-through, against JSON.parse + JSON.stringify, 200 KB, 16 connections';
  assert.equal(verdictOf(run, what).value, 1.5);
});

test('the least of all lanes decides who is ahead', () => {
  const setting = 'whole small 16';
  const run: Run = {
    ...empty,
    measured: [
      measured('dragoman', 'Messages > Messages', setting, [{ cpu: 10 }]),
      measured('bifrost', 'Messages > Messages', setting, [{ cpu: 50 }]),
      measured('dragoman', 'chat > chat', setting, [{ cpu: 10 }]),
      measured('bifrost', 'chat > chat', setting, [{ cpu: 9 }]),
    ],
  };
  const what = 'CPU a request of bifrost against ours, 2 KB, 16 connections, the least of all lanes';
  const { value, met } = verdictOf(run, what);
  assert.equal(value, 0.9);
  assert.equal(met, false);
});

test('an open stream is counted over idle, or over the first streams where that is more', () => {
  assert.equal(perStream(memory), 22.5);
  assert.equal(perStream({ ...memory, idle: 0 }), 40);
  assert.equal(perStream({ ...memory, open: [{ streams: 1000, kib: 110_000 }] }), 10);
  const fallen = { ...memory, open: [{ streams: 1000, kib: 90_000 }] };
  assert.ok(typeof perStream(fallen) === 'object', 'less memory than before is no proof that a stream costs nothing');
  assert.deepEqual(perStream({ ...memory, open: [] }), { missing: 'no streams were opened' });
});

test('growth is what the line through the samples rises, in percent of idle', () => {
  const growth = [1, 2, 3, 4, 5].map((step) => ({ requests: step * 20_000, kib: 100_000 + step * 2000 }));
  assert.equal(slope(growth), 0.1);
  assert.equal(grown({ ...memory, growth }), 8);
  assert.deepEqual(grown(memory), { missing: 'growth was not measured' });
});

test('memory after the load is compared to idle', () => {
  const run: Run = { ...empty, memory: [{ ...memory, closed: 110_000, after: 111_000 }] };
  assert.equal(verdictOf(run, 'above idle, after the streams were closed').met, true);
  assert.equal(verdictOf(run, 'above idle, after 100,000 requests').met, false);
});

test('a cold start is the median of the later ones', () => {
  const coldStart = [{ from: 'package', first: 900, later: [140, 149, 300] }] as const;
  const what = 'from the start of the process to its first answer, from the built package';
  assert.deepEqual(verdictOf({ ...empty, coldStart }, what).value, 149);
});

test('no two bars have the same words', () => {
  const words = bars.map(({ group, what }) => `${group}: ${what}`);
  assert.equal(new Set(words).size, words.length);
});
