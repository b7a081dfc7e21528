import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesIn, isBase64, mediaTypeOf, mediaTypeOfName, parseDataUrl, plainBase64 } from './media.ts';

/** A file of these first bytes and a hundred more. */
function file(head: string): string {
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(100, 0x20)]).toString('base64');
}

/** The head of an archive whose first files have these names. */
function archive(...names: readonly string[]): string {
  const entries = names.map((name) => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`);
  return file(entries.join('x'.repeat(300)));
}

test('a file is known by its first bytes', () => {
  const types: readonly (readonly [base64: string, mediaType: string | undefined])[] = [
    [file('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'image/png'],
    [file('\xff\xd8\xff\xe0\0\x10JFIF'), 'image/jpeg'],
    [file('GIF89a'), 'image/gif'],
    [file('RIFF\x24\0\0\0WEBPVP8 '), 'image/webp'],
    [file('RIFF\x24\0\0\0WAVEfmt '), 'audio/wav'],
    [file('RIFF\x24\0\0\0????'), undefined],
    [file('BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0\x28\0\0\0'), 'image/bmp'],
    [file('BMW is a maker of cars'), undefined],
    [file('II*\0\x08\0\0\0'), 'image/tiff'],
    [file('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'image/heic'],
    [file('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf'), 'image/avif'],
    [file('\0\0\0\x14ftypmif1\0\0\0\0mif1avif'), 'image/heif'],
    [file('\0\0\0\x20ftypavif\0\0\0\0'), 'image/avif'],
    [file('\0\0\0\x20ftypM4A \0\0\0\0'), 'audio/mp4'],
    [file('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41'), 'video/mp4'],
    [file('\0\0\0\x14ftypqt  \0\0\0\0'), 'video/quicktime'],
    [file('%PDF-1.7\n'), 'application/pdf'],
    [file('ID3\x04\0\0'), 'audio/mpeg'],
    [file('\xff\xfb\x90\x64'), 'audio/mpeg'],
    [file('\xff\xf1\x50\x80'), 'audio/aac'],
    [file('\xff\xfb\xf0\x64'), undefined],
    [file('\xff\xeb\x90\x64'), undefined],
    [file('\xff\xfe\0h\0i'), undefined],
    [file('OggS\0\x02'), 'audio/ogg'],
    [file('fLaC\0\0\0\x22'), 'audio/flac'],
    [file('\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm'), 'video/webm'],
    [file('\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska'), 'video/x-matroska'],
    [
      archive('[Content_Types].xml', '_rels/.rels', 'word/document.xml'),
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    [
      archive('[Content_Types].xml', '_rels/.rels', 'xl/workbook.xml'),
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    ],
    [archive('mimetype', 'anything'), 'application/zip'],
    [file('Dear Sir or Madam'), undefined],
    ['', undefined],
    ['!!! no base64 !!!', undefined],
  ];
  for (const [base64, mediaType] of types)
    assert.equal(mediaTypeOf(base64), mediaType, Buffer.from(base64, 'base64').toString('latin1', 0, 30));
});

test('the length of the bytes is known without decoding', () => {
  for (let length = 0; length < 20; length++) {
    const base64 = Buffer.alloc(length, 7).toString('base64');
    assert.equal(bytesIn(base64), length);
    assert.equal(bytesIn(base64.replaceAll('=', '')), length);
  }
});

test('base64 is told from what only looks like it, at any length', () => {
  for (const length of [0, 3, 10, 11, 12_286, 12_287, 12_288, 12_289, 50_000]) {
    const base64 = Buffer.alloc(length, 'text').toString('base64');
    assert.equal(isBase64(base64), true, `${length} bytes`);
    if (length < 10) continue;
    assert.equal(isBase64(`${base64}A`), false);
    for (const wrong of ['*', '=', ' ', '\n', '-', '_', 'é', 'Ł', '\0']) {
      for (const at of [0, 1, Math.floor(base64.length / 2), base64.length - 5]) {
        assert.equal(isBase64(base64.slice(0, at) + wrong + base64.slice(at + 1)), false, `${wrong} at ${at}`);
      }
    }
  }
  // Padding where one piece ends and another begins.
  const padded = Buffer.alloc(12_287).toString('base64');
  assert.equal(padded.length, 16_384);
  assert.equal(isBase64(padded + padded), false);
  assert.equal(isBase64('===='), false);
  assert.equal(isBase64('A==='), false);
});

test('base64 of another custom is mended', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const base64 = bytes.toString('base64');
  assert.equal(plainBase64(base64), base64);
  assert.equal(plainBase64(bytes.toString('base64url')), base64);
  assert.equal(plainBase64(`${base64.replace(/(.{76})/g, '$1\r\n')}\n`), base64);
  assert.equal(plainBase64('{"not": "base64"}'), undefined);
  assert.equal(plainBase64('A'), undefined);
});

test('a data URL gives its type and bytes', () => {
  assert.deepEqual(parseDataUrl('data:image/png;base64,iVBORw0KGgo='), {
    mediaType: 'image/png',
    data: 'iVBORw0KGgo=',
  });
  assert.deepEqual(parseDataUrl('DATA:Text/Plain;charset=utf-8;BASE64,aGk='), {
    mediaType: 'text/plain',
    data: 'aGk=',
  });
  assert.deepEqual(parseDataUrl('data:text/html,%3Cp%3Ehi'), { mediaType: 'text/html', data: 'PHA+aGk=' });
  assert.deepEqual(parseDataUrl('data:,100%'), { mediaType: 'text/plain', data: 'MTAwJQ==' });
  assert.deepEqual(parseDataUrl('data:;base64,iVBORw0KGgo='), { mediaType: 'image/png', data: 'iVBORw0KGgo=' });
  assert.deepEqual(parseDataUrl('data:a/b;base64,aGk%3D'), { mediaType: 'a/b', data: 'aGk=' });
  assert.equal(parseDataUrl('https://example.com/a,b'), undefined);
  assert.equal(parseDataUrl('data:image/png;base64'), undefined);
});

test('a name tells the type by its end', () => {
  assert.equal(mediaTypeOfName('https://example.com/a.b/Scan.PDF?page=1#top'), 'application/pdf');
  assert.equal(mediaTypeOfName('gs://bucket/film.mp4'), 'video/mp4');
  assert.equal(mediaTypeOfName('C:\\notes\\read.me.md'), 'text/markdown');
  assert.equal(mediaTypeOfName('/a.png/none'), undefined);
  assert.equal(mediaTypeOfName('picture'), undefined);
  assert.equal(mediaTypeOfName(''), undefined);
});
