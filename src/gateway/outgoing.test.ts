import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../canon/json.ts';
import { dialectNamed } from '../dialects/index.ts';
import { Pieces } from '../wire/pieces.ts';
import type { Call, ClientDialect } from './call.ts';
import { asking, incoming } from './incoming.ts';
import { type Outgoing, prepare } from './outgoing.ts';
import { createSealer } from './seal.ts';

const asked = { model: 'asked-for', max_tokens: 5, messages: [{ role: 'user', content: 'Good day' }], stream: true };

/** A call in Anthropic's language, and what leaves for one who speaks another, or the same with some quirks. */
function prepared(speaks: 'anthropic' | 'openai-chat', extra: JsonObject = {}): { call: Call; outgoing: Outgoing } {
  const call = {
    dialect: dialectNamed('anthropic') as ClientDialect,
    headers: {},
    body: Pieces.ofText(JSON.stringify(asked)),
    record: {},
  } as Call;
  const quirks = Object.keys(extra).length > 0 ? { extra_body: extra } : {};
  const route = { dialect: dialectNamed(speaks), origin: 'http://provider', path: '/' };
  const options = { model: 'their-name', route: { quirks }, remedies: [], provider: 'p', sealer: createSealer('s') };
  return { call, outgoing: prepare(incoming(call), route, options) };
}

test('what was sent is let go of when nobody will send it again', () => {
  const ways = [prepared('anthropic'), prepared('anthropic', { top_k: 1 }), prepared('openai-chat')];
  assert.deepEqual(
    ways.map(({ outgoing }) => outgoing.mode),
    ['passed', 'amended', 'translated'],
  );
  for (const { call, outgoing } of ways) {
    const { length } = outgoing.body;
    assert.ok(outgoing.body.list.length > 0 && Object.keys(outgoing.open().body).length > 0);
    outgoing.letGo();
    assert.deepEqual([outgoing.body.list, outgoing.body.length], [[], length]);
    assert.throws(() => outgoing.open(), /let go/);
    // What the client said stays for whoever has to read it.
    assert.deepEqual(JSON.parse(call.body.whole().toString()), asked);
    assert.equal(outgoing.request().maxTokens, 5);
  }
});

test('who asks something else than the client is asked for that, and not for what was read before', () => {
  const long = 'A long text with a "quote" in it. '.repeat(100);
  const { call } = prepared('openai-chat');
  const body = Pieces.ofText(JSON.stringify({ ...asked, messages: [{ role: 'user', content: long }] }));
  const source = incoming({ ...call, body });
  assert.notEqual(source.outline().texts, undefined);
  const other = asking(source, () => ({ ...source.request(), maxTokens: 7 }));
  assert.deepEqual(other.outline(), { request: { ...source.request(), maxTokens: 7 } });
});
