import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/canon/json.ts';
import { framesOf } from '../chaos/junk.ts';
import { corpus } from '../failover/corpus.ts';
import { judgedStream } from '../failover/judgement.ts';
import { questions } from '../failover/question.ts';
import { streamOf } from '../failover/stage.ts';
import { startRaw } from './raw-upstream.ts';
import { startRig } from './rig.ts';

test('openai-responses: an event without a type before the first word takes no words away', async (t) => {
  const answer = corpus.find(({ name }) => name === 'text and a call');
  assert.ok(answer !== undefined);
  const origin = await startRaw(t, (response, body) => {
    const play = { answer, manner: 'as asked', asked: [] } as const;
    const said = streamOf('openai-responses', JSON.parse(body) as JsonObject, { ...play, asked: [] }, 'first');
    const frames = framesOf('openai-responses', said);
    const junk = Buffer.from('data: {"price":"5"}\n\n');
    const at = frames.findIndex((frame) => frame.includes('response.content_part.added')) + 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(Buffer.concat([...frames.slice(0, at), junk, ...frames.slice(at)]));
  });
  const rig = await startRig(t, {
    providers: { one: { speaks: 'openai-responses', base_url: `${origin}/v1`, api_key: 'k' } },
    models: { m: 'one/some-model' },
  });
  const asking = { model: 'm', text: 'What now?', tools: ['write_file'], stream: true, isLater: false };
  const { path, body } = questions['openai-responses'](asking);
  const bytes = Buffer.from(await (await rig.post(path, body)).arrayBuffer());
  assert.doesNotMatch(bytes.toString(), /event: undefined/);
  assert.deepEqual(judgedStream('openai-responses', bytes, answer), { kind: 'right' });
});
