import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { GatheredLines } from './gathered.ts';

test('lines leave together: when it is time, when there are many, when somebody asks', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const written: string[] = [];
    const lines = new GatheredLines({ write: (text) => written.push(text) });
    lines.write('a\n');
    lines.write('b\n');
    assert.deepEqual(written, []);
    mock.timers.tick(100);
    assert.deepEqual(written, ['a\nb\n']);
    for (let i = 0; i < 255; i++) lines.write({ toString: () => `${i}\n` });
    assert.equal(written.length, 1);
    lines.write('255\n');
    assert.deepEqual(written.splice(1), [Array.from({ length: 256 }, (_, i) => `${i}\n`).join('')]);
    lines.write('c\n');
    lines.flush();
    lines.flush();
    mock.timers.tick(1000);
    assert.deepEqual(written, ['a\nb\n', 'c\n']);
  } finally {
    mock.timers.reset();
  }
});
