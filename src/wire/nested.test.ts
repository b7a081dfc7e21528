import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BodyScan, NotJson } from './body-scan.ts';
import { NestedReader } from './nested.ts';
import { Pieces } from './pieces.ts';
import { scanBody } from './splice.ts';

const mark = 'dragomanSEAL';
const reader = new NestedReader();

/** Always the same numbers, from 0 to below `most`. */
function dice(seed: number): (most: number) => number {
  let state = seed * 2_654_435_761;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

const bits = ['\\', '\\\\', '\\"', '"', '{', '}', '[', ']', ',', ':', 'a', '\n', '→', '😀', mark, ' ', 'x'.repeat(50)];

function text(roll: (most: number) => number): string {
  const begin = roll(9) === 0 ? mark : '';
  const length = [0, 3, 20, 90, 500][roll(5)] as number;
  return begin + Array.from({ length: roll(length + 1) }, () => bits[roll(bits.length)]).join('');
}

function value(roll: (most: number) => number, depth: number): unknown {
  const kind = depth > 4 ? 0 : roll(5);
  if (kind === 0) return roll(3) === 0 ? roll(1000) : text(roll);
  const values = Array.from({ length: roll(6) }, () => value(roll, depth + 1));
  if (kind < 3) return values;
  return Object.fromEntries(values.map((each, i) => [roll(2) === 0 ? text(roll) : `f${i}`, each]));
}

function body(roll: (most: number) => number): string {
  const fields = ['messages', 'system', 'tools', 'input', 'other', 'model', 'stream', 'prompt_cache_key'];
  const told = fields.filter(() => roll(4) > 0).map((field) => [field, value(roll, 0)]);
  return JSON.stringify(Object.fromEntries(told), undefined, roll(3) === 0 ? 1 : 0);
}

/** The same bytes in pieces, some of them small. */
function cut(bytes: Buffer, roll: (most: number) => number): Pieces {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + roll([4, 30, 200, 5000, 100_000][roll(5)] as number);
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return new Pieces(pieces);
}

/** What a scan finds; `undefined` where it refuses the body. */
function scanned(pieces: Pieces, by: NestedReader | null): BodyScan | undefined {
  try {
    return scanBody(pieces, mark, by);
  } catch (error) {
    assert.ok(error instanceof NotJson, String(error));
    return undefined;
  }
}

test('nested values are gone through by vectors as they are from quote to quote, however they are cut', () => {
  const seen = { turns: 0, longs: 0, marked: 0 };
  for (let seed = 1; seed <= 600; seed++) {
    const roll = dice(seed);
    const bytes = Buffer.from(body(roll));
    const pieces = cut(bytes, roll);
    const found = scanned(pieces, reader);
    assert.deepEqual(found, scanned(new Pieces([bytes]), null), `seed ${seed}`);
    assert.deepEqual(found, scanned(pieces, null), `seed ${seed}`);
    seen.turns += found?.turns ?? 0;
    seen.longs += found?.longStrings.length ?? 0;
    seen.marked += found?.marked === true ? 1 : 0;
  }
  assert.ok(seen.turns > 500 && seen.longs > 50 && seen.marked > 50, JSON.stringify(seen));
});

test('what is damaged is refused by both, or understood by both as the same', () => {
  const bytes = Buffer.from('"\\{}[],: a');
  let refused = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const roll = dice(seed);
    const damaged = Buffer.from(body(roll));
    for (let i = roll(3); i >= 0; i--) damaged[roll(damaged.length)] = bytes[roll(bytes.length)] as number;
    const pieces = cut(damaged, roll);
    const found = scanned(pieces, reader);
    assert.deepEqual(found, scanned(pieces, null), `seed ${seed}`);
    if (found === undefined) refused += 1;
  }
  assert.ok(refused > 300, String(refused));
});

test('rows of backslashes end where they end, at each place of 64', () => {
  for (let before = 0; before < 70; before++) {
    for (let slashes = 0; slashes < 9; slashes++) {
      const said = `${'.'.repeat(before)}${'\\'.repeat(slashes)}"]`;
      const bytes = Buffer.from(`{"a":[${JSON.stringify(said)}],"model":"m"}`);
      for (const at of [bytes.length, 20 + before]) {
        const pieces = new Pieces([bytes.subarray(0, at), bytes.subarray(at)]);
        assert.equal(scanBody(pieces, mark, reader).model, 'm', `${before}, ${slashes}`);
      }
    }
  }
});

test('a backslash outside of strings is named with its place', () => {
  for (const by of [reader, null]) {
    assert.throws(() => scanBody(Pieces.ofText('{"a":[1,\\"b"]}'), mark, by), { at: 8, message: /backslash outside/i });
  }
});

test('a large body is read by vectors where nobody says how', () => {
  const large = Pieces.ofText(JSON.stringify({ model: 'm', messages: [{ content: 'a long text '.repeat(6000) }] }));
  assert.deepEqual(scanBody(large, mark), scanBody(large, mark, reader));
  assert.deepEqual(scanBody(large, 'short'), scanBody(large, 'short', null));
});
