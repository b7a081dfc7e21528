import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { readExposition, type ToldMetrics } from '../../test/seeing/exposition-reader.ts';
import { type ConfigSource, configFrom } from './configure.ts';
import { startWorkers } from './workers.ts';

const workers = 3;

async function started(t: TestContext): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-metrics-'));
  const text = stringify({
    server: { port: 0, workers, shutdown_grace: '1s' },
    log: { file: path.join(folder, 'log') },
    providers: { pretend: 'simulator' },
    default_provider: 'pretend',
  });
  const source: ConfigSource = { written: { file: 'dragoman.yaml', text }, overrides: {} };
  const { ready, stop } = await startWorkers(configFrom(source), source);
  t.after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return ready.url;
}

/** On a connection of its own, so that each goes to the next worker. */
function ask(url: string, body?: object): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { 'content-type': 'application/json' };
  const sent = request(url, { method: body === undefined ? 'GET' : 'POST', agent: false, headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    answer.on('end', () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    answer.on('error', reject);
  });
  sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

async function call(url: string, times: number): Promise<void> {
  const body = { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'hello' }] };
  for (let n = 0; n < times; n++) await ask(`${url}/v1/messages`, body);
}

async function scraped(url: string): Promise<ToldMetrics> {
  return readExposition(await ask(`${url}/metrics`));
}

test('whichever worker is asked tells of all of them', async (t) => {
  const url = await started(t);
  await call(url, 7);
  for (let n = 0; n < workers; n++) {
    const { value } = await scraped(url);
    assert.equal(value('dragoman_requests_total', { provider: 'pretend', status: '200' }), 7);
    assert.equal(value('dragoman_request_duration_seconds_count'), 7);
    // The one that started them is a process, too.
    assert.equal(value('dragoman_processes'), workers + 1);
    assert.equal(value('dragoman_build_info'), 1);
  }
  const together = await Promise.all([scraped(url), scraped(url), scraped(url), scraped(url)]);
  assert.deepEqual(
    together.map(({ value }) => value('dragoman_requests_total')),
    [7, 7, 7, 7],
  );
});

test('what a worker has told counts on when it is gone', async (t) => {
  const url = await started(t);
  await call(url, 6);
  assert.equal((await scraped(url)).value('dragoman_requests_total'), 6);
  const [victim] = Object.values(cluster.workers ?? {});
  const listens = once(cluster, 'listening');
  victim?.process.kill('SIGKILL');
  await Promise.all([once(cluster, 'disconnect'), listens]);
  assert.equal((await scraped(url)).value('dragoman_requests_total'), 6);
  await call(url, 6);
  assert.equal((await scraped(url)).value('dragoman_requests_total'), 12);
  await call(url, 6);
  // A worker that ends in good order leaves what it has counted since it was asked.
  const [leaver] = Object.values(cluster.workers ?? {});
  const replaced = once(cluster, 'listening');
  leaver?.send({ type: 'stop' });
  await Promise.all([once(cluster, 'disconnect'), replaced]);
  assert.equal((await scraped(url)).value('dragoman_requests_total'), 18);
});

test('a worker that does not answer holds nobody up, and what it told last counts', { timeout: 60_000 }, async (t) => {
  if (process.platform === 'win32') return;
  const url = await started(t);
  await call(url, 6);
  assert.equal((await scraped(url)).value('dragoman_requests_total'), 6);
  const [asleep] = Object.values(cluster.workers ?? {});
  asleep?.process.kill('SIGSTOP');
  t.after(() => asleep?.process.kill('SIGCONT'));
  // Connections go round, so that one of these would reach the worker that sleeps.
  const answer = await Promise.any([scraped(url), scraped(url), scraped(url)]);
  assert.equal(answer.value('dragoman_requests_total'), 6);
  asleep?.process.kill('SIGCONT');
});
