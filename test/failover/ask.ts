import { isDeepStrictEqual } from 'node:util';
import type { Block } from '../../src/canon/content.ts';
import type { JsonObject } from '../../src/canon/json.ts';
import { languages as readers } from '../exchanges/languages/index.ts';
import { judge } from '../exchanges/legality.ts';
import { callsOf, textOf, thinkingOf } from '../exchanges/saying.ts';
import type { Answer } from './corpus.ts';
import type { Language, Play, Stage } from './stage.ts';

/** What a client made of its answer. */
export interface Result {
  /** `right`: as if nothing had happened. `error`: told of a failure. Else what is wrong. */
  readonly kind: 'right' | 'error' | 'wrong';
  readonly why?: string;
}

const schema = { type: 'object', properties: {}, additionalProperties: true };

/** Asks in the client's language for a stream. */
export async function ask(stage: Stage, client: Language, model: string, word: string, play: Play): Promise<Result> {
  stage.play(word, play);
  const { path, body } = question(client, model, `${word} What now?`, play.answer.tools);
  const response = await stage.rig.post(
    path,
    body,
    client === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {},
  );
  if (!response.ok) return { kind: 'error', why: `${response.status} ${await response.text()}` };
  let bytes: Buffer;
  try {
    bytes = Buffer.from(await response.arrayBuffer());
  } catch (error) {
    return { kind: 'wrong', why: `broken off: ${String(error)}` };
  }
  if (play.fault !== undefined) return { kind: 'wrong', why: String(play.fault) };
  return judged(client, bytes, play.answer);
}

function judged(client: Language, bytes: Buffer, { content }: Answer): Result {
  const verdict = judge(client, bytes);
  if (verdict.fault !== undefined) return { kind: 'wrong', why: `${verdict.fault}\n${bytes.toString().slice(-2000)}` };
  if (verdict.end === 'error') return { kind: 'error', why: bytes.toString().slice(-400) };
  if (verdict.torn) return { kind: 'wrong', why: 'a call whose arguments are not whole' };
  const reader = readers[client];
  const saying = reader.saying(reader.gather(verdict.events));
  const expected = content.map(told);
  const seen = {
    text: textOf(saying.parts),
    calls: callsOf(saying.parts).map(({ name, input }) => ({ name, input })),
    reason: saying.reason,
  };
  const calls = expected.flatMap(({ call }) => call ?? []);
  const meant = {
    text: expected.map(({ text }) => text ?? '').join(''),
    // Between two calls that were to be made at once it is as well to end: the agent goes on from the first.
    calls: seen.calls.length > 0 ? calls.slice(0, seen.calls.length) : calls,
    reason: content.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'end',
  };
  if (!isDeepStrictEqual(seen, meant))
    return { kind: 'wrong', why: `${JSON.stringify(seen)}\nis not\n${JSON.stringify(meant)}` };
  const thought = thinkingOf(saying.parts);
  const thoughts = content.map((block) => (block.type === 'thinking' ? block.text : '')).join('');
  // Reasoning that was cut is begun anew behind its beginning.
  if (!thought.endsWith(thoughts) && client !== 'openai-chat') return { kind: 'wrong', why: `thought ${thought}` };
  return { kind: 'right' };
}

function told(block: Block): {
  readonly text?: string;
  readonly call?: { readonly name: string; readonly input: unknown };
} {
  if (block.type === 'text') return { text: block.text };
  return block.type === 'tool_call' ? { call: { name: block.name, input: JSON.parse(block.json) } } : {};
}

function question(
  client: Language,
  model: string,
  text: string,
  tools: readonly string[],
): { readonly path: string; readonly body: JsonObject } {
  const some = tools.length > 0;
  switch (client) {
    case 'anthropic':
      return {
        path: '/v1/messages',
        body: {
          ...{ model, max_tokens: 4000, stream: true, thinking: { type: 'adaptive' } },
          messages: [{ role: 'user', content: text }],
          ...(some && { tools: tools.map((name) => ({ name, input_schema: schema })) }),
        },
      };
    case 'openai-chat':
      return {
        path: '/v1/chat/completions',
        body: {
          ...{ model, stream: true, reasoning_effort: 'low' },
          messages: [{ role: 'user', content: text }],
          ...(some && { tools: tools.map((name) => ({ type: 'function', function: { name, parameters: schema } })) }),
        },
      };
    case 'openai-responses':
      return {
        path: '/v1/responses',
        body: {
          ...{ model, stream: true, input: text, store: false, reasoning: { effort: 'low', summary: 'auto' } },
          ...(some && { tools: tools.map((name) => ({ type: 'function', name, parameters: schema, strict: false })) }),
        },
      };
    case 'gemini':
      return {
        path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
        body: {
          contents: [{ role: 'user', parts: [{ text }] }],
          generationConfig: { thinkingConfig: { includeThoughts: true } },
          ...(some && {
            tools: [{ functionDeclarations: tools.map((name) => ({ name, parametersJsonSchema: schema })) }],
          }),
        },
      };
    case 'bedrock-converse':
      return {
        path: `/model/${model}/converse-stream`,
        body: {
          messages: [{ role: 'user', content: [{ text }] }],
          ...(some && {
            toolConfig: { tools: tools.map((name) => ({ toolSpec: { name, inputSchema: { json: schema } } })) },
          }),
        },
      };
  }
}
