import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sealMark } from '../canon/seal-mark.ts';
import { createSealer, isSealed, type Proof } from './seal.ts';

const sealer = createSealer('a secret');
const proof: Proof = { issuer: 'claude', form: 'signature', value: 'EqQBCgIYAhIM+/8=' };

describe('an envelope', () => {
  test('gives back what was put in, whatever it is', () => {
    const value = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_')),
    );
    const form = fc.constantFrom('signature' as const, 'redacted' as const);
    fc.assert(
      fc.property(value, form, fc.string({ maxLength: 50 }), (value, form, issuer) => {
        const whole: Proof = { issuer, form, value, ext: { 'openai-responses': { id: 'rs_1' } } };
        if (value === '') return;
        assert.deepEqual(sealer.open(sealer.seal(whole)), whole);
      }),
      { seed: 7 },
    );
  });

  test('is base64 that begins with the mark, and little longer than what is in it', () => {
    const value = Buffer.alloc(900, 7).toString('base64');
    const envelope = sealer.seal({ ...proof, value });
    assert.ok(envelope.startsWith(sealMark));
    assert.equal(Buffer.from(envelope, 'base64').toString('base64'), envelope);
    assert.ok(envelope.length - value.length < 60, `${envelope.length - value.length} characters more`);
  });

  test('is the same for the same proof, so that prefixes stay as they are', () => {
    assert.equal(sealer.seal(proof), createSealer('a secret').seal(proof));
  });

  test('of another secret, changed, cut or made up is opened by nobody', () => {
    const envelope = sealer.seal(proof);
    assert.equal(createSealer('another').open(envelope), undefined);
    assert.equal(sealer.open(proof.value), undefined);
    assert.equal(sealer.open(`${sealMark}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==`), undefined);
    assert.ok(isSealed(envelope));
    for (let length = 0; length < envelope.length - 4; length += 1) {
      assert.equal(sealer.open(envelope.slice(0, length)), undefined);
    }
    const bytes = Buffer.from(envelope, 'base64');
    for (let i = 9; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      assert.equal(sealer.open(changed.toString('base64')), undefined, `byte ${i}`);
    }
  });
});
