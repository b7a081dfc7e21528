import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from './ask.ts';
import { corpus } from './corpus.ts';
import { manners } from './model.ts';
import { type Language, languages, type Stage, startStage, streamLength } from './stage.ts';

/** Cuts at every so many bytes; the number shares no factor with the lengths of frames, and moves on from pair to pair. */
const stride = Number(process.env['CUT_STRIDE'] ?? 769);

/** Cuts all answers of the corpus and gives what did not come right. */
async function cutAll(stage: Stage, client: Language, first: Language): Promise<{ asked: number; wrong: string[] }> {
  let asked = 0;
  const wrong: string[] = [];
  for (const second of languages) {
    for (const answer of corpus) {
      const length = streamLength(first, answer);
      for (let at = (asked * 31) % stride; at < length; at += stride) {
        asked += 1;
        const manner = manners[asked % manners.length] ?? 'as asked';
        const how = asked % 2 === 0 ? 'breaks' : 'ends';
        const word = `word-${client}-${first}-${asked}-`;
        const play = { answer, manner, cut: { at, how }, asked: [] } as const;
        const { kind, why = '' } = await ask(stage, client, `${first}--${second}`, word, { ...play, asked: [] });
        const where = `${answer.name}, ${how} at ${at} of ${length}, ${second} ${manner}`;
        if (kind !== 'right') wrong.push(`${where}: ${kind} ${why.slice(0, 500)}`);
      }
    }
  }
  return { asked, wrong };
}

for (const client of languages) {
  test(`answers to ${client} that break off anywhere go on as if they had not`, async (t) => {
    const stage = await startStage(t);
    let asked = 0;
    for (const first of languages) {
      const result = await cutAll(stage, client, first);
      asked += result.asked;
      assert.deepEqual(result.wrong, [], `from ${first}`);
    }
    const seams = stage.rig.records.filter((record) => record.seams !== undefined);
    assert.ok(seams.length > asked / 2, `${seams.length} seams in ${asked} calls`);
  });
}

test('the receipt says where the seam is, what failed, and what all of it has cost', async (t) => {
  const stage = await startStage(t);
  const [answer] = corpus;
  assert.ok(answer !== undefined);
  const cut = { at: 2000, how: 'breaks' } as const;
  const play = { answer, manner: 'as asked', cut, asked: [] as string[] } as const;
  const { kind } = await ask(stage, 'anthropic', 'anthropic--openai-chat', 'word-receipt-', play);
  assert.equal(kind, 'right');
  assert.deepEqual(play.asked, ['first', 'second']);
  const record = stage.rig.records.at(-1);
  const [seam] = record?.seams ?? [];
  assert.equal(seam?.block, 0);
  assert.ok(seam.at > 0 && seam.at < 206, `at ${seam.at}`);
  assert.equal(seam.from, 'first-anthropic/claude-opus-4-8');
  assert.equal(seam.to, 'second-openai-chat/some-model');
  assert.equal(record?.provider, 'second-openai-chat');
  assert.equal(record.failures?.[0]?.provider, 'first-anthropic');
  // Both have read the prompt, and both have written.
  assert.equal(record.usage.input, 200);
  assert.ok((record.usage.output ?? 0) > 50);
  assert.equal(record.error, undefined);
});

test('a route that wants no seams tells of the break', async (t) => {
  const stage = await startStage(t, { routing: { on_cut: 'error' } });
  const [answer] = corpus;
  assert.ok(answer !== undefined);
  const cut = { at: 2000, how: 'breaks' } as const;
  const { kind } = await ask(stage, 'anthropic', 'anthropic--openai-chat', 'word-none-', {
    ...{ answer, manner: 'as asked', cut, asked: [] },
  });
  assert.equal(kind, 'error');
});

test('a route that begins anew does so only before the first word', async (t) => {
  const stage = await startStage(t, { routing: { on_cut: 'restart_if_silent' } });
  const [answer] = corpus;
  assert.ok(answer !== undefined);
  const kindAt = async (at: number): Promise<string> => {
    const play = { answer, manner: 'as asked', cut: { at, how: 'breaks' }, asked: [] } as const;
    const { kind } = await ask(stage, 'anthropic', 'anthropic--openai-chat', `word-silent-${at}-`, {
      ...play,
      asked: [],
    });
    return kind;
  };
  assert.equal(await kindAt(2000), 'error');
  // The message has begun, and no block of it.
  assert.equal(await kindAt(340), 'right');
});
