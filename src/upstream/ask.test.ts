import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askThrough } from './ask.ts';
import type { Sender, UpstreamRequest } from './sending.ts';

/** A sender that answers at once and keeps what it was given. */
function listening(): Sender & { readonly sent: UpstreamRequest[] } {
  const sent: UpstreamRequest[] = [];
  return {
    sent,
    send(request, sink) {
      sent.push(request);
      sink.head(201, {});
      sink.data(Buffer.from('yes'));
      sink.end();
      return { abort: () => undefined, pause: () => undefined, resume: () => undefined };
    },
    close: () => Promise.resolve(),
  };
}

test('a question goes out as it is, and any answer comes back', async () => {
  const sender = listening();
  const url = new URL('https://issuer.example/token?a=1');
  const answer = await askThrough(sender)({ method: 'POST', url, headers: { accept: 'x' }, body: 'a=b' });
  assert.deepEqual([answer.status, Buffer.from(answer.body).toString()], [201, 'yes']);
  const [{ timeouts: _, ...request }] = sender.sent as [UpstreamRequest];
  assert.deepEqual(request, {
    method: 'POST',
    origin: 'https://issuer.example',
    path: '/token?a=1',
    headers: { accept: 'x' },
    body: Buffer.from('a=b'),
  });
});

test('what is nearby is asked past every proxy, and not for long', async () => {
  const [usual, direct] = [listening(), listening()];
  const ask = askThrough(usual, direct);
  const url = new URL('http://169.254.169.254/latest');
  await ask({ method: 'PUT', url, headers: {}, nearby: true });
  await ask({ method: 'GET', url, headers: {} });
  assert.deepEqual([direct.sent.length, usual.sent.length], [1, 1]);
  assert.ok((direct.sent[0]?.timeouts.total ?? 0) < (usual.sent[0]?.timeouts.total ?? 0));
  assert.equal('body' in (direct.sent[0] ?? {}), false);
});
