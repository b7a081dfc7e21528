import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type GatewayConfig, until } from '../gateway-process.ts';
import { limit, start, textOf } from './gateway.ts';
import { call, provider, said, startUpstream } from './upstream.ts';

const models = { '*': { to: 'p/*' } };

describe('a change of the configuration file', () => {
  test('is served by from the next call on, and a stream under way ends as it began', async (t) => {
    const [old, young] = [await startUpstream(t, 'old'), await startUpstream(t, 'young')];
    const gateway = await start(t, { providers: { p: provider(old) }, models });
    const stream = await call(gateway.url, { stream: true });
    assert.equal(stream.status, 200);
    gateway.write({ providers: { p: provider(young), q: provider(old) }, models });
    await gateway.logged('Configuration 2 serves: added provider "q"; changed provider "p".');
    assert.equal(await said(await call(gateway.url)), 'young');
    old.finish();
    assert.match(await stream.text(), /message_stop/);
    const health = (await (await fetch(`${gateway.url}/health/detailed`)).json()) as { generation: { number: number } };
    assert.equal(health.generation.number, 2);
  });

  test('that cannot be used changes nothing, and everything that is wrong with it is said once', async (t) => {
    const old = await startUpstream(t, 'old');
    const gateway = await start(t, { providers: { p: provider(old) }, models });
    gateway.write(
      'providers:\n  p: { kind: nosuchkind, api_key: sk-very-secret }\n  q: { speak: anthropic }\nstrict: perhaps\n',
    );
    await gateway.logged('cannot be used');
    assert.equal(await said(await call(gateway.url)), 'old');
    const [{ msg, level } = { msg: '', level: 0 }] = gateway.lines('cannot be used');
    assert.equal(level, 50);
    assert.match(msg, /dragoman\.yaml:3:8 {2}providers\.q\.speak: unknown key "speak"/);
    assert.match(msg, /dragoman\.yaml:4:9 {2}strict/);
    assert.doesNotMatch(gateway.output(), /very-secret/);
    gateway.write('providers: { p: { kind: nosuchkind } }\n');
    await gateway.logged('unknown kind "nosuchkind"');
    gateway.write('');
    await gateway.logged('is empty');
    unlinkSync(gateway.configFile);
    await gateway.logged('there is no such file');
    gateway.write({ providers: { p: provider(old) }, models, strict: true });
    await gateway.logged('Configuration 2 serves: changed strict.');
    assert.equal(gateway.lines('cannot be used').length, 4);
    assert.equal(await said(await call(gateway.url)), 'old');
  });

  test('by renaming, or by turning a link, is seen as well', { skip: process.platform === 'win32' }, async (t) => {
    const names = ['one', 'two', 'three'];
    const [one, two, three] = await Promise.all(names.map((name) => startUpstream(t, name)));
    assert.ok(one && two && three);
    const gateway = await start(t, { providers: { p: provider(one) }, models });
    const beside = path.join(gateway.folder, '.dragoman.yaml.swp');
    writeFileSync(beside, textOf({ providers: { p: provider(two) }, models }));
    renameSync(beside, gateway.configFile);
    await gateway.logged('Configuration 2 serves');
    assert.equal(await said(await call(gateway.url)), 'two');
    for (const [at, which] of [two, three].entries()) {
      mkdirSync(path.join(gateway.folder, `..${at}`));
      writeFileSync(
        path.join(gateway.folder, `..${at}`, 'dragoman.yaml'),
        textOf({ providers: { p: provider(which) }, models }),
      );
    }
    symlinkSync('..0', path.join(gateway.folder, '..data'));
    symlinkSync('..data/dragoman.yaml', beside);
    renameSync(beside, gateway.configFile);
    symlinkSync('..1', beside);
    renameSync(beside, path.join(gateway.folder, '..data'));
    await gateway.logged('Configuration 3 serves');
    assert.equal(await said(await call(gateway.url)), 'three');
  });

  test('that is written again as it was changes nothing', async (t) => {
    const one = await startUpstream(t, 'one');
    const config = { providers: { p: provider(one) }, models };
    const gateway = await start(t, config);
    gateway.write(config);
    gateway.write({ ...config, strict: true });
    await gateway.logged('Configuration 2 serves: changed strict.');
    gateway.write({ ...config, strict: true });
    gateway.write(config);
    await gateway.logged('Configuration 3 serves: changed strict.');
    assert.equal(gateway.lines('serves').length, 2, gateway.output());
  });

  test('is told of where it cannot be followed, and may not open the door', async (t) => {
    const one = await startUpstream(t, 'one');
    const config = { providers: { p: provider(one) }, models };
    const gateway = await start(t, { ...config, server: { host: '0.0.0.0' }, auth: { keys: ['sk-one'] } });
    gateway.write({ ...config, server: { host: '127.0.0.1' } });
    await gateway.logged('"0.0.0.0" can be reached by others, and there are no keys');
    assert.equal((await call(gateway.url.replace('0.0.0.0', '127.0.0.1'))).status, 401);
    gateway.write({ ...config, server: { host: '127.0.0.1', workers: 2 }, auth: { keys: ['sk-two'] } });
    await gateway.logged('Configuration 2 serves: changed auth.keys.');
    await gateway.logged('Left as it is until the next start: server.host, server.workers.');
    const url = gateway.url.replace('0.0.0.0', '127.0.0.1');
    assert.equal((await call(url, {}, { 'x-api-key': 'sk-one' })).status, 401);
    assert.equal((await call(url, {}, { 'x-api-key': 'sk-two' })).status, 200);
  });
});

test('a change of .env is one of the configuration; what is set outside goes before it', async (t) => {
  const one = await startUpstream(t, 'one');
  const gateway = await start(
    t,
    {
      providers: { p: provider(one, '${' + 'PROVIDER_KEY}'), q: provider(one, '${' + 'OUTSIDE}') },
      models: { 'q-*': { to: 'q/*' }, ...models },
    },
    { OUTSIDE: 'sk-outside' },
  );
  assert.equal((await call(gateway.url)).status, 401);
  writeFileSync(path.join(gateway.folder, '.env'), 'PROVIDER_KEY=sk-first\nOUTSIDE=sk-inside\n');
  await gateway.logged('Configuration 2 serves: changed provider "p".');
  assert.equal((await call(gateway.url)).status, 200);
  writeFileSync(path.join(gateway.folder, '.env'), 'PROVIDER_KEY=sk-second\n');
  await gateway.logged('Configuration 3 serves: changed provider "p".');
  assert.equal((await call(gateway.url)).status, 200);
  assert.equal((await call(gateway.url, { model: 'q-m' })).status, 200);
  assert.deepEqual(one.keys, ['sk-first', 'sk-second', 'sk-outside']);
  assert.doesNotMatch(gateway.output(), /sk-first|sk-second/);
});

test('who wants to tell by a signal alone can', { skip: process.platform === 'win32' }, async (t) => {
  const [one, two] = [await startUpstream(t, 'one'), await startUpstream(t, 'two')];
  const gateway = await start(t, { server: { watch: false }, providers: { p: provider(one) }, models });
  gateway.signal('SIGHUP');
  await gateway.logged('Configuration 2 serves: nothing differs.');
  gateway.write({ server: { watch: false }, providers: { p: provider(two) }, models });
  gateway.signal('SIGHUP');
  await gateway.logged('Configuration 3 serves: changed provider "p".');
  assert.equal(await said(await call(gateway.url)), 'two');
});

for (const workers of [1, 2]) {
  test(`ten changes under load fail no call and leave nothing open, with ${workers} workers`, async (t) => {
    const [one, two] = [await startUpstream(t, 'one'), await startUpstream(t, 'two')];
    const config = (turn: number): GatewayConfig => ({
      server: { workers, shutdown_grace: '5s' },
      providers: { p: provider(turn % 2 === 0 ? one : two), [`only-${turn}`]: provider(one) },
      models,
    });
    const gateway = await start(t, config(0));
    let over = false;
    const answers = new Map<string, number>();
    const load = async (): Promise<void> => {
      while (!over) {
        const answer = await said(await call(gateway.url));
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    };
    const loads = Array.from({ length: 4 }, load);
    const streams = await Promise.all(Array.from({ length: 4 }, () => call(gateway.url, { stream: true })));
    const open = (): number => openFiles(gateway.pid);
    const change = async (turn: number): Promise<void> => {
      gateway.write(config(turn));
      await gateway.logged(`Configuration ${turn + 1} serves`);
    };
    await change(1);
    const before = open();
    for (let turn = 2; turn <= 10; turn++) await change(turn);
    over = true;
    await Promise.all(loads);
    one.finish();
    two.finish();
    for (const stream of streams) assert.match(await stream.text(), /message_stop/);
    assert.deepEqual([...answers.keys()].sort(), ['one', 'two']);
    await until(`no more than ${before} files open: ${open()}`, () => open() <= before, limit);
    assert.doesNotMatch(gateway.output(), /MaxListeners|cannot be used/);
  });
}

/** Descriptors of a process and of those it has started; none where that cannot be seen. */
function openFiles(pid: number): number {
  if (!existsSync(`/proc/${pid}/fd`)) return 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const more = children === '' ? [] : children.split(' ').map((child) => openFiles(Number(child)));
  return more.reduce((sum, each) => sum + each, readdirSync(`/proc/${pid}/fd`).length);
}
