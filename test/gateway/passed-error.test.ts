import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/canon/json.ts';
import { errorFrames, framesOf } from '../chaos/junk.ts';
import { corpus } from '../failover/corpus.ts';
import { judgedStream } from '../failover/judgement.ts';
import { questions } from '../failover/question.ts';
import { languages, streamOf } from '../failover/stage.ts';
import { startRaw } from './raw-upstream.ts';
import { startRig } from './rig.ts';

const [prose] = corpus;

for (const language of languages) {
  test(`${language}: another provider goes on where one says in the stream that it failed`, async (t) => {
    assert.ok(prose !== undefined);
    const answer = prose;
    const streamType = language === 'bedrock-converse' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
    const play = { answer, manner: 'as asked', asked: [] } as const;
    const said = (body: string, role: string): Buffer =>
      streamOf(language, JSON.parse(body) as JsonObject, { ...play, asked: [] }, role);
    const failing = await startRaw(t, (response, body) => {
      const frames = framesOf(language, said(body, 'first'));
      const begun = frames.slice(0, frames.length >> 1);
      response.writeHead(200, { 'content-type': streamType }).write(Buffer.concat(begun));
      setImmediate(() => response.end(errorFrames[language]));
    });
    const well = await startRaw(t, (response, body) => {
      response.writeHead(200, { 'content-type': streamType }).end(said(body, 'second'));
    });
    const provider = (origin: string): object => ({
      ...{ speaks: language, api_key: 'k' },
      base_url: `${origin}${language.startsWith('openai') ? '/v1' : ''}`,
    });
    const rig = await startRig(t, {
      providers: { one: provider(failing), two: provider(well) },
      models: { m: ['one/some-model', 'two/some-model'] },
    });
    const asking = { model: 'm', text: 'What now?', tools: [], stream: true, isLater: false };
    const { path, body, headers } = questions[language](asking);
    const response = await rig.post(path, body, headers);
    const heard = judgedStream(language, Buffer.from(await response.arrayBuffer()), answer);
    assert.deepEqual(heard, { kind: 'right' });
  });
}
