import { isDeepStrictEqual } from 'node:util';
import type { Block } from '../../src/canon/content.ts';
import { isObject, type JsonObject, parseJson } from '../../src/canon/json.ts';
import { languages as readers } from '../exchanges/languages/index.ts';
import { judge } from '../exchanges/legality.ts';
import { callsOf, type Saying, textOf, thinkingOf } from '../exchanges/saying.ts';
import type { Answer } from './corpus.ts';
import type { Language } from './stage.ts';

/** What a client made of its answer. */
export interface Result {
  /** `right`: as if nothing had happened. `error`: told of a failure. Else what is wrong. */
  readonly kind: 'right' | 'error' | 'wrong';
  readonly why?: string;
}

/** Judges a stream. One that tells of a failure may have said a beginning of the answer, and nothing else. */
export function judgedStream(client: Language, bytes: Buffer, { content }: Answer): Result {
  if (client === 'bedrock-converse' && !isFramed(bytes)) return wrong('messages that are not whole', bytes);
  const verdict = judge(client, bytes);
  if (verdict.fault !== undefined) return wrong(verdict.fault, bytes);
  // A call of Chat Completions is over when the answer is, and one that failed is not.
  if (verdict.torn && !(verdict.end === 'error' && client === 'openai-chat'))
    return wrong('a call whose arguments are not whole', bytes);
  const reader = readers[client];
  const saying = reader.saying(reader.gather(verdict.events));
  if (verdict.end !== 'error') return compared(client, saying, content);
  const { text } = meantBy(content);
  const said = textOf(saying.parts);
  if (!text.startsWith(said)) return wrong(`before it failed it said ${JSON.stringify(said)}`, bytes);
  return { kind: 'error', why: bytes.toString().slice(-400) };
}

/** Judges a whole answer that came with a good status. */
export function judgedWhole(client: Language, bytes: Buffer, { content }: Answer): Result {
  const body = parseJson(bytes.toString());
  if (!isObject(body)) return wrong('no object', bytes);
  if (isObject(body['error'])) return wrong('an error under a good status', bytes);
  return compared(client, readers[client].saying(body), content);
}

function compared(client: Language, saying: Saying, content: readonly Block[]): Result {
  const seen = {
    text: textOf(saying.parts),
    calls: callsOf(saying.parts).map(({ name, input }) => ({ name, input })),
    reason: saying.reason,
  };
  const { text, calls } = meantBy(content);
  const meant = {
    text,
    // Between two calls that were to be made at once it is as well to end: the agent goes on from the first.
    calls: seen.calls.length > 0 ? calls.slice(0, seen.calls.length) : calls,
    reason: calls.length > 0 ? 'tool_calls' : 'end',
  };
  if (!isDeepStrictEqual(seen, meant))
    return { kind: 'wrong', why: `${JSON.stringify(seen)}\nis not\n${JSON.stringify(meant)}` };
  const thought = thinkingOf(saying.parts);
  const thoughts = content.map((block) => (block.type === 'thinking' ? block.text : '')).join('');
  // Reasoning that was cut is begun anew behind its beginning.
  if (!thought.endsWith(thoughts) && client !== 'openai-chat') return { kind: 'wrong', why: `thought ${thought}` };
  return { kind: 'right' };
}

function meantBy(content: readonly Block[]): {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
} {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_call' ? { name: block.name, input: JSON.parse(block.json) as JsonObject } : [],
    ),
  };
}

function wrong(what: string, bytes: Buffer): Result {
  return { kind: 'wrong', why: `${what}\n${bytes.toString().slice(-2000)}` };
}

/** Whether bytes are whole messages of Amazon's event streams, one after the other. */
function isFramed(bytes: Buffer): boolean {
  let at = 0;
  while (at + 16 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length < 16) return false;
    at += length;
  }
  return at === bytes.length;
}
