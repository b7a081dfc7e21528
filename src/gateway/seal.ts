import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Ext } from '../canon/content.ts';
import { isObject, parseJson } from '../canon/json.ts';
import { sealMark } from '../canon/seal-mark.ts';

/** What a provider wants to see again with a piece of reasoning, and whose it is. */
export interface Proof {
  /** Who issued it and can read it. */
  readonly issuer: string;
  /** `redacted`: reasoning that was encrypted from the start. */
  readonly form: 'signature' | 'redacted';
  /** Opaque. */
  readonly value: string;
  /** What has to come back beside it. */
  readonly ext?: Ext;
}

/** Wraps proofs so that clients of any language carry them, and only their issuer is ever given them back. */
export interface Sealer {
  seal(proof: Proof): string;
  /** Nothing for an envelope that was not made with this key. */
  open(envelope: string): Proof | undefined;
}

/** Whether a proof is an envelope, whoever made it. */
export function isSealed(text: string): boolean {
  return text.startsWith(sealMark);
}

const mark = Buffer.from(sealMark, 'base64');
/** Bytes of the authentication code: enough that nobody guesses one. */
const codeLength = 12;
const head = mark.length + codeLength;

/** Ways to write a value as bytes; opaque values are mostly base64 themselves, and would grow by a third if they were not decoded. */
const codings: readonly {
  readonly decode: (text: string) => Buffer;
  readonly encode: (bytes: Buffer) => string;
}[] = [
  { decode: (text) => Buffer.from(text), encode: (bytes) => bytes.toString() },
  { decode: (text) => Buffer.from(text, 'base64'), encode: (bytes) => bytes.toString('base64') },
  { decode: (text) => Buffer.from(text, 'base64url'), encode: (bytes) => bytes.toString('base64url') },
  {
    decode: (text) => Buffer.from(text, 'base64url'),
    encode: (bytes) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  },
];

const redactedFlag = 0x10;

/**
 * @param secret what nobody but this gateway and its replicas knows.
 * @param older what was used instead of it before: envelopes that were made with it are opened still.
 */
export function createSealer(secret: string, older: readonly string[] = []): Sealer {
  const keys = [secret, ...older].map((each) => hash('sha256', `dragoman proofs\n${each}`, 'buffer'));
  const [own = Buffer.alloc(0)] = keys;
  return {
    seal(proof) {
      const content = contentOf(proof);
      return Buffer.concat([mark, codeOf(own, content), content]).toString('base64');
    },
    open(envelope) {
      if (!isSealed(envelope)) return undefined;
      const bytes = Buffer.from(envelope, 'base64');
      if (bytes.length <= head + 2) return undefined;
      const content = bytes.subarray(head);
      const code = bytes.subarray(mark.length, head);
      return keys.some((key) => timingSafeEqual(codeOf(key, content), code)) ? proofIn(content) : undefined;
    },
  };
}

function codeOf(key: Buffer, content: Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest().subarray(0, codeLength);
}

/** Flags, issuer, what comes beside the value, the value: each part but the last after its length. */
function contentOf({ issuer, form, value, ext }: Proof): Buffer {
  const coding = codings.findLastIndex(({ decode, encode }) => encode(decode(value)) === value);
  const flags = Math.max(0, coding) | (form === 'redacted' ? redactedFlag : 0);
  const name = Buffer.from(issuer).subarray(0, 255);
  const beside = Buffer.from(ext === undefined ? '' : JSON.stringify(ext));
  const lengths = Buffer.alloc(4);
  lengths.writeUInt32BE(beside.length);
  return Buffer.concat([
    Buffer.of(flags, name.length),
    name,
    lengths,
    beside,
    codings[Math.max(0, coding)]?.decode(value) ?? Buffer.alloc(0),
  ]);
}

function proofIn(content: Buffer): Proof {
  const flags = content[0] ?? 0;
  const nameEnd = 2 + (content[1] ?? 0);
  const besideStart = nameEnd + 4;
  const besideEnd = besideStart + content.readUInt32BE(nameEnd);
  const ext = parseJson(content.toString('utf8', besideStart, besideEnd));
  return {
    issuer: content.toString('utf8', 2, nameEnd),
    form: (flags & redactedFlag) === 0 ? 'signature' : 'redacted',
    value: codings[flags & 0x0f]?.encode(content.subarray(besideEnd)) ?? '',
    ...(isObject(ext) && { ext }),
  };
}
