import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { call, contents, llama, look, pdf, png, replied, said, type Uses, write } from './written.ts';

describe('media', () => {
  test('bytes, and objects in S3, whoever names them', () => {
    const written = write({
      from: 'openai-chat',
      turns: [
        said(
          { type: 'image', source: { ...png, mediaType: 'image/jpg' } },
          { type: 'image', source: { type: 'url', url: 's3://a/b.webp' } },
          { type: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
          { type: 'video', source: { type: 'base64', mediaType: 'video/quicktime', data: 'AAAA' } },
        ),
      ],
    });
    assert.deepEqual(contents(written)[0], [
      { image: { format: 'jpeg', source: { bytes: 'iVBORw0K' } } },
      { image: { format: 'webp', source: { s3Location: { uri: 's3://a/b.webp' } } } },
      { audio: { format: 'mp3', source: { bytes: 'AAAA' } } },
      { video: { format: 'mov', source: { bytes: 'AAAA' } } },
    ]);
    assert.deepEqual(written.losses, []);
  });

  test('words stand where something cannot be sent', () => {
    const written = write({
      turns: [
        said(
          { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
          { type: 'image', source: { type: 'file', id: 'file_1', owner: 'anthropic' } },
          { type: 'image', source: { type: 'base64', mediaType: 'image/tiff', data: 'AAAA' } },
          { type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' }, title: 'B' },
        ),
        replied({ type: 'image', source: png }),
      ],
    });
    const [user, assistant] = contents(written) as JsonObject[][];
    assert.match(String(user?.[0]?.text), /https:\/\/a\.example\/b\.png omitted/);
    assert.match(String(user?.[1]?.text), /omitted: it lies with another provider/);
    assert.match(String(user?.[2]?.text), /omitted: there is no image format for image\/tiff/);
    assert.equal(user?.[3]?.text, 'Document: B (https://a.example/b.pdf)');
    assert.match(String(assistant?.[0]?.text), /image omitted/);
    assert.deepEqual(written.losses, [
      'dropped turns[0].content[0]',
      'dropped turns[0].content[1]',
      'dropped turns[0].content[2]',
      'approximated turns[0].content[3]',
      'dropped turns[1].content[0]',
    ]);
  });

  test('names of documents are plain and differ, and words stand beside them', () => {
    const named = (title?: string): Block => ({ type: 'document', source: pdf, ...(title !== undefined && { title }) });
    const written = write({ turns: [said(named('a/b.pdf'), named('a b pdf'), named('  ü  '), named())] });
    const documents = (contents(written)[0] as JsonObject[]).flatMap(({ document }) =>
      document === undefined ? [] : [(document as JsonObject).name],
    );
    assert.deepEqual(documents, ['a b pdf', 'a b pdf (2)', 'document', 'document (2)']);
    assert.deepEqual((contents(written)[0] as JsonObject[]).at(-1), { text: 'See the document.' });
  });

  test('texts and parts are documents too; their pictures stand behind them', () => {
    const written = write({
      turns: [
        said(
          'Read.',
          { type: 'document', source: { type: 'text', text: 'One.' }, title: 'A', citations: true, context: 'Old.' },
          {
            type: 'document',
            source: {
              type: 'parts',
              parts: [
                { type: 'text', text: 'Two.' },
                { type: 'image', source: png },
              ],
            },
            title: 'B',
          },
          { type: 'document', source: { type: 'base64', mediaType: 'application/json', data: 'e30=' }, title: 'C' },
        ),
      ],
    });
    assert.deepEqual(contents(written)[0], [
      { text: 'Read.' },
      {
        document: {
          format: 'txt',
          source: { text: 'One.' },
          name: 'A',
          context: 'Old.',
          citations: { enabled: true },
        },
      },
      { document: { source: { content: [{ text: 'Two.' }] }, name: 'B' } },
      { image: { format: 'png', source: { bytes: 'iVBORw0K' } } },
      { document: { format: 'txt', source: { bytes: 'e30=' }, name: 'C' } },
    ]);
    assert.deepEqual(written.losses, ['moved turns[0].content[2].source.parts[1]']);
  });

  test('models that take neither are told so', () => {
    const written = write(
      {
        turns: [
          said(
            { type: 'image', source: png },
            { type: 'document', source: pdf, title: 'A' },
            { type: 'document', source: { type: 'text', text: 'One.' }, title: 'B' },
          ),
        ],
      },
      { images: false, files: false },
    );
    const [user] = contents(written) as JsonObject[][];
    assert.match(String(user?.[0]?.text), /image omitted/);
    assert.match(String(user?.[1]?.text), /document A omitted/);
    assert.equal(user?.[2]?.text, 'Document: B\n\nOne.');
  });

  test('results hold pictures and documents; recordings stand behind them', () => {
    const rich: Block = {
      type: 'tool_result',
      id: 'call_1',
      content: [
        { type: 'image', source: png },
        { type: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'AAAA' } },
        { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'u' }], citations: true },
        { type: 'tool_reference', name: 'other' },
      ],
    };
    const turns = [said('Go.'), replied(call), said(rich, 'Well?')];
    const [, , message] = contents(write({ turns, tools: [look] })) as JsonObject[][];
    assert.deepEqual(message, [
      {
        toolResult: {
          toolUseId: 'call_1',
          content: [
            { image: { format: 'png', source: { bytes: 'iVBORw0K' } } },
            { searchResult: { source: 's', title: 't', content: [{ text: 'u' }], citations: { enabled: true } } },
            { text: 'Tool other is now available.' },
          ],
        },
      },
      { text: 'From the result of tool call call_1:' },
      { audio: { format: 'wav', source: { bytes: 'AAAA' } } },
      { text: 'Well?' },
    ]);
    const [, , plain] = contents(write({ turns, tools: [look], model: llama })) as [unknown, unknown, [Uses]];
    assert.match(String(plain[0].toolResult?.content[1]?.text), /^t\ns\n/);
  });
});
