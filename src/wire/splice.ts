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
  // One character a byte: offsets hold, and searching a string from JavaScript costs half of searching a buffer.
  const text = body.toString('latin1');
  const begin = skipBlank(text, text.startsWith('\xef\xbb\xbf') ? 3 : 0);
  if (text.charCodeAt(begin) !== OPEN_BRACE) throw new NotJson('The body is not a JSON object.', begin);
  let model: string | undefined;
  let modelStart = -1;
  let modelEnd = -1;
  let stream = false;
  let at = skipBlank(text, begin + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    if (text.charCodeAt(at) !== QUOTE) throw new NotJson('Expected a field name in quotes.', at);
    const keyEnd = endOfString(text, at);
    const key = stringAt(body, at, keyEnd);
    at = skipBlank(text, keyEnd);
    if (text.charCodeAt(at) !== COLON) throw new NotJson('Expected a colon after a field name.', at);
    const valueStart = skipBlank(text, at + 1);
    const valueEnd = endOfValue(text, valueStart);
    if (key === 'model') {
      if (modelStart !== -1) throw new NotJson('The field "model" stands twice.', valueStart);
      modelStart = valueStart;
      modelEnd = valueEnd;
      if (text.charCodeAt(valueStart) === QUOTE) model = stringAt(body, valueStart, valueEnd);
    } else if (key === 'stream') {
      stream = text.slice(valueStart, valueEnd) === 'true';
    }
    at = nextField(text, skipBlank(text, valueEnd));
  }
  const after = skipBlank(text, at + 1);
  if (after < text.length) throw new NotJson('There is something after the end of the JSON object.', after);
  return { model, modelStart, modelEnd, stream };
}

/** From what stands after a value to the next field's name, or to the closing brace. */
function nextField(text: string, at: number): number {
  if (text.charCodeAt(at) === CLOSE_BRACE) return at;
  if (text.charCodeAt(at) !== COMMA) throw new NotJson('Expected a comma or the end of the object.', at);
  const next = skipBlank(text, at + 1);
  if (text.charCodeAt(next) === CLOSE_BRACE) throw new NotJson('A comma without a field after it.', next);
  return next;
}

/** The body with another model's name, every other byte as it was. */
export function spliceModel(body: Buffer, scan: BodyScan, model: string): Buffer {
  if (model === scan.model) return body;
  const name = Buffer.from(JSON.stringify(model));
  return Buffer.concat([body.subarray(0, scan.modelStart), name, body.subarray(scan.modelEnd)]);
}

function skipBlank(text: string, at: number): number {
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** Where the string that starts at `at` ends, its closing quote included. */
function endOfString(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote !== -1) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  throw new NotJson('A string does not end.', at);
}

function endOfValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return endOfString(text, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(text, at);
  let end = at;
  while (isScalarByte(text.charCodeAt(end))) end += 1;
  if (end === at) throw new NotJson('Expected a value.', at);
  return end;
}

/** The end of an object or array. Its closing bracket must be of its own kind; inside, only the balance counts. */
function endOfNested(text: string, at: number): number {
  const close = text.charCodeAt(at) === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i) - 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) {
        if (code !== close) throw new NotJson('Brackets do not match.', i);
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

function stringAt(body: Buffer, start: number, end: number): string {
  try {
    return JSON.parse(body.toString('utf8', start, end)) as string;
  } catch (cause) {
    throw new NotJson('A string is not valid JSON.', start, cause);
  }
}
