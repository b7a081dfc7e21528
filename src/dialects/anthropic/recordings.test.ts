import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { createGuard, type Mend } from '../../canon/grammar.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { anthropic } from './index.ts';

const folder = join(import.meta.dirname, '../../../../shared/recordings/anthropic');
const skip = existsSync(folder) ? false : 'no recordings beside the repository (../shared/recordings)';
const files = skip === false ? readdirSync(folder).sort() : [];

/** Answers in a file: several turns lie behind one another. */
function answersIn(file: string): JsonObject[][] {
  const events = readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as JsonObject);
  const answers: JsonObject[][] = [[]];
  for (const event of events) {
    answers.at(-1)?.push(event);
    if (event.type === 'message_stop') answers.push([]);
  }
  return answers.filter((answer) => answer.length > 0);
}

function framed(events: readonly JsonObject[], eventLines = true): Buffer {
  const frames = events.map(
    (event) => `${eventLines ? `event: ${String(event.type)}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
  );
  return Buffer.from(frames.join(''));
}

function read(bytes: Buffer, size = bytes.length): { events: Event[]; folded: Folded; mends: Mend[] } {
  const events: Event[] = [];
  const mends: Mend[] = [];
  const fold = createFold();
  const guard = createGuard(fold.sink, { onMend: (mend) => mends.push(mend) });
  const reader = anthropic.upstream.readStream((event) => {
    events.push(event);
    guard.sink(event);
  });
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
  reader.end();
  guard.end();
  return { events, folded: fold.result(), mends };
}

/** Neighbouring pieces of one string as one, so that only the sense is compared. */
function write(events: readonly Event[]): Buffer {
  let text = '';
  const sink = anthropic.client.writeStream(
    (piece) => {
      text += String(piece);
    },
    anthropic.client.readRequest({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] }, {}),
  );
  const guard = createGuard(sink);
  for (const event of events) guard.sink(event);
  return Buffer.from(text);
}

describe('recorded streams', { skip }, () => {
  for (const file of files.filter((name) => name.endsWith('.chunks.txt'))) {
    if (file === 'spliced-message-start.chunks.txt') continue;
    for (const [i, answer] of answersIn(file).entries()) {
      const bytes = framed(answer);
      test(`${file} #${i}: is a legal answer that the dialect knows`, () => {
        const { events, folded, mends } = read(bytes);
        assert.equal(folded.error, undefined);
        assert.deepEqual(mends, file.startsWith('duplicate') ? ['start_repeated'] : []);
        assert.notEqual(folded.finish, undefined);
        assert.deepEqual(folded.natives, []);
        const strange = events.filter(({ type }) => type === 'native');
        assert.deepEqual(
          strange.map((event) => event.type === 'native' && event.value.type),
          file.startsWith('anthropic-compaction') ? ['compaction_delta'] : [],
        );
        assert.deepEqual(read(framed(answer, false)).events, events);
      });
      test(`${file} #${i}: written and read back is the same`, () => {
        const { events, folded } = read(bytes);
        assert.deepEqual(read(write(events)).folded, folded);
      });
      if (bytes.length < 40_000) {
        test(`${file} #${i}: every split reads the same`, () => {
          const { events } = read(bytes);
          for (let size = 1; size <= 64; size++) assert.deepEqual(read(bytes, size).events, events);
        });
      }
      test(`${file} #${i}: passes untouched, or for a reason`, () => {
        const watch = anthropic.pass.watch();
        const refused = answer.find((event) => {
          const frame = framed([event]);
          return !watch.frame(frame, 0, frame.length);
        });
        const content = isObject(refused?.message) ? refused.message.content : refused?.content_block;
        if (refused === undefined) {
          assert.equal(watch.ended(), true);
          assert.deepEqual(watch.usage(), read(bytes).folded.usage);
        } else if (!file.startsWith('duplicate')) {
          // Only what clients would overlook: content in a start.
          assert.match(JSON.stringify(content), /"input":\{"/);
        }
      });
    }
  }

  test('an answer spliced into the middle of a call is not completed', () => {
    const { folded, mends } = read(framed(answersIn('spliced-message-start.chunks.txt').flat()));
    assert.equal(folded.error?.kind, 'bad_upstream');
    assert.deepEqual(mends.slice(0, 2), ['start_repeated', 'event_after_end']);
  });
});

describe('recorded whole answers', { skip }, () => {
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    test(`${file}: read, written and read back is the same`, () => {
      const body = JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;
      const request = anthropic.client.readRequest(
        { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] },
        {},
      );
      const { answer, mends } = whole(body);
      assert.deepEqual(mends, []);
      assert.equal(answer.error, undefined);
      const written = anthropic.client.writeResponse(answer, request);
      assert.deepEqual(whole(written).answer, answer);
      assert.deepEqual(written.content, (body.content as JsonObject[]).map(withoutNulls));
      assert.equal(written.stop_reason, body.stop_reason);
      assert.deepEqual(anthropic.pass.usageOf(Buffer.from(JSON.stringify(body))), answer.usage);
    });
  }
});

function whole(body: JsonObject): { answer: Folded; mends: Mend[] } {
  const mends: Mend[] = [];
  const fold = createFold();
  const guard = createGuard(fold.sink, { onMend: (mend) => mends.push(mend) });
  anthropic.upstream.readResponse(body, guard.sink);
  return { answer: fold.result(), mends };
}

function withoutNulls(block: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== null));
}
