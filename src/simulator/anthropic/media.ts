import { type JsonObject, textOf } from '../json.ts';
import { SOURCES } from './fields.ts';
import { checkMembers, objectAt, refuse, rowFor } from './refusal.ts';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** How the bytes of each kind begin, in base64. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  'image/jpeg': '/9j/',
  'image/png': 'iVBORw0KGgo',
  'image/gif': 'R0lGOD',
  'image/webp': 'UklGR',
};

/** Refuses an image that the service could not read. */
export function checkImage(block: JsonObject, place: string): void {
  const source = objectAt(block.source, `${place}.source`);
  checkMembers(source, rowFor(source, SOURCES, `${place}.source`), `${place}.source`, ['type']);
  if (source.type !== 'base64') return;
  const type = textOf(source.media_type);
  const where = `${place}.source.base64`;
  if (!IMAGE_TYPES.includes(type)) {
    refuse(`${where}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`);
  }
  const data = checkBase64(source, where);
  if (data.startsWith(BEGINNINGS[type] ?? '')) return;
  const real = Object.entries(BEGINNINGS).find(([, beginning]) => data.startsWith(beginning))?.[0];
  if (real === undefined) refuse('Could not process image');
  refuse(
    `${where}.data: The image was specified using the ${type} media type, but the image appears to be a ${real} image`,
  );
}

/** Refuses a document whose source is not one of the known kinds. */
export function checkDocument(block: JsonObject, place: string): void {
  const source = objectAt(block.source, `${place}.source`);
  checkMembers(source, rowFor(source, SOURCES, `${place}.source`), `${place}.source`, ['type']);
  if (source.type === 'base64') {
    if (source.media_type !== 'application/pdf') {
      refuse(`${place}.source.base64.media_type: Input should be 'application/pdf'`);
    }
    if (!checkBase64(source, `${place}.source.base64`).startsWith('JVBERi')) {
      refuse(`${place}.source.base64.data: The PDF specified was not valid.`);
    }
  }
  if (source.type === 'text' && source.media_type !== 'text/plain') {
    refuse(`${place}.source.text.media_type: Input should be 'text/plain'`);
  }
}

function checkBase64(source: JsonObject, place: string): string {
  const data = textOf(source.data);
  if (data === '' || data.length % 4 !== 0 || !BASE64.test(data)) refuse(`${place}.data: Invalid base64 data`);
  return data;
}
