import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { Pieces } from '../../wire/pieces.ts';
import { type AwsKeys, authorizationFor, signedHeaders } from './sigv4.ts';

const keys: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const usual = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };
const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const lent =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

/** Name, method, path and query, further headers, body, signature: Amazon's published test suite. */
const suite: readonly (readonly [string, string, string, { readonly [name: string]: string }, string, string])[] = [
  ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-unreserved',
    'GET',
    `/${unreserved}`,
    {},
    '',
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  ['get-utf8', 'GET', '/ሴ', {}, '', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
  [
    'get-header-key-duplicate',
    'GET',
    '/',
    { 'my-header1': 'value2,value2,value1' },
    '',
    'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  ],
  [
    'get-header-value-order',
    'GET',
    '/',
    { 'my-header1': 'value4,value1,value3,value2' },
    '',
    '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    '',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    '',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-empty-query-key',
    'GET',
    '/?Param1=value1',
    {},
    '',
    'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  ],
  [
    'get-vanilla-query-unreserved',
    'GET',
    `/?${unreserved}=${unreserved}`,
    {},
    '',
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-vanilla-utf8-query',
    'GET',
    '/?ሴ=bar',
    {},
    '',
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-header-key-sort',
    'POST',
    '/',
    { 'my-header1': 'value1' },
    '',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-header-value-case',
    'POST',
    '/',
    { 'my-header1': 'VALUE1' },
    '',
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'post-sts-header-before',
    'POST',
    '/',
    { 'x-amz-security-token': lent },
    '',
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
  [
    'post-vanilla-query',
    'POST',
    '/?Param1=value1',
    {},
    '',
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    'POST',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded; charset=utf8' },
    'Param1=value1',
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
  ['get-relative', 'GET', '/example/..', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-relative-relative',
    'GET',
    '/example1/example2/../..',
    {},
    '',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  ['get-slash', 'GET', '//', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-slash-dot-slash', 'GET', '/./', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-slash-pointless-dot',
    'GET',
    '/./example',
    {},
    '',
    'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
  ],
  ['get-slashes', 'GET', '//example//', {}, '', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
  ['get-space', 'GET', '/example space/', {}, '', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
];

describe("Amazon's published test suite", () => {
  for (const [name, method, path, headers, body, signature] of suite) {
    test(name, () => {
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const all = { ...headers, ...usual };
      assert.equal(
        authorizationFor({ method, path, headers: all, bodyHash }, keys, { region: 'us-east-1', service: 'service' }),
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
          `SignedHeaders=${Object.keys(all).toSorted().join(';')}, Signature=${signature}`,
      );
    });
  }
});

/** Amazon's own signer, as far as it is used here; a tool of development that need not be there. */
interface Signer {
  sign(
    request: { method: string; path: string; headers: { [name: string]: string }; body?: Uint8Array; query?: object },
    options: { signingDate: Date },
  ): Promise<{ headers: { [name: string]: string } }>;
}

const amazons = '@smithy/signature-v4';

function amazonsSigner(lentKeys: AwsKeys): Signer | undefined {
  try {
    const { SignatureV4 } = createRequire(import.meta.url)(amazons) as { SignatureV4: new (options: object) => Signer };
    class Sha256 {
      readonly #parts: Uint8Array[] = [];
      readonly #key: Uint8Array | undefined;
      constructor(key?: Uint8Array) {
        this.#key = key;
      }
      update(data: Uint8Array): void {
        this.#parts.push(data);
      }
      digest(): Promise<Uint8Array> {
        const content = Buffer.concat(this.#parts);
        const hash = this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
        return Promise.resolve(hash.update(content).digest());
      }
    }
    return new SignatureV4({ credentials: lentKeys, region: 'eu-central-1', service: 'bedrock', sha256: Sha256 });
  } catch {
    return undefined;
  }
}

describe('a call to Bedrock', () => {
  const path = '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream';
  const call = {
    method: 'POST',
    origin: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
    path,
    headers: { 'content-type': 'application/json', 'user-agent': 'dragoman' },
    body: Pieces.ofText('{"max_tokens":1}'),
  } as const;
  const scope = { region: 'eu-central-1', service: 'bedrock' };
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);

  test("is signed as Amazon's own signer does it", async (t) => {
    const lentKeys = { ...keys, sessionToken: 'token/+=' };
    const signer = amazonsSigner(lentKeys);
    if (signer === undefined) return t.skip("Amazon's signer is not installed");
    const { 'user-agent': _, ...headers } = call.headers;
    const theirs = await signer.sign(
      {
        method: 'POST',
        path,
        query: {},
        headers: { ...headers, host: new URL(call.origin).host },
        body: call.body.whole(),
      },
      { signingDate: new Date(now) },
    );
    const ours = signedHeaders(call, lentKeys, scope, now);
    assert.deepEqual({ ...ours, 'content-type': 'application/json', host: new URL(call.origin).host }, theirs.headers);
    return undefined;
  });

  test('brings its own headers along, and the token of keys that were lent', () => {
    const plain = signedHeaders(call, keys, scope, now);
    assert.deepEqual(Object.keys(plain).toSorted(), ['authorization', 'x-amz-content-sha256', 'x-amz-date']);
    assert.equal(plain['x-amz-date'], '20260102T030405Z');
    assert.match(
      plain['authorization'] ?? '',
      /Credential=AKIDEXAMPLE\/20260102\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,/,
    );
    const borrowed = signedHeaders(call, { ...keys, sessionToken: 'token' }, scope, now);
    assert.equal(borrowed['x-amz-security-token'], 'token');
    assert.match(borrowed['authorization'] ?? '', /x-amz-date;x-amz-security-token,/);
  });

  test('a GET without a body is signed over nothing', () => {
    const { body: _, ...get } = { ...call, method: 'GET', headers: {} } as const;
    const signed = signedHeaders(get, keys, scope, now);
    assert.equal(signed['x-amz-content-sha256'], createHash('sha256').update('').digest('hex'));
    assert.match(signed['authorization'] ?? '', /SignedHeaders=host;x-amz-content-sha256;x-amz-date,/);
  });

  test('another port is part of the host', () => {
    const there = signedHeaders({ ...call, origin: 'http://127.0.0.1:81' }, keys, scope, now);
    const here = signedHeaders({ ...call, origin: 'http://127.0.0.1:80' }, keys, scope, now);
    assert.notEqual(there['authorization'], here['authorization']);
  });
});
