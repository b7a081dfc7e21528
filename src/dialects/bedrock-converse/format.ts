/** What is sent is told by a short name of its format here, elsewhere by a media type. */
export type Medium = 'image' | 'audio' | 'video' | 'document';

/** Formats with their media types; of several for one type the first is written. */
const formats: { readonly [medium in Medium]: readonly (readonly [format: string, mediaType: string])[] } = {
  image: [
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
  ],
  audio: [
    ['mp3', 'audio/mpeg'],
    ['wav', 'audio/wav'],
    ['flac', 'audio/flac'],
    ['ogg', 'audio/ogg'],
    ['opus', 'audio/opus'],
    ['aac', 'audio/aac'],
    ['x-aac', 'audio/x-aac'],
    ['mp4', 'audio/mp4'],
    ['m4a', 'audio/m4a'],
    ['webm', 'audio/webm'],
    ['mka', 'audio/x-matroska'],
    ['mkv', 'audio/x-matroska'],
    ['pcm', 'audio/pcm'],
    ['mpga', 'audio/mpeg'],
    ['mpeg', 'audio/mpeg'],
  ],
  video: [
    ['mp4', 'video/mp4'],
    ['mov', 'video/quicktime'],
    ['mkv', 'video/x-matroska'],
    ['webm', 'video/webm'],
    ['flv', 'video/x-flv'],
    ['mpeg', 'video/mpeg'],
    ['mpg', 'video/mpeg'],
    ['wmv', 'video/x-ms-wmv'],
    ['three_gp', 'video/3gpp'],
  ],
  document: [
    ['pdf', 'application/pdf'],
    ['txt', 'text/plain'],
    ['md', 'text/markdown'],
    ['csv', 'text/csv'],
    ['html', 'text/html'],
    ['doc', 'application/msword'],
    ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['xls', 'application/vnd.ms-excel'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ],
};

/** Other names of the same types. */
const aliases: { readonly [mediaType: string]: string } = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/mpga': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/x-m4a': 'audio/m4a',
  'video/mov': 'video/quicktime',
  'video/mpg': 'video/mpeg',
  'video/wmv': 'video/x-ms-wmv',
  'video/flv': 'video/x-flv',
};

/** The media type of a format; made of its name where it is not known. */
export function mediaTypeOfFormat(medium: Medium, format: string): string {
  const known = formats[medium].find(([name]) => name === format);
  return known?.[1] ?? `${medium === 'document' ? 'application' : medium}/${format}`;
}

/** The format for a media type; nothing where the service has none. Whatever is text is plain text at least. */
export function formatOfMediaType(medium: Medium, mediaType: string): string | undefined {
  const bare = mediaType.replace(/;.*$/s, '').trim().toLowerCase();
  const plain = aliases[bare] ?? bare;
  const known = formats[medium].find(([, type]) => type === plain);
  if (known !== undefined || medium !== 'document') return known?.[0];
  return /^text\/|^application\/(json|xml|yaml|javascript|.+\+(json|xml))$/.test(plain) ? 'txt' : undefined;
}
