import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageSizeOf } from './image-size.ts';

/** Bytes by their hexadecimal form, filled up to what a file has at least. */
function file(hex: string): string {
  return Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(60)]).toString('base64');
}

/** A segment of a JPEG that says nothing of its size. */
function segment(bytes: number): string {
  return `ffe1 ${(bytes + 2).toString(16).padStart(4, '0')} ${'ab'.repeat(bytes)}`;
}

const frame = 'ffc2 0011 08 0300 0400 03';

test('the size of an image is read from its head', () => {
  const sizes: readonly (readonly [base64: string, width: number, height: number])[] = [
    [file('89504e470d0a1a0a 0000000d 49484452 00000500 000002d0'), 1280, 720],
    [file('474946383961 8002 e001'), 640, 480],
    [file('424d 00000000 00000000 36000000 28000000 2c010000 38ffffff'), 300, 200],
    [file('52494646 00000000 57454250 56503820 00000000 000000 9d012a 2003 5802'), 800, 600],
    [file('52494646 00000000 57454250 56503858 0a000000 00000000 ff0300 ff0200'), 1024, 768],
    [file('52494646 00000000 57454250 5650384c 00000000 2f 8f 81 43 00'), 400, 271],
    [file(`ffd8 ffe0 0004 0000 ${frame}`), 1024, 768],
    [file(`ffd8 ${segment(50_000)} ffff ${segment(10)} ${frame}`), 1024, 768],
  ];
  for (const [base64, width, height] of sizes) assert.deepEqual(imageSizeOf(base64), { width, height });
});

test('what the head does not tell is not guessed', () => {
  const unknown = [
    '',
    'iVBORw0KGgo=',
    file('25504446 2d312e37'),
    file('52494646 00000000 57454250 56503839 00000000 000000 9d012a 2003 5802'),
    file('89504e470d0a1a0a 0000000d 49484452 00000000 000002d0'),
    file('ffd8 ffe0 0004 0000 ffda'),
    file(`ffd8 ${segment(60_000)} ${segment(60_000)} ${frame}`),
  ];
  for (const base64 of unknown) assert.equal(imageSizeOf(base64), undefined, base64.slice(0, 40));
});
