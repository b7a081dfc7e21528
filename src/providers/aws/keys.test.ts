import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type Arrived, type CredentialService, startCredentialService } from '../../../test/credential-service.ts';
import { GatewayError } from '../../canon/error.ts';
import { askThrough } from '../../upstream/ask.ts';
import { createSender } from '../../upstream/send.ts';
import type { Ask, Question } from '../ask.ts';
import type { Machine } from '../machine.ts';
import { findKeys, type KeySettings } from './keys.ts';
import type { Search } from './lender.ts';
import { authorizationFor } from './sigv4.ts';

const sender = createSender({});
const ask = askThrough(sender);
after(() => sender.close());

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const nobody: Ask = () => Promise.reject(new Error('nobody is there'));

/** A machine with these files and variables. */
function machine(files: { [path: string]: string } = {}, variables: { [name: string]: string } = {}): Machine {
  return { home: '/home/me', variable: (name) => variables[name], readText: (path) => files[path] };
}

function search(on: Machine, by: Ask = nobody): Search {
  return { provider: 'p', machine: on, ask: by, now: () => now };
}

const region: KeySettings = { region: 'eu-west-1' };

async function complaint(finding: Promise<unknown>): Promise<string> {
  const error: unknown = await finding.then(
    () => assert.fail('keys were found'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof GatewayError, inspect(error));
  assert.equal(error.kind, 'authentication');
  assert.ok(!/SECRET(?!_)/.test(inspect(error, { depth: 9 })), 'no secret in an error');
  return error.message;
}

describe('keys of a profile', () => {
  const credentials = [
    '[default]',
    'aws_access_key_id = AKDEFAULT',
    'aws_secret_access_key = SECRETD  # a note',
    '; a comment',
    '[ work ]',
    'aws_access_key_id=AKWORK',
    'aws_secret_access_key=SECRET/+=W',
    'aws_session_token=TOKEN==',
  ].join('\r\n');
  const files = {
    '/home/me/.aws/credentials': credentials,
    '/home/me/.aws/config': '[profile  other]\naws_access_key_id = AKOTHER\naws_secret_access_key = SECRETO\n',
  };

  for (const [profile, keys] of [
    [undefined, { accessKeyId: 'AKDEFAULT', secretAccessKey: 'SECRETD' }],
    ['work', { accessKeyId: 'AKWORK', secretAccessKey: 'SECRET/+=W', sessionToken: 'TOKEN==' }],
    ['other', { accessKeyId: 'AKOTHER', secretAccessKey: 'SECRETO' }],
  ] as const) {
    test(profile ?? 'the default one', async () => {
      const found = await findKeys(search(machine(files)), {
        ...region,
        ...(profile === undefined ? {} : { profile }),
      });
      assert.deepEqual(found.value, keys);
      assert.equal(found.life, Number.POSITIVE_INFINITY);
    });
  }

  test('keys that are given go before it', async () => {
    const keys = { accessKeyId: 'AKGIVEN', secretAccessKey: 'SECRETG' };
    assert.equal((await findKeys(search(machine(files)), { ...region, keys })).value, keys);
  });

  test('the files may be elsewhere', async () => {
    const on = machine(
      { '/c': '[default]\naws_access_key_id=AK\naws_secret_access_key=S' },
      { AWS_SHARED_CREDENTIALS_FILE: '/c' },
    );
    assert.equal((await findKeys(search(on), region)).value.accessKeyId, 'AK');
  });

  for (const [config, expected] of [
    ['', 'there is no profile "x" in ~/.aws/credentials or ~/.aws/config'],
    ['[profile x]\nregion=eu-west-1', 'the profile "x" has no aws_access_key_id and aws_secret_access_key'],
    [
      '[profile x]\nsso_session=corp\nregion=eu-west-1',
      'the profile "x" has sso_session, which Dragoman does not know: run aws configure export-credentials --profile x --format env, and set what it prints',
    ],
    [
      '[profile x]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=y\nmfa_serial=arn:aws:iam::1:mfa/me',
      'the profile "x" asks for a second factor (mfa_serial), which Dragoman cannot give',
    ],
    [
      '[profile x]\nrole_arn=arn:aws:iam::1:role/r',
      'the profile "x" has a role_arn and neither source_profile nor credential_source (Environment, EcsContainer, Ec2InstanceMetadata)',
    ],
    [
      '[profile x]\nrole_arn=arn:aws:iam::1:role/r\ncredential_source=Environment',
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
    ],
  ] as const) {
    test(`without keys in it: ${config.split('\n').slice(1).join(', ') || 'nothing'}`, async () => {
      const on = machine({ '/home/me/.aws/config': config });
      const message = await complaint(findKeys(search(on), { ...region, profile: 'x' }));
      assert.equal(message, `The provider "p" has no AWS credentials: ${expected}.`);
    });
  }
});

/** An answer of the token service, as it writes it. */
function lent(action: string): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
    <AccessKeyId>ASLENT</AccessKeyId><SecretAccessKey>SECRET/lent+</SecretAccessKey>
    <SessionToken>lent//token==</SessionToken><Expiration>2026-01-02T04:04:05Z</Expiration>
  </Credentials></${action}Result></${action}Response>`;
}

/** Who has signed a request, when the signature is right. */
function signer({ headers, body, path }: Arrived, secretAccessKey: string): string | undefined {
  const found = /Credential=([^/]+)\/\d+\/([^/]+)\/sts\/aws4_request, SignedHeaders=([^,]+),/.exec(
    headers.authorization ?? '',
  );
  const [, accessKeyId = '', signedRegion = '', names = ''] = found ?? [];
  const signed = Object.fromEntries(names.split(';').map((name) => [name, String(headers[name])]));
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const expected = authorizationFor(
    { method: 'POST', path, headers: signed, bodyHash },
    { accessKeyId, secretAccessKey },
    { region: signedRegion, service: 'sts' },
  );
  return expected === headers.authorization ? `${accessKeyId} in ${signedRegion}` : undefined;
}

const lentKeys = { accessKeyId: 'ASLENT', secretAccessKey: 'SECRET/lent+', sessionToken: 'lent//token==' };

describe('keys of a role', () => {
  const base = '[base]\naws_access_key_id=AKBASE\naws_secret_access_key=SECRETB\n';

  async function service(t: Parameters<typeof startCredentialService>[0]): Promise<CredentialService> {
    const sts = await startCredentialService(t);
    sts.answer = ({ body }) => ({ body: lent(new URLSearchParams(body).get('Action') ?? '') });
    return sts;
  }

  test('that a profile names are lent against the keys of its source', async (t) => {
    const sts = await service(t);
    const on = machine({
      '/home/me/.aws/credentials': base,
      '/home/me/.aws/config':
        '[profile x]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=base\nexternal_id=ext\nduration_seconds=900\nregion=us-west-2\n',
    });
    const found = await findKeys(search(on, ask), { ...region, profile: 'x', tokenUrl: sts.url });
    assert.deepEqual(found, { value: lentKeys, life: 3_600_000 });
    const [asked] = sts.arrived;
    assert.ok(asked);
    assert.equal(signer(asked, 'SECRETB'), 'AKBASE in us-west-2');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(asked.body)), {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: 'arn:aws:iam::1:role/r',
      RoleSessionName: 'dragoman',
      ExternalId: 'ext',
      DurationSeconds: '900',
    });
  });

  test('may lead to another role, and a profile may be its own source', async (t) => {
    const sts = await service(t);
    const on = machine({
      '/home/me/.aws/credentials': '[y]\naws_access_key_id=AKBASE\naws_secret_access_key=SECRETB\n',
      '/home/me/.aws/config':
        '[profile x]\nrole_arn=arn:aws:iam::1:role/outer\nsource_profile=y\n[profile y]\nrole_arn=arn:aws:iam::1:role/inner\nsource_profile=y\n',
    });
    await findKeys(search(on, ask), { ...region, profile: 'x', tokenUrl: sts.url });
    assert.deepEqual(
      sts.arrived.map(({ body }) => new URLSearchParams(body).get('RoleArn')),
      ['arn:aws:iam::1:role/inner', 'arn:aws:iam::1:role/outer'],
    );
    assert.deepEqual(
      sts.arrived.map((asked) => signer(asked, sts.arrived.indexOf(asked) === 0 ? 'SECRETB' : 'SECRET/lent+')),
      ['AKBASE in eu-west-1', 'ASLENT in eu-west-1'],
    );
    assert.equal(sts.arrived[1]?.headers['x-amz-security-token'], 'lent//token==');
  });

  test('that is configured are lent against whatever keys there are', async (t) => {
    const sts = await service(t);
    const keys = { accessKeyId: 'AKGIVEN', secretAccessKey: 'SECRETG' };
    const found = await findKeys(search(machine(), ask), {
      ...region,
      keys,
      roleArn: 'arn:aws:iam::1:role/r',
      tokenUrl: sts.url,
    });
    assert.deepEqual(found.value, lentKeys);
    assert.ok(sts.arrived[0]);
    assert.equal(signer(sts.arrived[0], 'SECRETG'), 'AKGIVEN in eu-west-1');
  });

  for (const [name, variables, settings] of [
    [
      'in the environment',
      { AWS_ROLE_ARN: 'arn:aws:iam::1:role/r', AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_SESSION_NAME: 'pod' },
      {},
    ],
    [
      'in the configuration',
      { AWS_ROLE_SESSION_NAME: 'pod' },
      { roleArn: 'arn:aws:iam::1:role/r', tokenFile: '/token' },
    ],
  ] as const) {
    test(`are lent against a token ${name}, without a signature`, async (t) => {
      const sts = await service(t);
      const on = machine({ '/token': 'web.token\n' }, variables);
      const found = await findKeys(search(on, ask), { ...region, ...settings, tokenUrl: sts.url });
      assert.deepEqual(found, { value: lentKeys, life: 3_600_000 });
      const [asked] = sts.arrived;
      assert.equal(asked?.headers.authorization, undefined);
      assert.deepEqual(Object.fromEntries(new URLSearchParams(asked?.body)), {
        Action: 'AssumeRoleWithWebIdentity',
        WebIdentityToken: 'web.token',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::1:role/r',
        RoleSessionName: 'pod',
      });
    });
  }

  test('are asked for in the region, or in the one country that is by itself', async () => {
    const asked: string[] = [];
    const listening: Ask = ({ url }: Question) => {
      asked.push(url.href);
      return Promise.reject(new Error('enough'));
    };
    const keys = { accessKeyId: 'A', secretAccessKey: 'S' };
    for (const name of ['eu-west-1', 'cn-north-1']) {
      const settings = { region: name, keys, roleArn: 'arn:aws:iam::1:role/r' };
      await assert.rejects(findKeys(search(machine(), listening), settings), { kind: 'bad_upstream' });
    }
    assert.deepEqual(asked, ['https://sts.eu-west-1.amazonaws.com/', 'https://sts.cn-north-1.amazonaws.com.cn/']);
  });

  test('that are refused are told by their code alone', async (t) => {
    const sts = await startCredentialService(t);
    sts.answer = () => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>User SECRETB may not</Message></Error></ErrorResponse>',
    });
    const keys = { accessKeyId: 'AKBASE', secretAccessKey: 'SECRETB' };
    const settings = { ...region, keys, roleArn: 'arn:aws:iam::1:role/r', tokenUrl: sts.url };
    assert.equal(
      await complaint(findKeys(search(machine(), ask), settings)),
      'The provider "p" has no AWS credentials: the security token service does not let it take on arn:aws:iam::1:role/r (AccessDenied).',
    );
    sts.answer = () => ({ status: 503, body: '' });
    await assert.rejects(findKeys(search(machine(), ask), settings), { kind: 'bad_upstream' });
  });

  test('in profiles that lead to each other without end are given up', async () => {
    const chain = Array.from(
      { length: 9 },
      (_, i) => `[profile x${i}]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=x${i + 1}\n`,
    );
    const on = machine({ '/home/me/.aws/config': chain.join('') });
    assert.match(
      await complaint(findKeys(search(on), { ...region, profile: 'x0' })),
      /the profiles after "x0" have no end/,
    );
  });

  test('without its token cannot be had', async () => {
    const settings = { ...region, roleArn: 'arn:aws:iam::1:role/r', tokenFile: '/none' };
    assert.match(
      await complaint(findKeys(search(machine()), settings)),
      /the token file \/none cannot be read or is empty/,
    );
  });
});

describe('keys of the surroundings', () => {
  const keys = { AccessKeyId: 'ASHERE', SecretAccessKey: 'SECRETH', Token: 'here', Expiration: '2026-01-02T09:04:05Z' };
  const expected = {
    value: { accessKeyId: 'ASHERE', secretAccessKey: 'SECRETH', sessionToken: 'here' },
    life: 6 * 3_600_000,
  };

  test('a container shows its token where it is told to', async (t) => {
    const service = await startCredentialService(t);
    service.answer = () => ({ body: keys });
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/v1/credentials` };
    for (const variables of [
      { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc' },
      { ...uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/pod', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'no' },
    ]) {
      assert.deepEqual(await findKeys(search(machine({ '/pod': 'Basic abc\n' }, variables), ask), region), expected);
      const asked = service.arrived.at(-1);
      assert.deepEqual(
        [asked?.method, asked?.path, asked?.headers.authorization],
        ['GET', '/v1/credentials', 'Basic abc'],
      );
    }
  });

  test('a container without an address of its own asks its host, past every proxy', async () => {
    const asked: Question[] = [];
    const host: Ask = (question) => {
      asked.push(question);
      return Promise.resolve({ status: 200, body: Buffer.from(JSON.stringify(keys)) });
    };
    const on = machine({}, { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x' });
    assert.deepEqual(await findKeys(search(on, host), region), expected);
    assert.deepEqual([asked[0]?.url.href, asked[0]?.nearby], ['http://169.254.170.2/v2/x', true]);
  });

  test('a token is not shown to a stranger in the clear', async () => {
    const on = machine({}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/keys' });
    assert.match(await complaint(findKeys(search(on), region)), /neither https nor an address of a container host/);
  });

  test('an instance is asked by the second version of its service', async (t) => {
    const service = await startCredentialService(t);
    service.answer = ({ method, path, headers }) => {
      if (
        method === 'PUT' &&
        path === '/latest/api/token' &&
        headers['x-aws-ec2-metadata-token-ttl-seconds'] === '21600'
      ) {
        return { body: 'imds-token' };
      }
      if (method !== 'GET' || headers['x-aws-ec2-metadata-token'] !== 'imds-token') return { status: 401, body: '' };
      const folder = '/latest/meta-data/iam/security-credentials/';
      if (path === folder) return { body: 'the-role\n' };
      return path === `${folder}the-role` ? { body: { Code: 'Success', ...keys } } : { status: 404, body: '' };
    };
    const on = machine({}, { AWS_EC2_METADATA_SERVICE_ENDPOINT: service.url });
    assert.deepEqual(await findKeys(search(on, ask), region), expected);
    assert.equal(service.arrived.length, 3);
  });

  test('where nothing is to be found it is told what to set', async () => {
    const advice =
      'The provider "p" has no AWS credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and ' +
      'AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or write them as api_key, access_key_id and secret_access_key, or profile.';
    assert.equal(await complaint(findKeys(search(machine()), region)), advice);
    const off = machine({}, { AWS_EC2_METADATA_DISABLED: 'true' });
    const unasked: Ask = () => assert.fail('the service was asked');
    assert.equal(await complaint(findKeys(search(off, unasked), region)), advice);
  });

  test('an answer without keys is told, and not quoted', async (t) => {
    const service = await startCredentialService(t);
    service.answer = () => ({ body: '{"AccessKeyId":"SECRET"}' });
    const on = machine({}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: service.url });
    assert.match(await complaint(findKeys(search(on, ask), region)), /the container's credentials endpoint gives none/);
    service.answer = () => ({ status: 404, body: 'SECRET' });
    assert.match(await complaint(findKeys(search(on, ask), region)), /answers 404/);
  });
});
