import { plainBase64 } from '../../canon/media.ts';

/** A proof as a part carries it. */
export interface Proof {
  readonly value: string;
  /** It is reasoning that was encrypted from the start. */
  readonly redacted: boolean;
  /** On a text part: it belongs to what stands before the text, and not to the text. */
  readonly before: boolean;
}

/** How every wrapped proof begins: base64 of nine bytes, as the whole of it is base64. */
const wrapMark = 'dragomanWRAP';
const mark = Buffer.from(wrapMark, 'base64');
const redactedFlag = 1;
const beforeFlag = 2;
/** The content is what the value decodes to, not its letters. */
const decodedFlag = 4;
/** Base64 in any of its alphabets. */
const letters = /^[\w+/=-]+$/;

/** What Google's documentation tells to send instead of a proof that nobody has: proofs of nothing. */
const stubs: ReadonlySet<string> = new Set(
  ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
    plainBase64(text) ?? text,
  ]),
);

/** Sent with calls that another model made: the API checks none of them then. */
export const unproven = 'skip_thought_signature_validator';

/**
 * A proof in the form of `thoughtSignature`: base64, since SDKs decode it and encode it again, perhaps in other letters.
 * A value that would not survive this, or that has to say more about itself, is wrapped; `readProof` unwraps it.
 */
export function writeProof(value: string, { redacted = false, before = false } = {}): string {
  const plain = Buffer.from(value, 'base64').toString('base64') === value;
  if (plain && !redacted && !before) return value;
  const flags = (redacted ? redactedFlag : 0) | (before ? beforeFlag : 0) | (plain ? decodedFlag : 0);
  return Buffer.concat([mark, Buffer.of(flags), Buffer.from(value, plain ? 'base64' : 'utf8')]).toString('base64');
}

/** Unwraps a proof; one that was not wrapped is as it stands. */
export function readProof(text: string): Proof {
  if (!text.startsWith(wrapMark)) return { value: text, redacted: false, before: false };
  const bytes = Buffer.from(text, 'base64');
  const flags = bytes[mark.length] ?? 0;
  return {
    value: bytes.toString((flags & decodedFlag) === 0 ? 'utf8' : 'base64', mark.length + 1),
    redacted: (flags & redactedFlag) !== 0,
    before: (flags & beforeFlag) !== 0,
  };
}

/** The proof as a client gives it back, in whatever letters of base64; nothing for the stand-in of one. */
export function readReturnedProof(text: string): Proof | undefined {
  if (text === '' || stubs.has(text)) return undefined;
  return readProof(letters.test(text) ? (plainBase64(text) ?? text) : text);
}
