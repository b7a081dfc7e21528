import { type JsonObject, objectOf, textOf } from '../json.ts';
import { refuse, refuseAsModel, refuseConstraint } from './refusal.ts';

/** How the bytes of each image format begin, in base64. */
const IMAGES: Readonly<Record<string, string>> = {
  jpeg: '/9j/',
  png: 'iVBORw0KGgo',
  gif: 'R0lGOD',
  webp: 'UklGR',
};
const PDF = 'JVBERi';
const MAX_NAME = 200;

/** Refuses an image whose bytes are not of the format that it claims. */
export function checkImage(image: JsonObject, place: string): void {
  const { bytes, s3Location } = objectOf(image.source);
  if (s3Location !== undefined) return checkLocation(objectOf(s3Location), `${place}.source.s3Location`);
  const data = textOf(bytes);
  const format = textOf(image.format);
  if (data.startsWith(IMAGES[format] ?? '')) return;
  const real = Object.entries(IMAGES).find(([, beginning]) => data.startsWith(beginning))?.[0];
  if (real === undefined) refuseAsModel(`${place}.source.base64.data: Could not process image`);
  refuseAsModel(
    `${place}.source.base64: The image was specified using the image/${format} media type, but the image appears to be ` +
      `a image/${real} image`,
  );
}

/** Refuses a document with a name or a source that the service does not take. */
export function checkDocument(document: JsonObject, place: string): void {
  const name = textOf(document.name);
  if (name === '') refuseConstraint(name, `${place}.name`, 'Member must have length greater than or equal to 1');
  if (name.length > MAX_NAME) {
    refuseConstraint(name, `${place}.name`, `Member must have length less than or equal to ${MAX_NAME}`);
  }
  if (!/^[A-Za-z0-9\-()[\] ]+$/.test(name) || name.includes('  ')) {
    refuse(
      'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and ' +
        "square brackets. The name can't contain more than one consecutive whitespace character. Check that the file " +
        'name conforms to these restrictions and retry your request.',
    );
  }
  checkSource(document, place);
}

function checkSource(document: JsonObject, place: string): void {
  const { bytes, text, content, s3Location } = objectOf(document.source);
  if (s3Location !== undefined) return checkLocation(objectOf(s3Location), `${place}.source.s3Location`);
  if (content !== undefined) return;
  if (text !== undefined) {
    if (textOf(text).trim() === '') refuse(`The text field in the DocumentSource object at ${place}.source is blank.`);
    return;
  }
  if (document.format === undefined) refuseConstraint(undefined, `${place}.format`, 'Member must not be null');
  if (textOf(bytes) === '') refuse(`The bytes field in the DocumentSource object at ${place}.source is empty.`);
  if (document.format === 'pdf' && !textOf(bytes).startsWith(PDF)) {
    refuseAsModel(`${place}.source.base64.data: The PDF specified was not valid.`);
  }
}

/** Refuses a place that is none in Amazon S3. */
export function checkLocation(location: JsonObject, place: string): void {
  if (/^s3:\/\/[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9](\/.*)?$/.test(textOf(location.uri))) return;
  refuseConstraint(
    location.uri,
    `${place}.uri`,
    'Member must satisfy regular expression pattern: s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?',
  );
}
