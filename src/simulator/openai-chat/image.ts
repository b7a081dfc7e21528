import { refuse } from './refusal.ts';

const IMAGE = /^data:(image\/(?:png|jpeg|jpg|gif|webp));base64,([A-Za-z0-9+/]+={0,2})$/;

/** Refuses an image that is neither a web address nor a data URL of a picture that OpenAI can read. */
export function checkImageUrl(url: string, place: string): void {
  if (/^https?:\/\//.test(url)) return;
  if (!url.startsWith('data:')) {
    refuse(
      "Invalid 'image_url'. Expected a valid URL, but got a value with an invalid format.",
      place,
      'invalid_value',
    );
  }
  if (!url.startsWith('data:image/')) {
    refuse('Invalid MIME type. Only image types are supported.', place, 'invalid_image_format');
  }
  const found = IMAGE.exec(url);
  if (found === null) {
    refuse(
      "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].",
      null,
      'invalid_image_format',
    );
  }
  if ((found?.[2] ?? '').length % 4 !== 0) refuse('Invalid base64 image_url.', place, 'invalid_base64');
}
