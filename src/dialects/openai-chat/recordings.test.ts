import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { createGuard, type Mend } from '../../canon/grammar.ts';
import { isObject, type JsonObject } from '../../canon/json.ts';
import { AnswerReader } from './answer-read.ts';
import { openaiChat } from './index.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';

const shared = join(import.meta.dirname, '../../../../shared/recordings');
const skip = existsSync(shared) ? false : 'no recordings beside the repository (../shared/recordings)';
const files =
  skip === false
    ? ['openai-chat', 'mistral'].flatMap((folder) =>
        readdirSync(join(shared, folder)).map((file) => join(shared, folder, file)),
      )
    : [];
const streams = files.filter((file) => !file.endsWith('.json'));
/** Bodies that are no chat answers, and must be told to be none. */
const strangers = /transcription|error/;

const nameOf = (file: string): string => file.slice(shared.length + 1);

function chunksIn(file: string): JsonObject[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^data: /, ''));
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as JsonObject);
}

function bytesOf(chunks: readonly JsonObject[]): Buffer {
  return Buffer.from(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
}

function read(bytes: Buffer, size: number): { events: Event[]; folded: Folded; mends: Mend[] } {
  const events: Event[] = [];
  const mends: Mend[] = [];
  const fold = createFold();
  const guard = createGuard(fold.sink, { onMend: (mend) => mends.push(mend) });
  const reader = readStream((event) => {
    events.push(event);
    guard.sink(event);
  });
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
  reader.end();
  guard.end();
  return { events, folded: fold.result(), mends };
}

describe('recorded streams', { skip }, () => {
  for (const file of streams) {
    const chunks = chunksIn(file);
    const bytes = bytesOf(chunks);

    test(`${nameOf(file)} reads the same in pieces of any size, and needs no mending`, () => {
      const { events, folded, mends } = read(bytes, bytes.length);
      assert.deepEqual(mends, []);
      assert.equal(folded.error, undefined);
      assert.ok(folded.content.length > 0 && folded.finish !== undefined);
      for (const size of [1, 7, 64, 1000]) assert.deepEqual(read(bytes, size).events, events);
    });

    test(`${nameOf(file)} says the same when each chunk is read in full`, () => {
      const events: Event[] = [];
      const answer = new AnswerReader((event) => events.push(event));
      for (const chunk of chunks) answer.body(chunk);
      answer.finish();
      assert.deepEqual(read(bytes, bytes.length).events, events);
    });

    test(`${nameOf(file)} survives being written and read again`, () => {
      const { events, folded } = read(bytes, bytes.length);
      const request = openaiChat.client.readRequest(
        {
          model: 'm',
          messages: [{ role: 'user', content: 'x' }],
          stream: true,
          stream_options: { include_usage: true },
        },
        {},
      );
      let text = '';
      const sink = openaiChat.client.writeStream((piece) => {
        text += String(piece);
      }, request);
      for (const event of events) sink(event);
      assert.deepEqual(plain(read(Buffer.from(text), text.length).folded), plain(folded));
    });
  }
});

describe('recorded answers', { skip }, () => {
  for (const file of files.filter((one) => one.endsWith('.json'))) {
    test(nameOf(file), () => {
      const fold = createFold();
      readResponse(JSON.parse(readFileSync(file, 'utf8')), fold.sink);
      const { content, error, usage } = fold.result();
      assert.equal(error !== undefined, strangers.test(file));
      if (error === undefined) assert.ok(content.length > 0 && (usage.output ?? 0) > 0);
    });
  }
});

/** Without what the two ways may differ in: titles and places of sources that were listed without. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(
    ([name, field]) => field !== undefined && !['native', 'title', 'start', 'end'].includes(name),
  );
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}
