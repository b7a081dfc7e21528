import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longer, readUnder } from './path.ts';

test('a path is put together only when something is wrong', () => {
  const paths: string[] = [];
  const read = (value: unknown): unknown =>
    readUnder('messages', (path) => {
      paths.push(longer(path, '[3]'));
      if (typeof value !== 'string') throw new Error(longer(path, '[3].text'));
      return value;
    });
  assert.equal(read('said'), 'said');
  assert.throws(() => read(1), /^Error: messages\[3\]\.text$/);
  assert.deepEqual(paths, ['', '', 'messages[3]']);
});
