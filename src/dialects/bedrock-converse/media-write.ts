import type { AudioBlock, ImageBlock, VideoBlock } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import { omitted } from '../../canon/prose.ts';
import { fieldsOf } from './ext.ts';
import { reasonAgainst, writeSource } from './source.ts';
import type { Writing } from './writing.ts';

const names = { image: 'image', audio: 'recording', video: 'video' } as const;

/** A picture, recording or film; words in its place where it cannot be sent. */
export function writeMedia(block: ImageBlock | AudioBlock | VideoBlock, to: Writing): JsonObject[] {
  const { type, source, ext } = block;
  const path = to.at(block);
  const { format: _, bucketOwner: __, cachePoint: ___, guardContent, ...own } = fieldsOf(ext);
  const written = writeSource(type, source, fieldsOf(ext));
  const refused = type === 'image' && to.quirks.images === false ? 'the model takes no images' : undefined;
  if (written === undefined || refused !== undefined)
    return [absent(block, refused ?? reasonAgainst(type, source), to)];
  if (block.type === 'image' && block.detail !== undefined && block.detail !== 'auto')
    to.lose('dropped', `${path}.detail`, 'images have no detail here');
  const media = { [type]: { ...written, ...own } };
  return [guardContent === undefined ? media : { guardContent: media }];
}

/** Words in the place of what cannot be sent: the model shall know that it was there. */
export function absent(block: ImageBlock | AudioBlock | VideoBlock, why: string, to: Writing): JsonObject {
  const { type, source } = block;
  to.lose('dropped', to.at(block), why);
  return { text: omitted(source.type === 'url' ? `${names[type]} ${source.url}` : names[type], why) };
}
