import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CpuTime, cpuBetween } from './proc.ts';

function time(threads: { readonly [id: string]: number }, ticks: number): CpuTime {
  return { threads: new Map(Object.entries(threads)), ticks };
}

test('CPU time is exact while every thread lives', () => {
  assert.equal(cpuBetween(time({ 1: 100, 2: 50 }, 7), time({ 1: 180, 2: 70 }, 7)), 100);
});

test('a thread that came counts whole', () => {
  assert.equal(cpuBetween(time({ 1: 100 }, 7), time({ 1: 150, 2: 25 }, 7)), 75);
});

test('where a thread has ended, ticks decide, and never a sum without it', () => {
  assert.equal(cpuBetween(time({ 1: 100, 2: 5_000_000 }, 7), time({ 1: 150 }, 12)), 50_000);
});

test('threads that nobody saw are in the ticks', () => {
  assert.equal(cpuBetween(time({ 1: 0 }, 0), time({ 1: 1000 }, 50)), 480_000);
});

test('where nothing is told, nothing is known', () => {
  assert.equal(cpuBetween(undefined, time({}, 0)), undefined);
});
