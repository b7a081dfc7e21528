import { isUtf8 } from 'node:buffer';
import { isObject, type JsonObject, objectsIn, parseJson } from '../../canon/json.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { LearntForm } from '../../wire/frame-form.ts';
import { isNamed } from '../../wire/json-bytes.ts';
import { KeptFrames } from '../../wire/kept-frames.ts';
import { lastMember, lastMembers } from '../../wire/last-members.ts';
import type { PassSide, PassWatch } from '../dialect.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { createLegality } from './legality.ts';
import { createTextDeltas, type Grown, learnForm } from './text-delta.ts';
import { readUsage, usageIn } from './usage.ts';

/** How two speakers of Chat Completions are left to themselves. */
export const pass: PassSide = { requestHeaders, defaultHeaders: {}, responseHeaders, watch, usageOf, isForeign };

/** Where calls are told of: neither none nor an empty list of them. */
const called = /"tool_calls"\s*:(?!\s*(?:null|\[\s*\]))/;

/** The usual form of more arguments, whole: nothing in it but a known call's index and text. */
const fragment = /"tool_calls":\s*\[\{"index":\s*(\d+),\s*"function":\s*\{"arguments":\s*"((?:[^"\\]|\\.)*)"\}\}\]/y;

function watch(): PassWatch {
  const legality = createLegality();
  const deltas = createTextDeltas();
  const form = new LearntForm<Grown>(Number.POSITIVE_INFINITY);
  /** No frame has been known by its form since one was learnt. */
  let inVain = false;
  const kept = new KeptFrames();
  let usage: Usage = {};
  let done = false;

  function frame(bytes: Buffer, start: number, end: number): boolean {
    // Clients read nothing behind the end.
    if (done) return true;
    // One byte a character: what is looked for is ASCII.
    const text = bytes.toString('latin1', start, end).trimEnd();
    // Comments and blank lines are nothing to any client.
    if (text === '' || (text.startsWith(':') && isLine(text))) return true;
    const at = dataOf(text);
    if (at === -1) return false;
    const data = text.slice(at);
    if (data === '[DONE]') {
      done = legality.finished();
      return done;
    }
    if (!isWhole(data, bytes, start, end)) return false;
    const said = deltas.match(data);
    if (said === undefined) return chunk(data, bytes, start, end);
    if (form.learns) form.learn(bytes.subarray(start, end), deltas.field(), fromLatin1(said), deltas.kind());
    return true;
  }

  /** A frame that differs from the one before by its text alone, or by its arguments. */
  function leap(bytes: Buffer, start: number): number {
    const end = done ? 0 : form.end(bytes, start);
    if (end === 0) return 0;
    inVain = false;
    const { meaning } = form;
    if (typeof meaning !== 'number') return end;
    if (!legality.fragment(meaning, form.text())) return 0;
    kept.keep(bytes, start, end);
    return end;
  }

  function chunk(data: string, bytes: Buffer, start: number, end: number): boolean {
    const calls = data.search(called);
    const first = kept.size === 0;
    const silent =
      !first &&
      isSilent(data) &&
      !mayList(data) &&
      (calls === -1 || isFragment(data, calls, bytes.subarray(start, end)));
    if ((!silent || (calls === -1 && deltas.learns())) && !read(data, bytes, start, end)) return false;
    // Before anybody speaks nothing has begun: a translator would have to say who does.
    if (first && !legality.begun()) return true;
    if (first || calls !== -1 || legality.finished()) kept.keep(bytes, start, end);
    return true;
  }

  function isFragment(data: string, at: number, frame: Buffer): boolean {
    // A frame that has lost its end has the next one in the same line.
    if (data.includes('data:')) return false;
    fragment.lastIndex = at;
    const found = fragment.exec(data);
    const text = found === null ? undefined : parseJson(`"${fromLatin1(found[2] ?? '')}"`);
    if (typeof text !== 'string' || !legality.fragment(Number(found?.[1]), text)) return false;
    if (form.learns) form.learn(frame, 'arguments', text, Number(found?.[1]));
    return true;
  }

  function read(data: string, bytes: Buffer, start: number, end: number): boolean {
    const chunk = parseJson(textOf(data, bytes, start, end));
    if (!isObject(chunk) || !legality.chunk(chunk)) return false;
    const said = usageIn(chunk);
    if (said !== undefined) usage = mergeUsage(usage, readUsage(said));
    if (inVain) deltas.learn(data, chunk);
    if (form.learns && learnForm(form, data, chunk, bytes.subarray(start, end))) inVain = true;
    return true;
  }

  return {
    frame,
    leap,
    started: () => kept.size > 0,
    ended: () => done || legality.finished(),
    kept: () => kept.list(),
    // A block's number is not said in this language; a call's is, and calls are kept whole.
    closedBlocks: () => 0,
    calls: () => [],
    tail: () => (done ? '' : 'data: [DONE]\n\n'),
    usage: () => usage,
  };
}

function isLine(text: string): boolean {
  return !text.includes('\n') && !text.includes('\r');
}

/** UTF-8 that was read as one byte a character. */
function fromLatin1(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}

/** Where the data of a frame of one line begins; -1 where there is more, or it is neither an object nor the end. */
function dataOf(text: string): number {
  if (!text.startsWith('data:') || !isLine(text)) return -1;
  const at = text[5] === ' ' ? 6 : 5;
  return (text[at] === '{' && text.endsWith('}')) || text.startsWith('[DONE]', at) ? at : -1;
}

/** The data as what it says, which Latin-1 does not. */
function textOf(data: string, bytes: Buffer, start: number, end: number): string {
  const from = bytes.indexOf(0x7b, start);
  return bytes.toString('utf8', from, Math.min(end, from + data.length));
}

/** Whether all characters are whole: sound UTF-8, no halves of a pair on their own. */
function isWhole(data: string, bytes: Buffer, start: number, end: number): boolean {
  if (!isUtf8(bytes.subarray(start, end))) return false;
  if (!data.includes('\\u')) return true;
  // Writing it again escapes a half and nothing else of its kind; behind an escaped backslash the same is text.
  return !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(parseJson(textOf(data, bytes, start, end))) ?? '');
}

/** Whether the content may be a list; that of log probabilities always is. */
function mayList(text: string): boolean {
  return /"content"\s*:\s*\[/.test(text);
}

/** Some servers give lists of parts for text, objects for arguments, or calls without the word for them at the end. */
function isForeign(body: Buffer): boolean {
  if (!hasList(body)) return false;
  const answer = parseJson(body.toString('utf8'));
  return objectsIn(isObject(answer) ? answer['choices'] : undefined).some(isForeignChoice);
}

/** Names under which a list is of interest; and so many lists that looking at each is not worth while. */
const listed = ['"content"', '"tool_calls"'];
const manyLists = 1000;

const BRACKET = 0x5b;

/** Whether content or calls may be a list. Brackets are found at once, and few answers have many. */
function hasList(body: Buffer): boolean {
  let at = body.indexOf(BRACKET);
  for (let seen = 0; at !== -1; seen++) {
    if (seen === manyLists || isNamed(body, at, listed)) return true;
    at = body.indexOf(BRACKET, at + 1);
  }
  return false;
}

function isForeignChoice({ message, finish_reason: reason }: JsonObject): boolean {
  if (!isObject(message)) return false;
  const calls = objectsIn(message['tool_calls']);
  return (
    Array.isArray(message['content']) ||
    calls.some(isForeignCall) ||
    (calls.length > 0 && reason !== 'tool_calls' && reason !== 'length' && reason !== 'content_filter')
  );
}

function isForeignCall({ id, type, function: fn }: JsonObject): boolean {
  if (typeof id !== 'string' || id === '') return true;
  return type !== 'custom' && (type !== 'function' || !isObject(fn) || typeof fn['arguments'] !== 'string');
}

/** Whether a frame says nothing of an end, of usage, of an error or in the older function form. */
function isSilent(text: string): boolean {
  return (
    isNull(text, '"finish_reason"') &&
    isNull(text, '"usage"') &&
    isNull(text, '"function_call"') &&
    isNull(text, '"error"')
  );
}

/** Whether a field is absent or null wherever it stands. A quote inside a string is escaped and so never matches. */
function isNull(text: string, field: string): boolean {
  for (let at = text.indexOf(field); at !== -1; at = text.indexOf(field, at + 1)) {
    const colon = afterSpaces(text, at + field.length);
    if (text[colon] !== ':' || text[afterSpaces(text, colon + 1)] !== 'n') return false;
  }
  return true;
}

function afterSpaces(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ') at += 1;
  return at;
}

/** Usage stands near the end of a whole answer, so it is looked for from there; all is parsed only where that fails. */
function usageOf(body: Buffer, isEnd = false): Usage {
  const found = isEnd ? lastMember(body, 'usage') : lastMembers(body, 'usage');
  const answer = isObject(found) && isCounted(found) ? found : parseJson(body.toString('utf8'));
  const said: JsonObject | undefined = isObject(answer) ? usageIn(answer) : undefined;
  return said === undefined ? {} : readUsage(said);
}

function isCounted({ usage }: JsonObject): boolean {
  return isObject(usage) && ('prompt_tokens' in usage || 'total_tokens' in usage);
}
