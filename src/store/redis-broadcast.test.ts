import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { RedisBroadcast } from './redis-broadcast.ts';
import { type Place, smallRedis } from './small-redis.ts';

/** Resolves when it is so; the test runner's own limit ends what never is. */
async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setImmediate(resolve));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Member {
  readonly broadcast: RedisBroadcast;
  readonly heard: string[];
  readonly states: boolean[];
}

function member(port: number, channel = 'room'): Member {
  const heard: string[] = [];
  const states: boolean[] = [];
  const broadcast = new RedisBroadcast({
    url: `redis://127.0.0.1:${port}`,
    channel,
    onText: (text) => heard.push(text),
    onState: (connected) => states.push(connected),
  });
  return { broadcast, heard, states };
}

/** Says it until it has been heard: who has just connected may not listen yet. */
async function sayUntilHeard(from: Member, to: Member, text: string): Promise<void> {
  await until(() => {
    from.broadcast.send(text);
    return to.heard.includes(text);
  });
}

async function talk(start: (port?: number) => Promise<Place>): Promise<void> {
  const place = await start();
  const [one, other, stranger] = [member(place.port), member(place.port), member(place.port, 'elsewhere')];
  try {
    await sayUntilHeard(one, other, 'hello');
    await sayUntilHeard(other, one, 'hello to you');
    assert.ok(!one.heard.includes('hello'), 'nobody hears himself');
    assert.deepEqual(stranger.heard, []);
    assert.deepEqual([one.states, other.states], [[true], [true]]);
    // It goes, nobody minds, it comes again.
    await place.stop();
    await until(() => one.states.length === 2 && other.states.length === 2);
    one.broadcast.send('into the void');
    const again = await start(place.port);
    try {
      await sayUntilHeard(one, other, 'here again');
      assert.deepEqual(one.states, [true, false, true]);
      assert.ok(!other.heard.includes('into the void'));
    } finally {
      await again.stop();
    }
  } finally {
    for (const { broadcast } of [one, other, stranger]) broadcast.close();
  }
}

const limit = { timeout: 60_000 };

describe('a broadcast', () => {
  test('reaches all others, and outlives a server that goes and comes', limit, () => talk(smallRedis));

  test('goes through a real Redis', limit, async (context) => {
    if (spawnSync('redis-server', ['--version']).status !== 0) {
      context.skip('there is no redis-server on this machine');
      return;
    }
    await talk(realRedis);
  });

  test('that never connects says so once, sends nothing and ends', limit, async () => {
    const { broadcast, states } = member(await freePort());
    await until(() => states.length > 0);
    for (let time = 0; time < 1000; time++) broadcast.send('x');
    assert.deepEqual(states, [false]);
    broadcast.close();
  });

  test('that is closed before it has connected leaves nothing behind', limit, async () => {
    const place = await smallRedis();
    const { broadcast, states } = member(place.port);
    broadcast.close();
    await place.stop();
    assert.deepEqual(states, []);
  });

  test('passes over what is none of its messages', limit, async () => {
    const place = await smallRedis();
    const [one, other] = [member(place.port), member(place.port)];
    const raw = new (await import('node:net')).Socket();
    raw.connect(place.port, '127.0.0.1');
    await sayUntilHeard(one, other, 'ready');
    for (const wrong of ['', '{', '[]', '{"text":5}', `{"from":"x","text":"${'x'.repeat(5000)}"}`]) {
      raw.write(`*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$${wrong.length}\r\n${wrong}\r\n`);
    }
    const last = '{"from":"x","text":"last"}';
    raw.write(`*3\r\n$7\r\nPUBLISH\r\n$4\r\nroom\r\n$${last.length}\r\n${last}\r\n`);
    await until(() => other.heard.includes('last'));
    assert.deepEqual([...new Set(other.heard)], ['ready', 'last']);
    raw.destroy();
    one.broadcast.close();
    other.broadcast.close();
    await place.stop();
  });
});

async function realRedis(port?: number): Promise<Place> {
  const taken = port ?? (await freePort());
  const args = ['--port', String(taken), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const server: ChildProcess = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  server.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await until(() => said.includes('Ready to accept connections'));
  const stop = async (): Promise<void> => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  return { port: taken, stop };
}
