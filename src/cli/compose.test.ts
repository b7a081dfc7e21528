import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../canon/error.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { ConfigError } from '../config/problem.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { knownKinds } from '../providers/table.ts';
import { compose } from './compose.ts';
import { ownHousehold } from './tidy.ts';

function configOf(text: string, env: Record<string, string> = {}): Config {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-compose-'));
  try {
    const file = join(folder, 'dragoman.yaml');
    writeFileSync(file, text);
    return loadConfig({ file, cwd: folder, env, kinds: knownKinds });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('sessions stay at home, and what is known of targets stays known, under another configuration', async (t) => {
  const of = (more: string): Config =>
    configOf(
      `providers: { a: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: k }, b: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: k } }\nmodels: { m: { to: [a/x, b/x], strategy: least_latency } }\n${more}`,
    );
  const { gateway, next, close } = await compose(of(''));
  t.after(close);
  const plan = gateway.planRoute('m');
  const [, target] = plan.targets;
  assert.ok(target !== undefined);
  gateway.homes.move(plan, 'session', target);
  gateway.health.of('b', 'x').rest(performance.now() + 60_000, performance.now(), 'rate_limit');
  const later = await next(of('strict: true'), { env: {}, generation: 2, isFresh: false });
  assert.deepEqual(later.homes.of(later.planRoute('m'), 'session'), { ...target, strict: true });
  assert.ok(later.health.of('b', 'x').restsUntil(performance.now()) > 0);
  // By another measure it is judged anew.
  const other = await next(of('breaker: { failures: 9 }'), { env: {}, generation: 3, isFresh: false });
  assert.equal(other.health.of('b', 'x').restsUntil(performance.now()), 0);
});

test('a provider that stays the same keeps what it knows under another configuration; another one forgets', async (t) => {
  const same = 'same: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: k }';
  const aws = 'aws: { kind: bedrock, region: us-east-1 }';
  const first = configOf(
    `providers: { ${same}, ${aws}, other: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: a } }`,
  );
  const next = configOf(
    `providers: { ${same}, ${aws}, other: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: b } }`,
  );
  const { gateway, next: another, close } = await compose(first);
  t.after(close);
  const tooLong = new GatewayError('context_overflow', 'Too long.', { limit: 5000 });
  for (const name of ['same', 'other']) {
    gateway.memory.learnName(name, 'm', 'theirs');
    gateway.capabilities.learn({ provider: name, model: 'm' }, tooLong);
  }
  const env = process.env;
  const second = await another(next, { env, generation: 2, isFresh: false });
  const kept = (later: Gateway): string[] =>
    [...later.providers].filter(([name, provider]) => gateway.providers.get(name) === provider).map(([name]) => name);
  assert.deepEqual(kept(second), ['same', 'aws']);
  assert.equal(second.memory.nameOf('same', 'm'), 'theirs');
  assert.equal(second.memory.nameOf('other', 'm'), 'm');
  assert.equal(second.capabilities.window({ provider: 'same', model: 'm' }), 5000);
  assert.equal(second.capabilities.window({ provider: 'other', model: 'm' }), undefined);
  // Credentials of a cloud may lie in a file, or in a variable that no setting names.
  assert.deepEqual(kept(await another(next, { env, generation: 3, isFresh: true })), ['same']);
  assert.deepEqual(kept(await another(next, { env: { ...env, AWS_PROFILE: 'x' }, generation: 4, isFresh: false })), [
    'same',
  ]);
  await assert.rejects(
    another(configOf('providers: { p: nosuch }'), { env, generation: 5, isFresh: false }),
    ConfigError,
  );
});

test('what was sealed before the credentials changed is opened still, and their repetition is still no news', async (t) => {
  const of = (key: string): Config =>
    configOf(`providers: { p: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: ${key} } }`);
  const { gateway, next, close } = await compose(of('sk-first-key'));
  t.after(close);
  const proof = { issuer: 'p', form: 'signature', value: 'proof' } as const;
  const sealed = gateway.sealer.seal(proof);
  const later = await next(of('sk-second-key'), { env: {}, generation: 2, isFresh: false });
  assert.deepEqual(later.sealer.open(sealed), proof);
  assert.equal(gateway.sealer.open(later.sealer.seal(proof)), undefined);
  assert.equal(later.redact('sk-first-key sk-second-key'), '[redacted] [redacted]');
});

test('a configuration that cannot be used leaves no simulator behind that would keep the program running', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-compose-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'dragoman.yaml');
  writeFileSync(
    file,
    'providers: { s: { kind: simulator }, odd: { kind: nosuchkind } }\nmodels: { "*": { to: s/* } }\n',
  );
  const config = loadConfig({ file, cwd: folder, env: {}, kinds: knownKinds });
  const servers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'TCPServerWrap').length;
  const before = servers();
  await assert.rejects(compose(config), ConfigError);
  // A handle goes some turns after its server has closed.
  for (let turn = 0; servers() > before && turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(servers(), before);
});

test('gateways of configurations before are let go of, with all they had', async (t) => {
  const of = (turn: number): Config =>
    configOf(
      `providers: { p${turn}: { speaks: anthropic, base_url: "http://127.0.0.1:9", api_key: key-${turn} }, same: { speaks: anthropic, base_url: "http://127.0.0.1:9" } }`,
    );
  const { next, close } = await compose(of(0));
  t.after(close);
  let left = 0;
  const gone = new FinalizationRegistry(() => {
    left -= 1;
  });
  t.after(() => gone.unregister(t));
  const resources = process.getActiveResourcesInfo().length;
  for (let turn = 1; turn <= 10; turn++) {
    gone.register(await next(of(turn), { env: {}, generation: turn + 1, isFresh: false }), undefined, t);
    left += 1;
  }
  for (let look = 0; left > 1 && look < 200; look++) {
    ownHousehold(() => 0).collect();
    await sleep(100);
  }
  assert.equal(left, 1);
  assert.ok(process.getActiveResourcesInfo().length <= resources);
});
