import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock, test } from 'node:test';
import { GatewayError } from '../canon/error.ts';
import { readConfig } from '../config/load.ts';
import { Health } from '../policy/health.ts';
import { breakerOptions } from '../policy/resilience.ts';
import { judge } from '../policy/verdict.ts';
import { buildProviders } from '../providers/build.ts';
import type { Provider } from '../providers/provider.ts';
import { knownKinds } from '../providers/table.ts';
import { createSender } from '../upstream/send.ts';
import { Probes, reachesProvider } from './probes.ts';

const providers = (baseUrl: string): string =>
  `providers: { house: { speaks: openai-chat, base_url: "${baseUrl}", api_key: k } }`;
const config = (text: string) => readConfig({ file: 'dragoman.yaml', text }, { env: {}, kinds: knownKinds });

const start = 1_000_000;

function unreached(health: Health, ...names: string[]): void {
  const verdict = judge(new GatewayError('bad_upstream', 'no', { place: 'connection' }));
  for (const name of names) {
    for (let time = 0; time < 5; time++) {
      health.of(name, 'm').began();
      health.of(name, 'm').failed(start, verdict);
    }
  }
}

function newHealth(): Health {
  return new Health({ breaker: breakerOptions(config(providers('http://127.0.0.1:1/v1'))), random: () => 1 });
}

test('a provider that answers again is let through before its time', async () => {
  const health = newHealth();
  unreached(health, 'a', 'b');
  const asked: string[] = [];
  const reaches = (provider: string): Promise<boolean> => {
    asked.push(provider);
    return Promise.resolve(provider === 'a');
  };
  const probes = new Probes({ health, everyMs: 30_000, now: () => start + 1, reaches });
  health.of('well', 'm');
  await probes.round();
  probes.close();
  assert.deepEqual(asked, ['a', 'b']);
  assert.equal(health.of('a', 'm').admits(start + 1), true);
  assert.equal(health.of('a', 'm').circuits.provider.state, 'half_open');
  assert.equal(health.of('b', 'm').restsUntil(start + 1), start + 60_001, 'until it has been asked again');
});

for (const [providers, asked] of [
  [3, 3],
  [20, 8],
] as const) {
  test(`a probe that fails is a provider that does not answer; of ${providers} no more than ${asked} are asked at a time, each once`, async () => {
    const health = newHealth();
    unreached(health, ...Array.from({ length: providers }, (_, number) => `p${number}`));
    let under = 0;
    const answers: (() => void)[] = [];
    const reaches = (): Promise<boolean> => {
      under += 1;
      return new Promise((_, reject) => {
        answers.push(() => reject(new Error('no')));
      });
    };
    const probes = new Probes({ health, everyMs: 30_000, now: () => start, reaches });
    const round = probes.round();
    const another = probes.round();
    assert.equal(under, asked);
    for (const answer of answers) answer();
    await round;
    await another;
    assert.equal(health.of('p0', 'm').restsUntil(start), start + 60_000);
    probes.close();
  });
}

test('one timer, which asks now and then and ends with the gateway', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const health = newHealth();
    unreached(health, 'a');
    let asked = 0;
    const reaches = (): Promise<boolean> => {
      asked += 1;
      return Promise.resolve(false);
    };
    const probes = new Probes({ health, everyMs: 30_000, now: () => start, reaches });
    assert.equal(asked, 0);
    for (const round of [1, 2]) {
      mock.timers.tick(30_000);
      assert.equal(asked, round);
      await new Promise((resolve) => setImmediate(resolve));
    }
    probes.close();
    mock.timers.tick(90_000);
    assert.equal(asked, 2);
  } finally {
    mock.timers.reset();
  }
});

test('what it takes to reach a provider', async () => {
  let status = 200;
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status).end('{"data":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sender = createSender();
  try {
    const ask = () => Promise.reject(new Error('no token is fetched here'));
    const provider = buildProviders(config(providers(`http://127.0.0.1:${port}/v1`)), { ask }).get('house') as Provider;
    const reached = (): Promise<boolean> =>
      reachesProvider(sender, 'dragoman/test', provider, new AbortController().signal);
    assert.equal(await reached(), true);
    assert.deepEqual(seen, ['GET /v1/models Bearer k']);
    status = 401;
    assert.equal(await reached(), true, 'it is there');
    status = 503;
    assert.equal(await reached(), false);
    assert.equal(await reachesProvider(sender, 'dragoman/test', provider, AbortSignal.abort()), false);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    assert.equal(await reached(), false);
  } finally {
    server.closeAllConnections();
    server.close();
    await sender.close();
  }
});
