import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/canon/json.ts';
import { corpus } from '../failover/corpus.ts';
import { questions } from '../failover/question.ts';
import { languages, wholeOf } from '../failover/stage.ts';
import { startRaw } from './raw-upstream.ts';
import { startRig } from './rig.ts';

const [prose] = corpus;

/** Bytes at the end of an answer that may be missing. */
const last = 120;

for (const language of languages) {
  test(`${language}: a whole answer that ends early is none`, async (t) => {
    assert.ok(prose !== undefined);
    let missing = 0;
    const origin = await startRaw(t, (response, body) => {
      const play = { answer: prose, manner: 'as asked', asked: [] } as const;
      const said = wholeOf(language, JSON.parse(body) as JsonObject, { ...play, asked: [] }, 'first');
      // Nothing but the end of the body tells how long it was to be.
      response.writeHead(200, { 'content-type': 'application/json' }).end(said.subarray(0, said.length - missing));
    });
    const base_url = `${origin}${language.startsWith('openai') ? '/v1' : ''}`;
    const rig = await startRig(t, {
      providers: { one: { speaks: language, base_url, api_key: 'k' } },
      models: { m: 'one/some-model' },
      breaker: { failures: 1_000_000, rate: 1, calls: 1_000_000 },
    });
    const asking = { model: 'm', text: 'What now?', tools: [], stream: false, isLater: false };
    const { path, body, headers } = questions[language](asking);
    const believed: number[] = [];
    for (missing = 1; missing <= last; missing += 1) {
      const response = await rig.post(path, body, headers);
      await response.arrayBuffer();
      if (response.status === 200) believed.push(missing);
    }
    assert.deepEqual(believed, []);
  });
}
