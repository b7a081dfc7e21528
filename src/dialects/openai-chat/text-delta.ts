import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import type { LearntForm } from '../../wire/frame-form.ts';
import type { TextKind } from './blocks.ts';

/** Recognizes the chunks that differ from an earlier one by their text alone: nine of ten in most answers. */
export interface TextDeltas {
  /** The text, when the chunk is such a one. */
  match(data: string): string | undefined;
  /** What the text is, of the chunk that was matched last. */
  kind(): TextKind;
  /** The field that has it. */
  field(): string;
  /** Whether learning may still pay. */
  learns(): boolean;
  /** A chunk that has been read in full: those like it can be recognized from now on. */
  learn(data: string, chunk: JsonObject): void;
}

/** Where each chunk differs in more than its text, learning costs more than it saves. */
const mostMisses = 16;

/**
 * A chunk equals an earlier one but for one string exactly when what stands before and after that string is the
 * same; so nothing but the string has to be read.
 */
export function createTextDeltas(): TextDeltas {
  let prefix = '';
  let suffix = '';
  let padded = false;
  let kind: TextKind = 'text';
  let named = '';
  let misses = 0;

  function match(data: string): string | undefined {
    // Comparing slices is several times as fast as startsWith and endsWith.
    if (prefix === '' || data.slice(0, prefix.length) !== prefix) return undefined;
    const whole = padded ? endOfMeaning(data) : data.length;
    const end = whole - suffix.length;
    if (end < prefix.length || data.slice(end, whole) !== suffix) return undefined;
    const text = stringOf(data.slice(prefix.length, end));
    if (text !== undefined) misses = 0;
    return text;
  }

  function learn(data: string, chunk: JsonObject): void {
    prefix = '';
    if (misses >= mostMisses) return;
    misses += 1;
    const field = plainField(chunk);
    if (field === undefined) return;
    const found = markers[field].exec(data);
    if (found === null || data.indexOf(`"${field}"`, found.index + 1) !== -1) return;
    const start = found.index + found[0].length;
    const whole = endOfMeaning(data);
    padded = whole < data.length;
    prefix = data.slice(0, start);
    suffix = data.slice(endOfString(data, start), whole);
    kind = field === 'content' ? 'text' : 'thinking';
    named = field;
  }

  return { match, kind: () => kind, field: () => named, learns: () => misses < mostMisses, learn };
}

const padding = ',"obfuscation":"';

/** Where the noise begins with which OpenAI hides the length of a text; the end where there is none. */
function endOfMeaning(data: string): number {
  const at = data.lastIndexOf(padding);
  return at !== -1 && /^[\w-]*"\}$/.test(data.slice(at + padding.length)) ? at : data.length;
}

const markers = {
  content: /"content":\s*"/,
  reasoning_content: /"reasoning_content":\s*"/,
  reasoning: /"reasoning":\s*"/,
} as const;

/** The value of a JSON string's inside; nothing when it is more, or less, than one string. */
function stringOf(raw: string): string | undefined {
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code === 0x22 || code === 0x5c || code < 0x20) {
      const text = parseJson(`"${raw}"`);
      return typeof text === 'string' ? text : undefined;
    }
  }
  return raw;
}

function endOfString(data: string, start: number): number {
  let end = start;
  while (end < data.length && data[end] !== '"') end += data[end] === '\\' ? 2 : 1;
  return end;
}

/** The field of a delta that alone says something, when it is text. */
function plainField(chunk: JsonObject): keyof typeof markers | undefined {
  const delta = loneDelta(chunk);
  const field = delta === undefined ? undefined : loneField(delta);
  if (delta === undefined || field === undefined || !(field in markers)) return undefined;
  return typeof delta[field] === 'string' ? (field as keyof typeof markers) : undefined;
}

/** What grows by the frames of a form: text of a kind, or the arguments of the call of that index. */
export type Grown = TextKind | number;

/** Learns the form of a chunk that says more of one string, and nothing else. False: it is no such chunk. */
export function learnForm(form: LearntForm<Grown>, data: string, chunk: JsonObject, frame: Buffer): boolean {
  const delta = loneDelta(chunk);
  const lone = delta === undefined ? undefined : loneField(delta);
  if (delta === undefined || lone === undefined) return false;
  const more = lone === 'tool_calls' ? argumentsIn(delta) : textIn(delta, lone);
  if (more === undefined || more.text === '') return false;
  // Said once, it can be nothing else.
  const name = `"${more.field}"`;
  if (data.indexOf(name) === data.lastIndexOf(name)) form.learn(frame, more.field, more.text, more.grown);
  return true;
}

interface More {
  readonly field: string;
  readonly text: string;
  readonly grown: Grown;
}

function textIn(delta: JsonObject, field: string): More | undefined {
  const text = delta[field];
  if (!(field in markers) || typeof text !== 'string') return undefined;
  return { field, text, grown: field === 'content' ? 'text' : 'thinking' };
}

/** More arguments of one call, by nothing but its index. */
function argumentsIn({ tool_calls: calls }: JsonObject): More | undefined {
  const entry: unknown = Array.isArray(calls) && calls.length === 1 ? calls[0] : undefined;
  if (!isObject(entry) || Object.keys(entry).length !== 2) return undefined;
  const { index, function: fn } = entry;
  if (typeof index !== 'number' || !isObject(fn) || Object.keys(fn).length !== 1) return undefined;
  const text = fn['arguments'];
  return typeof text === 'string' ? { field: 'arguments', text, grown: index } : undefined;
}

/** The delta of a chunk of one choice, the first, when all else in it is silent. */
function loneDelta(chunk: JsonObject): JsonObject | undefined {
  const choices = chunk['choices'];
  if (!Array.isArray(choices) || choices.length !== 1 || chunk['usage'] || chunk['x_groq']) return undefined;
  const choice: unknown = choices[0];
  if (!isObject(choice) || (choice['index'] ?? 0) !== 0) return undefined;
  for (const field in choice) {
    if (field !== 'delta' && field !== 'index' && choice[field] !== null) return undefined;
  }
  const delta = choice['delta'];
  return isObject(delta) ? delta : undefined;
}

/** The field of a delta that says something, when no other does. */
function loneField(delta: JsonObject): string | undefined {
  let lone: string | undefined;
  for (const field in delta) {
    if (field === 'role' || delta[field] === null) continue;
    if (lone !== undefined) return undefined;
    lone = field;
  }
  return lone;
}
