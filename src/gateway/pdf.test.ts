import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { GatewayError } from '../canon/error.ts';
import { createPdfReader, type PdfReader, type PdfReaderOptions, PdfUnreadable } from './pdf.ts';

const roomy: PdfReaderOptions = { timeoutMs: 60_000, maxBytes: 10_000_000, maxPages: 100, maxCharacters: 100_000 };

/** A PDF of one page for each content stream (packed as `page` does it), as base64. */
function pdfOf(...contents: readonly string[]): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${contents.length} /Kids [${contents.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...contents.flatMap((content, i) => {
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
        `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  const offsets: number[] = [];
  let file = '%PDF-1.4\n';
  for (const [i, object] of objects.entries()) {
    offsets.push(file.length);
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`;
  return Buffer.from(file, 'latin1').toString('base64');
}

/** The content of a page with these lines. */
function page(...lines: readonly string[]): string {
  const content = `BT /F 0.5 Tf 0.7 TL 50 750 Td ${lines.map((line) => `(${line}) Tj T*`).join(' ')} ET`;
  return deflateSync(content).toString('latin1');
}

/** A page of half a gigabyte, all of it blank. */
function bomb(): string {
  const block = deflateRawSync(Buffer.alloc(1_000_000, ' '), { finishFlush: constants.Z_FULL_FLUSH });
  return `\x78\x9c${block.toString('latin1').repeat(500)}\x03\0`;
}

function readerFor(t: TestContext, options: Partial<PdfReaderOptions> = {}): PdfReader {
  const reader = createPdfReader({ ...roomy, ...options });
  t.after(() => reader.close());
  return reader;
}

/** The threads started while the test runs. */
function threadsOf(t: TestContext): readonly Worker[] {
  const threads: Worker[] = [];
  const note = (message: unknown): void => {
    threads.push((message as { readonly worker: Worker }).worker);
  };
  subscribe('worker_threads', note);
  t.after(() => unsubscribe('worker_threads', note));
  return threads;
}

test('a PDF is read page by page, and one that comes again is not read again', async (t) => {
  const threads = threadsOf(t);
  const reader = readerFor(t);
  const base64 = pdfOf(page('Hello', 'World'), page(), page('The end'));
  const [text, again] = await Promise.all([reader.text(base64), reader.text(base64)]);
  assert.deepEqual(text, { pages: ['Hello\nWorld', '', 'The end'], total: 3, truncated: false });
  assert.equal(again, text);
  assert.equal(await reader.text(base64), text);
  assert.notEqual(await reader.text(pdfOf(page('Hello', 'World'))), text);
  assert.equal(threads.length, 1);
});

test('what lies beyond the limits is left out', async (t) => {
  const base64 = pdfOf(page('one'), page('two'), page('three'));
  const pages = await readerFor(t, { maxPages: 2 }).text(base64);
  assert.deepEqual(pages, { pages: ['one', 'two'], total: 3, truncated: true });
  const characters = await readerFor(t, { maxCharacters: 5 }).text(base64);
  assert.deepEqual(characters, { pages: ['one', 'tw'], total: 3, truncated: true });
  await assert.rejects(readerFor(t, { maxBytes: 100 }).text(base64), /^PdfUnreadable: it has more than 100 bytes/);
});

test('a long page is read to its end, or as far as there is room', async (t) => {
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  const base64 = pdfOf(page(...lines));
  const [read = ''] = (await readerFor(t).text(base64)).pages;
  assert.equal(read.split('\n').length, 1000);
  assert.ok(read === lines.join('\n'));
  const { pages, truncated } = await readerFor(t, { maxCharacters: 3000 }).text(base64);
  assert.deepEqual([pages.length, pages[0], truncated], [1, read.slice(0, 3000).trim(), true]);
});

test('what has not been asked for lately is forgotten', async (t) => {
  const reader = readerFor(t, { maxKeptCharacters: 15 });
  const [one, two, three] = [pdfOf(page('first one')), pdfOf(page('second')), pdfOf(page('third'))];
  const first = await reader.text(one);
  const second = await reader.text(two);
  assert.equal(await reader.text(one), first);
  await reader.text(three);
  assert.equal(await reader.text(one), first);
  assert.notEqual(await reader.text(two), second);
});

test('what is no PDF is unreadable, and harms nobody', async (t) => {
  const reader = readerFor(t);
  const damaged = Buffer.from('%PDF-1.4\nnot really').toString('base64');
  await assert.rejects(reader.text(damaged), new PdfUnreadable('it is damaged, or no PDF'));
  await assert.rejects(reader.text('%%%%'), new PdfUnreadable('its base64 is not valid'));
  assert.deepEqual((await reader.text(pdfOf(page('fine')))).pages, ['fine']);
});

test('a PDF that unfolds endlessly ends its thread; the next one gets another', async (t) => {
  const threads = threadsOf(t);
  const reader = readerFor(t);
  assert.deepEqual(await reader.text(pdfOf(page('before'), bomb())), { pages: ['before'], total: 2, truncated: true });
  assert.deepEqual((await reader.text(pdfOf(page('after')))).pages, ['after']);
  assert.equal(threads.length, 2);
});

test('time is limited', async (t) => {
  const reader = readerFor(t, { timeoutMs: 1 });
  await assert.rejects(reader.text(pdfOf(page('slow'))), new PdfUnreadable('it takes more than 0.001 s to read'));
});

test('more than a few may not wait', async (t) => {
  const reader = readerFor(t);
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => reader.text(pdfOf(page(`number ${i}`)))),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  assert.ok(refused.length > 0 && refused.length < 10, String(refused.length));
  assert.ok(refused.every(({ reason }) => reason instanceof GatewayError && reason.kind === 'overloaded'));
  assert.deepEqual((await reader.text(pdfOf(page('number 19')))).pages, ['number 19']);
});

test('the thread ends when nothing more comes, and with the reader', async (t) => {
  const threads = threadsOf(t);
  const idle = readerFor(t, { idleMs: 1 });
  await idle.text(pdfOf(page('once')));
  await once(threads[0]!, 'exit');
  assert.deepEqual((await idle.text(pdfOf(page('twice')))).pages, ['twice']);
  const reader = createPdfReader(roomy);
  const text = reader.text(pdfOf(page('late')));
  const refused = assert.rejects(text, (error) => error instanceof GatewayError && error.kind === 'unavailable');
  await reader.close();
  await refused;
  await assert.rejects(reader.text(pdfOf(page('later'))), /stopping/);
});
