import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SignedRequest, signatureProblem } from './sigv4.ts';

const ACCOUNT = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
};
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60_000;
const SCOPE = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, ';

/** Both are signed by Amazon's own signer. */
const GET: SignedRequest = {
  method: 'GET',
  target: '/inference-profiles?type=SYSTEM_DEFINED&maxResults=10&a%20b=c%27d%2F%C3%A9',
  headers: {
    host: 'bedrock.example',
    'x-spaced': '  a   b ',
    'x-amz-date': '20260102T030405Z',
    'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    authorization: `${SCOPE}SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-spaced, Signature=c96ca22aa0f145a6ad35f9c78e8226222ff98baaadcefc8da4bc0bd87b85762f`,
  },
  body: Buffer.alloc(0),
};
const POST: SignedRequest = {
  method: 'POST',
  target: '/model/arn%3Aaws%3Abedrock%2Fclaude%20x%3A0/invoke',
  headers: {
    host: 'bedrock.example',
    'content-type': 'application/json',
    'x-amz-date': '20260102T030405Z',
    'x-amz-content-sha256': 'b3a092a6af48807fa9482b2ee140105575daa26d5b24b3c0e60a7e2dee6683b1',
    authorization: `${SCOPE}SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=d86f2bc876dc32f725ced9cb1bc754569ed07c585e0f017c723492af188c46e5`,
  },
  body: Buffer.from('{"a":"é"}'),
};

const withHeaders = (request: SignedRequest, headers: SignedRequest['headers']): SignedRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
const resigned = (pattern: RegExp | string, by: string): SignedRequest =>
  withHeaders(POST, { authorization: POST.headers.authorization?.replace(pattern, by) });

describe('signatures that are good', () => {
  test('of a path that is encoded already, and of a body', () => {
    assert.equal(signatureProblem(POST, ACCOUNT, NOW), undefined);
  });

  test('of a query in any order, and of a value with spaces', () => {
    assert.equal(signatureProblem(GET, ACCOUNT, NOW), undefined);
    const target = '/inference-profiles?a%20b=c%27d%2F%C3%A9&maxResults=10&type=SYSTEM_DEFINED';
    assert.equal(signatureProblem({ ...GET, target }, ACCOUNT, NOW), undefined);
  });

  test('for a quarter of an hour', () => {
    assert.equal(signatureProblem(POST, ACCOUNT, NOW + 15 * MINUTE), undefined);
    assert.equal(signatureProblem(POST, ACCOUNT, NOW - 15 * MINUTE), undefined);
  });

  test('of headers that nobody has signed, when they are not Amazon’s', () => {
    assert.equal(signatureProblem(withHeaders(POST, { 'user-agent': 'x' }), ACCOUNT, NOW), undefined);
  });
});

describe('signatures that are refused', () => {
  const token = { ...ACCOUNT, sessionToken: 'abc' };
  const cases: readonly (readonly [string, SignedRequest, RegExp, (typeof token | typeof ACCOUNT)?, number?])[] = [
    ['nothing', withHeaders(POST, { authorization: undefined }), /^Missing Authentication Token$/],
    ['something else', withHeaders(POST, { authorization: 'Basic abc' }), /not complete/],
    ['no list of headers', resigned(/SignedHeaders=[^,]+, /, ''), /not complete/],
    ['another path', { ...POST, target: '/model/other/invoke' }, /does not match the signature/],
    [
      'the path encoded once less',
      { ...POST, target: decodeURIComponent(POST.target) },
      /does not match the signature/,
    ],
    ['another method', { ...POST, method: 'PUT' }, /does not match the signature/],
    ['another query', { ...GET, target: '/inference-profiles?type=APPLICATION' }, /does not match the signature/],
    ['another body', { ...POST, body: Buffer.from('{"a":"e"}') }, /x-amz-content-sha256/],
    [
      'another body that hides its hash',
      { ...POST, body: Buffer.from('{"a":"e"}'), headers: { ...POST.headers, 'x-amz-content-sha256': undefined } },
      /does not match the signature/,
    ],
    ['another signed header', withHeaders(POST, { 'content-type': 'text/plain' }), /does not match the signature/],
    ['an unsigned header of Amazon’s', withHeaders(POST, { 'x-amz-target': 'a' }), /not signed: x-amz-target/],
    ['a host that is not signed', resigned('host;', ''), /not signed: host/],
    ['another secret', POST, /does not match the signature/, { ...ACCOUNT, secretAccessKey: 'x' }],
    ['another key', resigned('AKIDEXAMPLE', 'AKIDOTHER'), /security token .* is invalid/],
    ['no session token', POST, /security token .* is invalid/, token],
    ['a session token that nobody has', withHeaders(POST, { 'x-amz-security-token': 'x' }), /token .* is invalid/],
    ['another region', resigned('us-east-1', 'us-west-2'), /valid region/],
    ['another service', resigned('/bedrock/', '/bedrock-runtime/'), /correct service: 'bedrock'/],
    ['another end', resigned('aws4_request', 'aws5_request'), /valid terminator/],
    ['no date', withHeaders(POST, { 'x-amz-date': undefined }), /Date must be/],
    ['the date of another day', withHeaders(POST, { 'x-amz-date': '20260103T030405Z' }), /does not match YYYYMMDD/],
    ['an old one', POST, /Signature expired: 20260102T030405Z is now earlier than 20260102T030505Z/, ACCOUNT, 16],
    ['one from the future', POST, /not yet current/, ACCOUNT, -16],
    ['half of a signature', resigned(/Signature=(.{10}).*/, 'Signature=$1'), /does not match the signature/],
  ];
  for (const [name, request, message, account = ACCOUNT, minutes = 0] of cases) {
    test(name, () => {
      const problem = signatureProblem(request, account, NOW + minutes * MINUTE);
      assert.equal(problem?.status, 403);
      assert.match(problem?.message ?? '', message);
    });
  }
});
