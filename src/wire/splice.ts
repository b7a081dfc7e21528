/** What a gateway must know of a request body in order to pass it on, found without parsing the body. */
export interface BodyScan {
  /** The value of the top-level `model`, nothing when it is missing or not a string. */
  readonly model: string | undefined;
  /** The bytes of that value, quotes included. */
  readonly modelStart: number;
  readonly modelEnd: number;
  /** Whether the top-level `stream` is true. */
  readonly stream: boolean;
}

/** A body that is not one JSON object. `at` is the byte where that shows. */
export class NotJson extends Error {
  readonly at: number;
  constructor(message: string, at: number, cause?: unknown) {
    super(message, { cause });
    this.at = at;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Finds `model` and `stream` at the top level. Strings are leapt over by a native search, so that the cost is that
 * of the structure, not of the text. What is checked is only what passing on needs: brackets that balance,
 * strings that end, one `model`. A repeated `model` is refused, since two readers could disagree on which counts.
 */
export function scanBody(body: Buffer): BodyScan {
  const begin = skipBlank(body, body[0] === 0xef ? 3 : 0);
  if (body[begin] !== OPEN_BRACE) throw new NotJson('The body is not a JSON object.', begin);
  let model: string | undefined;
  let modelStart = -1;
  let modelEnd = -1;
  let stream = false;
  let at = skipBlank(body, begin + 1);
  while (body[at] !== CLOSE_BRACE) {
    if (body[at] !== QUOTE) throw new NotJson('Expected a field name in quotes.', at);
    const keyEnd = endOfString(body, at);
    const key = keyName(body, at, keyEnd);
    at = skipBlank(body, keyEnd);
    if (body[at] !== COLON) throw new NotJson('Expected a colon after a field name.', at);
    const valueStart = skipBlank(body, at + 1);
    const valueEnd = endOfValue(body, valueStart);
    if (key === 'model') {
      if (modelStart !== -1) throw new NotJson('The field "model" stands twice.', valueStart);
      modelStart = valueStart;
      modelEnd = valueEnd;
      if (body[valueStart] === QUOTE) model = stringAt(body, valueStart, valueEnd);
    } else if (key === 'stream') {
      stream = valueEnd - valueStart === 4 && body.toString('latin1', valueStart, valueEnd) === 'true';
    }
    at = nextField(body, skipBlank(body, valueEnd));
  }
  const after = skipBlank(body, at + 1);
  if (after < body.length) throw new NotJson('There is something after the end of the JSON object.', after);
  return { model, modelStart, modelEnd, stream };
}

/** From what stands after a value to the next field's name, or to the closing brace. */
function nextField(body: Buffer, at: number): number {
  if (body[at] === CLOSE_BRACE) return at;
  if (body[at] !== COMMA) throw new NotJson('Expected a comma or the end of the object.', at);
  const next = skipBlank(body, at + 1);
  if (body[next] === CLOSE_BRACE) throw new NotJson('A comma without a field after it.', next);
  return next;
}

/** The body with another model's name, every other byte as it was. */
export function spliceModel(body: Buffer, scan: BodyScan, model: string): Buffer {
  if (model === scan.model) return body;
  const name = Buffer.from(JSON.stringify(model));
  return Buffer.concat([body.subarray(0, scan.modelStart), name, body.subarray(scan.modelEnd)]);
}

function skipBlank(body: Buffer, at: number): number {
  for (;;) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** Where the string that starts at `at` ends, its closing quote included. */
function endOfString(body: Buffer, at: number): number {
  let quote = body.indexOf(QUOTE, at + 1);
  while (quote !== -1) {
    let slashes = 0;
    while (body[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    quote = body.indexOf(QUOTE, quote + 1);
  }
  throw new NotJson('A string does not end.', at);
}

function endOfValue(body: Buffer, at: number): number {
  const first = body[at];
  if (first === QUOTE) return endOfString(body, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(body, at);
  let end = at;
  while (end < body.length && isScalarByte(body[end] as number)) end += 1;
  if (end === at) throw new NotJson('Expected a value.', at);
  return end;
}

/** The end of an object or array. Its closing bracket must be of its own kind; inside, only the balance counts. */
function endOfNested(body: Buffer, at: number): number {
  const close = body[at] === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  let depth = 0;
  for (let i = at; i < body.length; i++) {
    const byte = body[i] as number;
    if (byte === QUOTE) {
      i = endOfString(body, i) - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) {
        if (byte !== close) throw new NotJson('Brackets do not match.', i);
        return i + 1;
      }
    }
  }
  throw new NotJson('An object or array does not end.', at);
}

/** Letters, digits, sign and point: what true, false, null and numbers are made of. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}

/** Only the two names that matter are worth a string; an escaped name is decoded, lest `model` hide in it. */
function keyName(body: Buffer, start: number, end: number): string {
  const length = end - start - 2;
  if (length !== 5 && length !== 6 && !body.subarray(start, end).includes(BACKSLASH)) return '';
  return stringAt(body, start, end) ?? '';
}

function stringAt(body: Buffer, start: number, end: number): string | undefined {
  try {
    return JSON.parse(body.toString('utf8', start, end)) as string;
  } catch (cause) {
    throw new NotJson('A string is not valid JSON.', start, cause);
  }
}
