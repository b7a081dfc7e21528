/**
 * What a prompt may say to script the answer, when no scenario does.
 *
 * | directive | meaning |
 * |---|---|
 * | `[[text:hello]]`, `[[text:"a\nb"]]` | a text block; in quotes it is read as JSON |
 * | `[[think:hmm]]` | a thinking block |
 * | `[[tool:Write {"file_path":"a"}]]` | a tool call; several in one section are parallel; without input it gets a minimal valid one |
 * | `[[refuse:no]]` | a refusal |
 * | `[[then]]` | the next section: answered when the client asks again, with tool results or otherwise |
 * | `[[long:5000]]` | a text of so many characters |
 * | `[[stop:length]]` | why it ends: end, tool, length, sequence, refusal, pause, window, or any word |
 * | `[[usage:input=5,output=7,cache_read=3,cache_write=2,thinking=1]]` | token counts |
 * | `[[model:name]]` | model name in the answer |
 * | `[[pace:20]]`, `[[chunk:5]]`, `[[slice:3]]` | milliseconds between events, characters in a delta, bytes in a write |
 * | `[[status:529]]`, `[[status:429,retry_after=1,times=2,message=…]]` | an error in place of the answer |
 * | `[[overflow:200000]]` | the error of a prompt that is too long for that window |
 * | `[[reset]]`, `[[never]]`, `[[late:500]]` | reset before headers, never an answer, headers after 500 ms |
 * | `[[stall:120]]`, `[[stall:event=3,ms=500]]` | silence after 120 bytes or 3 events, for ever or so long |
 * | `[[cut:120]]`, `[[cut:event=4,how=end]]` | the answer breaks off: how = close, reset, end |
 * | `[[malformed:event=3]]`, `[[garbage:event=3]]` | a frame with broken JSON, or bytes that are no text |
 * | `[[error:event=3,type=overloaded_error,message=…]]` | an error event, then the end |
 *
 * Each fault takes `times=N`: it strikes the first N requests of that section only. A section without text, thinking,
 * tool or refusal gets the usual answer. What is not one of these stays ordinary text.
 */
import { isObject, type Json, type JsonObject } from './json.ts';
import type { Fault, Part, Place, Step, UsageNumbers } from './scenario.ts';

/** A fault that may strike only the first so many times. */
export interface TimedFault {
  readonly fault: Fault;
  readonly times: number;
}

/** One section of a scripted prompt: the answer to one request. */
export interface Section {
  readonly parts: readonly Part[];
  readonly step: Step;
  readonly faults: readonly TimedFault[];
}

interface Draft {
  parts: Part[];
  step: Record<string, unknown>;
  faults: TimedFault[];
}

/** What one directive adds to its section; an Error says what is wrong with its value. */
type Reader = (value: string, draft: Draft) => void;

/** Each unclosed directive costs a look through the whole prompt; after so many the rest is ordinary text. */
const MAX_UNCLOSED = 50;
const TOOL_LEAD = /^\s*[^\s{\]]+\s*(?=\{)/;
const STRING_LEAD = /^\s*(?=")/;
const OPENING = /\[\[([a-z_]+)(?=[:\]])/g;

/** The sections of a prompt, or undefined when it holds no directive. A directive that is wrong becomes a text that says so. */
export function readDirectives(prompt: string): Section[] | undefined {
  const drafts: Draft[] = [{ parts: [], step: {}, faults: [] }];
  let found = false;
  let unclosed = 0;
  OPENING.lastIndex = 0;
  for (let opening = OPENING.exec(prompt); opening !== null; opening = OPENING.exec(prompt)) {
    const name = opening[1] ?? '';
    const start = opening.index + 2 + name.length;
    const reader = READERS[name];
    if (name !== 'then' && reader === undefined) continue;
    const end = prompt[start] === ':' ? endOfValue(prompt, start + 1, name === 'tool') : start;
    if (end < 0) {
      unclosed += 1;
      if (unclosed > MAX_UNCLOSED) break;
      continue;
    }
    found = true;
    OPENING.lastIndex = end + 2;
    if (name === 'then') drafts.push({ parts: [], step: {}, faults: [] });
    else apply(reader as Reader, name, prompt.slice(start + 1, end), drafts.at(-1) as Draft);
  }
  return found ? drafts.map(({ parts, step, faults }) => ({ parts, step: step as Step, faults })) : undefined;
}

function apply(reader: Reader, name: string, value: string, draft: Draft): void {
  try {
    reader(value, draft);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    draft.parts.push(`Dragoman's simulator cannot read the directive "${name}": ${why}`);
  }
}

/**
 * Where the `]]` stands that ends a value. JSON is skipped with its strings; brackets within brackets are counted;
 * of three closing brackets in a row the last two close. -1 when nothing closes it.
 */
function endOfValue(prompt: string, from: number, isTool: boolean): number {
  let position = from;
  const lead = (isTool ? TOOL_LEAD : STRING_LEAD).exec(prompt.slice(from, from + 300));
  if (lead !== null) {
    const end = endOfJson(prompt, from + lead[0].length);
    if (end >= 0 && prompt.slice(end).trimStart().startsWith(']]')) position = end;
  }
  let depth = 0;
  for (; position < prompt.length - 1; position += 1) {
    const pair = prompt.slice(position, position + 2);
    if (pair === '[[') {
      depth += 1;
      position += 1;
    } else if (pair === ']]') {
      if (depth === 0) {
        while (prompt[position + 2] === ']') position += 1;
        return position;
      }
      depth -= 1;
      position += 1;
    }
  }
  return -1;
}

/** Where a JSON object or string ends that begins at `from`, by brackets and quotes alone; -1 when it does not end. */
function endOfJson(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let position = from; position < text.length; position += 1) {
    const character = text[position];
    if (quoted) {
      if (character === '\\') position += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0 && !quoted) return position + 1;
  }
  return -1;
}

/** A value written plainly, or as a JSON string in quotes. */
function plain(value: string): string {
  const trimmed = value.trim();
  if (!trimmed.startsWith('"')) return value;
  try {
    return String(JSON.parse(trimmed));
  } catch {
    return value;
  }
}

function toolPart(value: string): Part {
  const [, name = '', json = ''] = value.match(/^\s*([^\s{]+)\s*([\s\S]*)$/) ?? [];
  if (name === '') throw new Error('it needs the name of a tool');
  if (json.trim() === '') return { tool: name };
  let input: Json;
  try {
    input = JSON.parse(json) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the input of ${name} is not JSON (${why})`, { cause: error });
  }
  if (!isObject(input)) throw new Error(`the input of ${name} must be a JSON object`);
  return { tool: name, input };
}

/** `a=1,b=two`; the first may come without a name. A message takes the rest, commas and all. */
function settings(value: string, first: string): Record<string, string> {
  const found: Record<string, string> = {};
  const [, head = '', message] = value.match(/^([\s\S]*?)(?:,?\s*message=([\s\S]*))?$/) ?? [];
  for (const [index, item] of head.split(',').entries()) {
    const [key = '', ...rest] = item.split('=');
    if (rest.length > 0) found[key.trim()] = rest.join('=').trim();
    else if (index === 0 && key.trim() !== '') found[first] = key.trim();
    else if (key.trim() !== '') found[key.trim()] = 'true';
  }
  if (message !== undefined) found.message = message;
  return found;
}

function number(value: string | undefined, name: string): number {
  const read = Number(value);
  if (value === undefined || value === '' || !Number.isFinite(read) || read < 0) {
    throw new Error(`${name} must be a number, not "${value ?? ''}"`);
  }
  return read;
}

function place(from: Record<string, string>): Place {
  if (from.event !== undefined) return { event: number(from.event, 'event') };
  return from.byte === undefined ? { event: 3 } : { byte: number(from.byte, 'byte') };
}

/** A directive for a fault: `make` gets its settings, of which the one named `first` may come without a name. */
function faultReader(first: string, make: (from: Record<string, string>) => Fault): Reader {
  return (value, draft) => {
    const from = settings(value, first);
    const times = from.times === undefined ? Number.POSITIVE_INFINITY : number(from.times, 'times');
    draft.faults.push({ fault: make(from), times });
  };
}

function words(from: Record<string, string>): { type?: string; message?: string; code?: string } {
  return {
    ...(from.type === undefined ? {} : { type: from.type }),
    ...(from.message === undefined ? {} : { message: from.message }),
    ...(from.code === undefined ? {} : { code: from.code }),
  };
}

function statusFault(from: Record<string, string>): Fault {
  const headers = from.retry_after === undefined ? {} : { headers: { 'retry-after': from.retry_after } };
  return { kind: 'status', status: number(from.status, 'status'), ...words(from), ...headers };
}

function cutFault(from: Record<string, string>): Fault {
  const how = from.how ?? 'close';
  if (how !== 'close' && how !== 'reset' && how !== 'end') throw new Error('how must be close, reset or end');
  return { kind: 'cut', at: place(from), how };
}

function usageNumbers(from: Record<string, string>): UsageNumbers {
  const names: Readonly<Record<string, string>> = {
    cache_read: 'cacheRead',
    cache_write: 'cacheWrite',
    cache_write_hour: 'cacheWriteHour',
  };
  const found: JsonObject = {};
  for (const [name, value] of Object.entries(from)) found[names[name] ?? name] = number(value, name);
  return found;
}

function setNumber(name: string): Reader {
  return (value, draft) => {
    draft.step[name] = number(value.trim(), name);
  };
}

function longText(length: number): string {
  const words = 'The interpreter at the court spoke every language and lost nothing on the way. ';
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}

/** `[[long:…]]` makes at most this many characters. */
const MAX_LONG = 4_000_000;

const READERS: Readonly<Record<string, Reader>> = {
  text: (value, draft) => draft.parts.push({ text: plain(value) }),
  think: (value, draft) => draft.parts.push({ think: plain(value) }),
  tool: (value, draft) => draft.parts.push(toolPart(value)),
  refuse: (value, draft) => draft.parts.push({ refusal: plain(value) }),
  long: (value, draft) => draft.parts.push(longText(Math.min(number(value.trim(), 'long'), MAX_LONG))),
  stop: (value, draft) => {
    draft.step.stop = value.trim();
  },
  model: (value, draft) => {
    draft.step.model = value.trim();
  },
  usage: (value, draft) => {
    draft.step.usage = usageNumbers(settings(value, 'input'));
  },
  pace: setNumber('pace'),
  chunk: setNumber('chunk'),
  slice: setNumber('slice'),
  status: faultReader('status', statusFault),
  overflow: faultReader('window', (from) =>
    from.window === undefined ? { kind: 'overflow' } : { kind: 'overflow', window: number(from.window, 'window') },
  ),
  reset: faultReader('', () => ({ kind: 'reset' })),
  never: faultReader('', () => ({ kind: 'never' })),
  late: faultReader('ms', (from) => ({ kind: 'late', ms: number(from.ms, 'ms') })),
  stall: faultReader('byte', (from) =>
    from.ms === undefined
      ? { kind: 'stall', at: place(from) }
      : { kind: 'stall', at: place(from), ms: number(from.ms, 'ms') },
  ),
  cut: faultReader('byte', cutFault),
  malformed: faultReader('byte', (from) => ({ kind: 'malformed', at: place(from) })),
  garbage: faultReader('byte', (from) => ({ kind: 'bytes', at: place(from), bytes: '//79AA==', encoding: 'base64' })),
  error: faultReader('event', (from) => ({ kind: 'error', at: place(from), ...words(from) })),
};
