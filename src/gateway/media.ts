import { hasBlock, withBlocks } from '../canon/blocks.ts';
import type { AudioBlock, Block, DocumentBlock, ImageBlock, Source, VideoBlock } from '../canon/content.ts';
import { GatewayError } from '../canon/error.ts';
import type { Loss } from '../canon/loss.ts';
import { bytesIn, mediaTypeOf, parseDataUrl, plainBase64 } from '../canon/media.ts';
import type { ChatRequest } from '../canon/request.ts';

/** Most bytes of one attachment, decoded. `document` is the limit of recordings and films too. */
export interface MediaLimits {
  readonly image: number;
  readonly document: number;
}

type Media = ImageBlock | AudioBlock | VideoBlock | DocumentBlock;
type Encoded = Extract<Source, { readonly type: 'base64' }>;

/**
 * Types that the same first bytes may mean, or that are names of one thing: within a line the sender knows best. Not
 * here is what is no name at all though it is often written, such as `image/jpg`: providers refuse it.
 */
const families: readonly (readonly string[])[] = [
  ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/mpeg3', 'audio/x-mpeg-3', 'audio/mpga'],
  ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  ['audio/flac', 'audio/x-flac'],
  ['audio/aac', 'audio/x-aac', 'audio/aacp'],
  ['audio/aiff', 'audio/x-aiff'],
  [
    'video/mp4',
    'audio/mp4',
    'audio/m4a',
    'audio/x-m4a',
    'video/x-m4v',
    'video/quicktime',
    'video/mov',
    'video/3gpp',
    'audio/3gpp',
  ],
  ['video/webm', 'audio/webm', 'video/x-matroska', 'audio/x-matroska'],
  ['audio/ogg', 'video/ogg', 'application/ogg', 'audio/opus', 'audio/vorbis'],
  ['video/x-msvideo', 'video/avi', 'video/msvideo'],
  ['video/mpeg', 'video/mpg', 'video/mpegps'],
  ['video/x-ms-wmv', 'video/wmv', 'video/x-ms-asf', 'audio/x-ms-wma'],
  ['video/x-flv', 'video/flv'],
  ['image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
  ['image/bmp', 'image/x-ms-bmp', 'image/x-bmp'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['application/rtf', 'text/rtf'],
];

/** Sound in a container for films, where only sound was announced. */
const soundOf: ReadonlyMap<string, string> = new Map([
  ['video/mp4', 'audio/mp4'],
  ['video/webm', 'audio/webm'],
]);

/**
 * The request with every attachment that it carries told as what it is: a wrong type is corrected by the bytes, base64 of
 * another custom rewritten. The same object when there was nothing to do. Throws `invalid_request` for what is no base64
 * and `too_large`, with the path. Bytes are not decoded but for a prefix; all of the base64 is looked at, since a slip in
 * the middle fails at the provider without a path, and looking costs as little as copying (`isBase64`).
 */
export function checkedMedia(
  request: ChatRequest,
  limits: MediaLimits,
): { readonly request: ChatRequest; readonly losses: readonly Loss[] } {
  if (!hasBlock(request, isMedia)) return { request, losses: [] };
  const losses: Loss[] = [];
  const next = withBlocks(request, (block, path) => {
    if (!isMedia(block)) return block;
    const source = encodedIn(block, path);
    if (source === undefined) return block;
    checkSize(block, source, limits, path);
    const plain = plainSource(source, path, losses);
    const typed = typedBlock(block, plain, path, losses);
    return typed ?? (plain === block.source ? block : { ...block, source: plain });
  });
  return { request: next, losses };
}

function isMedia(block: Block): block is Media {
  return block.type === 'image' || block.type === 'document' || block.type === 'audio' || block.type === 'video';
}

/** The source if it holds the bytes themselves, be it in a URL. */
function encodedIn({ source }: Media, path: () => string): Encoded | undefined {
  if (source.type === 'base64') return source;
  if (source.type !== 'url' || !/^data:/i.test(source.url.slice(0, 5))) return undefined;
  const parsed = parseDataUrl(source.url);
  if (parsed === undefined) throw refusal('invalid_request', path, 'the data URL has no data');
  return { type: 'base64', ...parsed };
}

function checkSize({ type }: Media, { data }: Encoded, limits: MediaLimits, path: () => string): void {
  const bytes = bytesIn(data);
  const limit = type === 'image' ? limits.image : limits.document;
  if (bytes === 0) throw refusal('invalid_request', path, `the ${type} is empty`);
  if (bytes > limit) throw refusal('too_large', path, `the ${type} has ${bytes} bytes, ${limit} are allowed`);
}

function plainSource(source: Encoded, path: () => string, losses: Loss[]): Encoded {
  // Some put a whole data URL where its data belongs.
  const inner = parseDataUrl(source.data)?.data ?? source.data;
  const data = plainBase64(inner);
  if (data === undefined || data === '') throw refusal('invalid_request', path, 'the data is not valid base64');
  if (data === source.data) return source;
  losses.push({ what: 'mapped', path: path(), why: 'the base64 is written plainly: usual letters, padded, no breaks' });
  return { ...source, data };
}

/** The block by its true type, where that is another one than it says. */
function typedBlock(block: Media, source: Encoded, path: () => string, losses: Loss[]): Media | undefined {
  const declared = source.mediaType.replace(/;.*$/s, '').trim().toLowerCase();
  const found = mediaTypeOf(source.data);
  if (found === undefined) return undefined;
  const agrees = mayBe(declared, found);
  const real = block.type === 'audio' ? (soundOf.get(found) ?? found) : found;
  const mediaType = agrees ? source.mediaType : real;
  const type = blockTypeOf(agrees ? declared : real);
  if (agrees && type === block.type) return undefined;
  const instead = type === block.type ? '' : `, sent as ${type} instead of ${block.type}`;
  losses.push({
    what: 'mapped',
    path: path(),
    why: agrees ? `is ${declared}${instead}` : `is ${real}, not ${source.mediaType || 'without a type'}${instead}`,
  });
  const next: Source = { ...source, mediaType };
  if (type === block.type) return { ...block, source: next };
  noteLeft(block, type, path, losses);
  return {
    type,
    source: next,
    ...(block.cache !== undefined && { cache: block.cache }),
    ...(block.ext !== undefined && { ext: block.ext }),
  };
}

/** What a block of another type cannot say. */
function noteLeft(block: Media, type: Media['type'], path: () => string, losses: Loss[]): void {
  for (const field of ['title', 'context', 'citations', 'detail']) {
    if (!Object.hasOwn(block, field)) continue;
    losses.push({ what: 'dropped', path: `${path()}.${field}`, why: `${type} blocks have none` });
  }
}

function mayBe(declared: string, found: string): boolean {
  if (declared === found) return true;
  // Text and bare samples may begin with anything that looks like a mark.
  if (isText(declared)) return found !== 'application/pdf';
  if (/^audio\/(pcm|l\d|basic)/.test(declared)) return true;
  if (found === 'application/zip') return declared.startsWith('application/');
  return families.some((family) => family.includes(declared) && family.includes(found));
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /^application\/(json|xml|javascript|.+\+(json|xml))$/.test(mediaType);
}

function blockTypeOf(mediaType: string): Media['type'] {
  const [family] = mediaType.split('/');
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

function refusal(kind: 'invalid_request' | 'too_large', path: () => string, what: string): GatewayError {
  return new GatewayError(kind, `${path()}: ${what}`, { param: path() });
}
