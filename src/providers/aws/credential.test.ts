import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { signatureProblem } from '../../simulator/bedrock/sigv4.ts';
import { Pieces } from '../../wire/pieces.ts';
import type { WireCall } from '../provider.ts';
import type { Fetched } from '../renewed.ts';
import { AwsCredential } from './credential.ts';
import type { AwsKeys } from './sigv4.ts';

const scope = { region: 'eu-central-1', service: 'bedrock' };
const start = Date.UTC(2026, 0, 2, 3, 4, 5);
const call: WireCall = {
  method: 'POST',
  origin: 'http://127.0.0.1:4999',
  path: '/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fy%20z/converse?a=b%2Fc&a=a',
  headers: { 'content-type': 'application/json', 'x-amzn-bedrock-trace': 'ENABLED', 'user-agent': 'me' },
  body: Pieces.ofText('{"messages":[]}'),
};

interface Bench {
  readonly credential: AwsCredential;
  time: number;
  found: number;
  give: () => Promise<Fetched<AwsKeys>>;
}

function bench(fixed = false, life = 3_600_000): Bench {
  const it: Bench = {
    time: start,
    found: 0,
    give: () => Promise.resolve({ value: keysNo(it.found), life }),
    credential: new AwsCredential({
      find: () => {
        it.found += 1;
        return it.give();
      },
      fixed,
      scope,
      more: { 'x-amz-own': 'yes', 'x-team': 'blue' },
      now: () => it.time,
    }),
  };
  return it;
}

function keysNo(count: number): AwsKeys {
  return { accessKeyId: `AK${count}`, secretAccessKey: `SECRET${count}`, sessionToken: `TOKEN${count}` };
}

test('a signed call is let in by a door that knows the rules by itself', async () => {
  const { credential, time } = bench();
  const own = await credential.authorize(call);
  const headers = { ...call.headers, ...own, host: '127.0.0.1:4999' };
  const account = { ...keysNo(1), region: scope.region };
  const request = { method: 'POST', target: call.path, headers, body: call.body?.whole() ?? Buffer.alloc(0) };
  assert.equal(signatureProblem(request, account, time), undefined);
  assert.equal(own['x-team'], 'blue');
  assert.match(own['authorization'] ?? '', /;x-amz-own;x-amz-security-token;x-amzn-bedrock-trace,/);
  const other = { ...request, body: Buffer.from('{"messages":[1]}') };
  assert.notEqual(signatureProblem(other, account, time), undefined, 'another body is not let in');
});

test('keys are looked for once, and then a signature costs no promise', async () => {
  const it = bench();
  const all = await Promise.all(Array.from({ length: 20 }, async () => it.credential.authorize(call)));
  assert.equal(it.found, 1);
  assert.equal(all.length, 20);
  assert.ok(!(it.credential.authorize(call) instanceof Promise));
});

test('keys that are lent are renewed before they expire, while the old ones still sign', async () => {
  const it = bench();
  await it.credential.authorize(call);
  it.time += 3_600_000 * 0.81;
  const meanwhile = it.credential.authorize(call);
  assert.ok(!(meanwhile instanceof Promise));
  assert.match(meanwhile['authorization'] ?? '', /AK1\//);
  assert.equal(it.found, 2);
  await new Promise((resolve) => setImmediate(resolve));
  assert.match((await it.credential.authorize(call))['authorization'] ?? '', /AK2\//);
});

test('keys that are refused are looked for anew, but not when they have just been found', async () => {
  const it = bench();
  const first = await it.credential.authorize(call);
  assert.equal(it.credential.refused(first), false, 'it is not the keys that are wrong');
  it.time += 60_000;
  assert.equal(it.credential.refused(first), true);
  const second = await it.credential.authorize(call);
  assert.match(second['authorization'] ?? '', /AK2\//);
  it.time += 60_000;
  assert.equal(it.credential.refused(first), true, 'somebody else has looked already');
  assert.match((await it.credential.authorize(call))['authorization'] ?? '', /AK2\//);
});

test('keys that cannot be others are not looked for anew', async () => {
  const it = bench(true, Number.POSITIVE_INFINITY);
  const headers = await it.credential.authorize(call);
  it.time += 10 * 3_600_000;
  assert.equal(it.credential.refused(headers), false);
  assert.ok(!(it.credential.authorize(call) instanceof Promise));
  assert.equal(it.found, 1);
});

test('a search that failed is made again', async () => {
  const it = bench();
  const give = it.give;
  it.give = () => Promise.reject(new Error('not now'));
  await assert.rejects(async () => it.credential.authorize(call), /not now/);
  it.give = give;
  assert.match((await it.credential.authorize(call))['authorization'] ?? '', /AK2\//);
});

test('nothing is signed that is not shown', () => {
  assert.throws(() => bench().credential.authorize(), /must be shown/);
});

test('nobody who prints it sees a key', async () => {
  const { credential } = bench();
  await credential.authorize(call);
  assert.doesNotMatch(
    `${inspect(credential, { depth: 20, showHidden: true })}${JSON.stringify(credential)}`,
    /SECRET|TOKEN/,
  );
});
