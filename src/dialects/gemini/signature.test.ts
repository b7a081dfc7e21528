import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readProof, readReturnedProof, unproven, writeProof } from './signature.ts';

const plain = Buffer.from('\xff\xfe\x00 proof', 'latin1').toString('base64');
const values = [plain, 'not base64 at all', 'YWJj-_8', 'Zm9=', 'é', 'dragomanSEALabcd', ' '];

describe('proofs', () => {
  test('base64 goes as it is', () => assert.equal(writeProof(plain), plain));

  for (const value of values) {
    for (const flags of [{}, { redacted: true }, { before: true }, { redacted: true, before: true }]) {
      test(`${JSON.stringify(value)} ${JSON.stringify(flags)} survives decoding and encoding`, () => {
        const written = writeProof(value, flags);
        const bytes = Buffer.from(written, 'base64');
        assert.equal(bytes.toString('base64'), written);
        const said = { value, redacted: false, before: false, ...flags };
        assert.deepEqual(readProof(written), said);
        // One SDK writes it back in other letters, another leaves out what fills it up.
        assert.deepEqual(readReturnedProof(bytes.toString('base64url')), said);
        assert.deepEqual(readReturnedProof(written.replaceAll('+', '-').replaceAll('/', '_')), said);
      });
    }
  }

  test('a provider is given back what it said, letter by letter', () => {
    assert.equal(readProof('YWJj-_8').value, 'YWJj-_8');
  });

  test('the stand-in for a proof is none, in whatever letters it comes back', () => {
    for (const text of [unproven, Buffer.from(unproven).toString('base64'), unproven.replaceAll('_', '/'), '']) {
      assert.equal(readReturnedProof(text), undefined, text);
    }
  });
});
