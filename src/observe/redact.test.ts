import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedact } from './redact.ts';

test('secrets are taken out wherever they stand, the longer of two overlapping ones whole', () => {
  const redact = createRedact(['sk-abc.def', 'sk-abc.def-long', 'sk-abc.def']);
  assert.equal(
    redact('key "sk-abc.def-long" and sk-abc.def, not sk-abcXdef'),
    'key "[redacted]" and [redacted], not sk-abcXdef',
  );
});

test('a word too short to be a secret is left alone', () => {
  assert.equal(createRedact(['any', ''])('any key'), 'any key');
});
