import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { GatewayError } from '../canon/error.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/load.ts';
import type { TargetHealth } from '../policy/target-health.ts';
import { judge } from '../policy/verdict.ts';
import { buildProviders } from '../providers/build.ts';
import type { Provider } from '../providers/provider.ts';
import { knownKinds } from '../providers/table.ts';
import { smallRedis } from '../store/small-redis.ts';
import type { Sender, UpstreamRequest } from '../upstream/sending.ts';
import { createResilience } from './resilience.ts';

const providers = 'providers: { house: { speaks: openai-chat, base_url: "http://127.0.0.1:1/v1", api_key: k } }';
const limited = judge(new GatewayError('rate_limit', '', { retryAfter: 60 }));
const unreached = judge(new GatewayError('bad_upstream', 'no', { place: 'connection' }));

function config(...lines: string[]): Config {
  return readConfig({ file: 'dragoman.yaml', text: lines.join('\n') }, { env: {}, kinds: knownKinds });
}

/** Lets the house be unreachable, and time pass; what was asked of it then. */
async function askedOf(written: Config): Promise<string[]> {
  const asked: string[] = [];
  const send = (request: UpstreamRequest): ReturnType<Sender['send']> => {
    asked.push(`${request.method} ${request.origin}${request.path}`);
    return { abort: () => undefined, pause: () => undefined, resume: () => undefined };
  };
  const ask = () => Promise.reject(new Error('no token is fetched here'));
  const built = buildProviders(written, { ask });
  const ways = {
    sender: { send, close: () => Promise.resolve() },
    userAgent: 'x',
    provider: (name: string) => built.get(name) as Provider,
  };
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const { health, close } = createResilience(written, ways);
    for (let time = 0; time < 5; time++) health.of('house', 'm').failed(performance.now(), unreached);
    assert.equal(health.of('house', 'm').circuits.provider.state, 'open');
    mock.timers.tick(30_000);
    await new Promise((resolve) => setImmediate(resolve));
    close();
    mock.timers.tick(30_000);
  } finally {
    mock.timers.reset();
  }
  return asked;
}

test('a provider that could not be reached is asked now and then where that is wanted', async () => {
  assert.deepEqual(await askedOf(config(providers, 'health: { probe: 30s }')), ['GET http://127.0.0.1:1/v1/models']);
  assert.deepEqual(await askedOf(config(providers)), []);
});

test('what is known is kept when the configuration is taken anew', () => {
  const ways = { sender: {} as Sender, userAgent: 'x', provider: () => ({}) as Provider };
  const { health } = createResilience(config(providers), ways);
  assert.equal(createResilience(config(providers), ways, health).health, health);
});

test('gateways that share a Redis know what one of them has found', { timeout: 60_000 }, async () => {
  const { port, stop } = await smallRedis();
  const written = config(providers, `redis: redis://127.0.0.1:${port}`);
  const provider = (name: string): Provider => {
    if (name !== 'house') throw new Error('none of that name');
    return {} as Provider;
  };
  const ways = { sender: {} as Sender, userAgent: 'x', provider };
  const [one, other] = [createResilience(written, ways), createResilience(written, ways)];
  try {
    const heard = (): TargetHealth[] => [...other.health.entries()];
    // What is told before both are connected is not told again.
    for (let number = 0; heard().length === 0; number++) {
      for (const name of ['unknown', 'house']) {
        one.health.of(name, `m-${number}`).failed(performance.now(), limited);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(heard().every((target) => target.provider === 'house' && target.restsUntil(performance.now()) > 0));
  } finally {
    one.close();
    other.close();
    await stop();
  }
});
