import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, DocumentBlock } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import type { ChatRequest } from '../canon/request.ts';
import { documentsAsText } from './documents.ts';
import { type PdfReader, type PdfText, PdfUnreadable } from './pdf.ts';

/** Knows its PDFs by heart. */
function readerOf(texts: { readonly [base64: string]: PdfText | Error }): PdfReader {
  return {
    text: (base64) => {
      const text = texts[base64] ?? new Error(`not asked for: ${base64}`);
      return text instanceof Error ? Promise.reject(text) : Promise.resolve(text);
    },
    close: () => Promise.resolve(),
  };
}

function pdf(data: string, mediaType = 'application/pdf'): DocumentBlock {
  return { type: 'document', source: { type: 'base64', mediaType, data }, title: 'Report', cache: { ttl: '1h' } };
}

function requestWith(...content: readonly Block[]): ChatRequest {
  return {
    from: 'anthropic',
    model: 'm',
    stream: false,
    system: [],
    turns: [{ role: 'user', content }],
    tools: [],
    sampling: {},
  };
}

test('a PDF is told page by page, wherever it stands, and keeps what else the block says', async () => {
  const reader = readerOf({ two: { pages: ['Hello', 'World'], total: 2, truncated: false } });
  const { request, losses } = await documentsAsText(
    requestWith({ type: 'text', text: 'hi' }, pdf('two'), { type: 'tool_result', id: 'a', content: [pdf('two')] }),
    reader,
  );
  const told = {
    type: 'document',
    source: { type: 'text', text: '[page 1]\nHello\n\n[page 2]\nWorld' },
    title: 'Report',
    cache: { ttl: '1h' },
  };
  assert.deepEqual(request.turns[0]?.content, [
    { type: 'text', text: 'hi' },
    told,
    { type: 'tool_result', id: 'a', content: [told] },
  ]);
  assert.deepEqual(losses, [
    { what: 'approximated', path: 'turns[0].content[1]', why: 'the PDF is told as its text, 2 pages' },
    { what: 'approximated', path: 'turns[0].content[2].content[0]', why: 'the PDF is told as its text, 2 pages' },
  ]);
});

test('what is left out is told, and what could not be read', async () => {
  const reader = readerOf({
    long: { pages: ['Hello'], total: 90, truncated: true },
    scan: { pages: ['', ''], total: 2, truncated: false },
    locked: new PdfUnreadable('it is protected by a password'),
  });
  const { request, losses } = await documentsAsText(requestWith(pdf('long'), pdf('scan'), pdf('locked')), reader);
  assert.deepEqual(
    request.turns[0]?.content.map((block) => block.type === 'document' && block.source),
    [
      { type: 'text', text: '[page 1]\nHello\n\n[The PDF has 90 pages; the rest is left out.]' },
      { type: 'text', text: '[PDF of 2 pages omitted: it has no text, only pictures]' },
      { type: 'text', text: '[PDF omitted: it is protected by a password]' },
    ],
  );
  assert.deepEqual(
    losses.map(({ what, why }) => `${what}: ${why}`),
    [
      'approximated: the PDF is told as its text, 90 pages, of which the first 1 are told',
      'dropped: the PDF has no text in its 2 pages',
      'dropped: the PDF could not be read: it is protected by a password',
    ],
  );
});

test('a PDF is known by its bytes too, and nothing else is touched', async () => {
  const data = Buffer.from('%PDF-1.7 ...').toString('base64');
  const reader = readerOf({ [data]: { pages: ['Hello'], total: 1, truncated: false } });
  const { losses } = await documentsAsText(requestWith(pdf(data, 'application/octet-stream')), reader);
  assert.deepEqual(
    losses.map(({ why }) => why),
    ['the PDF is told as its text, 1 page'],
  );
  const other = requestWith(
    { type: 'document', source: { type: 'text', text: 'plain' } },
    { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
    { type: 'image', source: { type: 'base64', mediaType: 'image/png', data } },
    pdf(Buffer.from('words').toString('base64'), 'text/plain'),
  );
  assert.equal((await documentsAsText(other, reader)).request, other);
});

test('a reader that is busy is no reason to leave a PDF out', async () => {
  const reader = readerOf({ any: new GatewayError('overloaded', 'Too many.') });
  await assert.rejects(documentsAsText(requestWith(pdf('any')), reader), /Too many/);
});

test('those that are kept are the first ones as they are sent: results in the order of their calls', async () => {
  const reader = readerOf({ second: { pages: ['Hello'], total: 1, truncated: false } });
  const call = (id: string): Block => ({ type: 'tool_call', id, name: 'Read', json: '{}' });
  const result = (id: string, data: string): Block => ({ type: 'tool_result', id, content: [pdf(data)] });
  const asked = requestWith(result('b', 'second'), result('a', 'first'));
  const turns = [{ role: 'assistant', content: [call('a'), call('b')] } as const, ...asked.turns];
  const { losses } = await documentsAsText({ ...asked, turns }, reader, 1);
  assert.deepEqual(losses, [
    { what: 'approximated', path: 'turns[1].content[0].content[0]', why: 'the PDF is told as its text, 1 page' },
  ]);
});
