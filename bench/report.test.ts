import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawChart } from './chart.ts';
import { drawRun } from './charts.ts';
import { generated, replaced } from './page.ts';
import { formatRun } from './report.ts';
import type { Run, Sample } from './run.ts';
import { formatNumber, formatTable, markdownTable } from './table.ts';

const sample: Sample = {
  unitsPerSecond: 1000,
  p50: 50,
  p99: 90,
  firstByte: 40,
  span: 0,
  cpu: 30,
  upstreamCpu: 2,
  loadCpu: 3,
};
const lane = 'Messages > Messages';
const setting = 'whole small 16';
const run: Run = {
  machine: {
    cores: 2,
    processor: 'a <fast> one',
    platform: 'linux x64',
    node: '26.0.0',
    date: '2026-01-01',
    loadBefore: 0.5,
    loadAfter: 1,
    spin: { median: 2, least: 1, most: 3 },
  },
  rounds: 1,
  seconds: 60,
  participants: [
    { name: 'nginx', version: '1.22.1' },
    { name: 'bifrost', absent: 'it is not installed\n{"log":1}' },
  ],
  notes: [],
  measured: [
    { contestant: 'direct', lane, setting, samples: [{ ...sample, p50: 10, cpu: 2 }] },
    { contestant: 'nginx', lane, setting, samples: [{ ...sample, cpu: 12 }] },
    { contestant: 'dragoman', lane, setting, samples: [sample] },
  ],
  yardstick: [400],
  memory: [
    {
      contestant: 'dragoman',
      lane,
      cold: 51_200,
      idle: 102_400,
      open: [{ streams: 1000, kib: 112_640 }],
      closed: 102_400,
    },
  ],
  coldStart: { missing: 'there is no npm' },
  workers: [
    { workers: 1, perSecond: [100, 100], cpu: [9, 9] },
    { workers: 2, perSecond: [150, 170], cpu: [9, 9] },
  ],
};

test('a run is a page of text with ratios, bars and reasons', () => {
  const text = formatRun(run);
  assert.match(text, /dragoman, Messages > Messages +30\.0 +2\.50x/);
  assert.match(text, /direct, Messages > Messages +\(2\.00\)/);
  assert.match(text, /CPU a request against nginx, 2 KB, 16 connections +<= 3x +2\.50x +met/);
  assert.match(text, /COLD START: not measured \(there is no npm\)/);
  assert.match(text, /^2 +160 +1\.60x/m);
  assert.match(text, /bifrost did not take part: it is not installed\n/);
  assert.doesNotMatch(text, /"log"|NaN|undefined/);
});

test('the page takes figures between its marks only', () => {
  const marks = replaced(
    'before\n<!-- What follows is written by npm run bench -- --docs. -->\nold\n<!-- What stands above is written by npm run bench -- --docs. -->\nafter\n',
    'new',
  );
  assert.match(marks, /^before\n<!--[^>]*-->\n\nnew\n\n<!--[^>]*-->\nafter\n$/);
  assert.throws(() => replaced('no marks', 'new'), /lost the marks/);
});

test('the generated part shows every picture, bars and figures', () => {
  const drawings = drawRun(run);
  const text = generated(run, drawings);
  for (const { file } of drawings) assert.ok(text.includes(`](performance/${file})`));
  assert.match(text, /## What is not met\n\nEvery bar that could be measured is met\./);
  assert.match(text, /\| CPU a request against nginx, 2 KB, 16 connections \| <= 3x \| 2\.50x \| met \|/);
});

test('pictures are drawn of what was measured, and of nothing else', () => {
  assert.deepEqual(
    drawRun(run).map(({ file }) => file),
    ['cpu-per-request.svg', 'memory.svg'],
  );
  assert.deepEqual(drawRun({ ...run, measured: [], memory: { missing: '' } }), []);
});

test('a chart escapes its words and keeps its bars inside', () => {
  const bars = [1, 10, 1000].map((value) => ({ label: 'a < b', value, shown: String(value), kind: 'own' as const }));
  for (const logarithmic of [true, false]) {
    const svg = drawChart({ title: 'A & B', about: 'all', panels: [{ title: 'one', bars }], logarithmic });
    assert.ok(svg.includes('A &amp; B') && svg.includes('a &lt; b'));
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    const ends = [...svg.matchAll(/class="own" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(
      ([, x, width]) => Number(x) + Number(width),
    );
    assert.equal(ends.length, 3);
    assert.ok(Math.max(...ends) <= 960 - 24 - 62, 'a figure stands behind its bar');
    assert.deepEqual(
      ends,
      ends.toSorted((a, b) => a - b),
    );
  }
});

test('a table is aligned for terminals, and escaped for Markdown', () => {
  const table = { title: 'what', header: ['n'], rows: ['group', ['a|b', '1'], ['c', '100']] };
  assert.equal(formatTable(table), 'what    n\n─────────\n\ngroup\na|b     1\nc     100');
  assert.match(
    markdownTable(table),
    /^\| what \| n \|\n\| --- \| ---: \|\n\| \*\*group\*\* \| {2}\|\n\| a\\\|b \| 1 \|/,
  );
});

test('numbers have as many digits as they are worth', () => {
  assert.deepEqual([12_345.6, 123.4, 12.34, 1.234, undefined, Number.NaN].map(formatNumber), [
    '12,346',
    '123',
    '12.3',
    '1.23',
    '-',
    '-',
  ]);
});
