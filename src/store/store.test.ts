import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, mock, test } from 'node:test';
import type { DocumentStore } from './document-store.ts';
import { MemoryStore } from './memory-store.ts';
import { SqliteStore } from './sqlite-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'dragoman-store-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const stores: { readonly [name: string]: () => DocumentStore } = {
  'in memory': () => new MemoryStore(10_000),
  'in a file': () => new SqliteStore(join(folder, `${Math.random()}`, 'some.db')),
};

test('a file that may not grow keeps what came last, and nothing that has no room in it', (t) => {
  const file = join(folder, 'bounded', 'some.db');
  const store = new SqliteStore(file, { most: 500_000 });
  t.after(() => store.close());
  const text = 'x'.repeat(20_000);
  for (let n = 0; n < 100; n++) store.put(`n${n}`, text, 100_000 + n);
  assert.equal(store.get('n99'), text);
  assert.equal(store.get('n90'), text);
  assert.equal(store.get('n0'), undefined);
  assert.ok(statSync(file).size <= 500_000);
  store.put('n99', 'x'.repeat(500_000), 100_000);
  assert.equal(store.get('n99'), undefined);
  assert.equal(store.get('n98'), text);
});

for (const [name, create] of Object.entries(stores)) {
  describe(`a store ${name}`, () => {
    test('gives back what was put in, the latest, until it is deleted', (t) => {
      const store = create();
      t.after(() => store.close());
      assert.equal(store.get('a'), undefined);
      store.put('a', '{"n":1}', 1000);
      store.put('a', '{"n":2}', 1000);
      store.put('b', 'ü', 1000);
      assert.equal(store.get('a'), '{"n":2}');
      assert.equal(store.get('b'), 'ü');
      assert.equal(store.delete('a'), true);
      assert.equal(store.delete('a'), false);
      assert.equal(store.get('a'), undefined);
    });

    test('forgets when the time is over', (t) => {
      const store = create();
      mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
      t.after(() => {
        mock.timers.reset();
        store.close();
      });
      store.put('a', 'x', 1000);
      mock.timers.tick(999);
      assert.equal(store.get('a'), 'x');
      mock.timers.tick(2);
      assert.equal(store.get('a'), undefined);
    });
  });
}

test('a store in memory forgets first what was not used for the longest time', () => {
  const store = new MemoryStore(1000);
  store.put('a', 'x'.repeat(200), 1000);
  store.put('b', 'x'.repeat(200), 1000);
  assert.notEqual(store.get('a'), undefined);
  store.put('c', 'x'.repeat(200), 1000);
  assert.equal(store.get('b'), undefined);
  assert.notEqual(store.get('a'), undefined);
  store.put('d', 'x'.repeat(2000), 1000);
  assert.equal(store.get('d'), undefined);
  assert.notEqual(store.get('c'), undefined);
});

test('a store in a file is there for the next process', () => {
  const file = join(folder, 'kept.db');
  const first = new SqliteStore(file);
  first.put('a', 'x', 60_000);
  first.close();
  const second = new SqliteStore(file);
  assert.equal(second.get('a'), 'x');
  second.close();
});
