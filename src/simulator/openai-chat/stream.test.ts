import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed, eventsIn, jsonIn } from '../probe.ts';
import type { Step } from '../scenario.ts';

const dialect = dialectNamed('openai-chat');

function written(step: Step, more: JsonObject = {}): { whole: JsonObject; body: string; chunks: JsonObject[] } {
  const asked = askedFrom('openai-chat', { model: 'gpt-x', messages: [{ role: 'user', content: 'hi' }], ...more });
  const answer = buildAnswer({ id: 'chatcmpl-1', ...step }, asked, createIdMaker(), dialect.prefixes);
  const body = dialect.stream(answer, asked).join('');
  return { whole: dialect.whole(answer, asked), body, chunks: jsonIn(body) };
}

const choice = (chunk: JsonObject): JsonObject => objectOf(listOf(chunk.choices)[0]);
const deltas = (chunks: readonly JsonObject[]): JsonObject[] => chunks.map((chunk) => objectOf(choice(chunk).delta));
const callPieces = (chunks: readonly JsonObject[]): JsonObject[] =>
  deltas(chunks).flatMap(({ tool_calls: calls }) => listOf(calls).map(objectOf));
const message = (whole: JsonObject): JsonObject => objectOf(choice(whole).message);
const joined = (chunks: readonly JsonObject[], name: string): string =>
  deltas(chunks)
    .map((delta) => (typeof delta[name] === 'string' ? delta[name] : ''))
    .join('');

const TALK: Step = {
  parts: [{ think: 'hmm' }, 'hello 😀 there'],
  chunk: 3,
  usage: { input: 5, output: 7, cacheRead: 3, thinking: 1 },
};
const CALLS: Step = {
  parts: [
    { tool: 'A', id: 'call_a', input: { x: 'one' } },
    { tool: 'B', id: 'call_b', input: { y: 'two' } },
  ],
  chunk: 4,
};
const USAGE = {
  prompt_tokens: 8,
  completion_tokens: 7,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 1,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

describe('answers in the chat language', () => {
  test('a whole answer', () => {
    const { whole } = written(TALK);
    assert.equal(whole.object, 'chat.completion');
    assert.deepEqual(message(whole), {
      role: 'assistant',
      reasoning_content: 'hmm',
      content: 'hello 😀 there',
      refusal: null,
      annotations: [],
    });
    assert.equal(choice(whole).finish_reason, 'stop');
    assert.deepEqual(whole.usage, USAGE);
  });

  test('a stream says the same', () => {
    const { chunks, body } = written(TALK);
    assert.deepEqual(deltas(chunks)[0], { role: 'assistant', content: '', refusal: null });
    assert.deepEqual([joined(chunks, 'content'), joined(chunks, 'reasoning_content')], ['hello 😀 there', 'hmm']);
    assert.equal(choice(chunks.at(-1)!).finish_reason, 'stop');
    assert.ok(chunks.every((chunk) => chunk.usage === undefined));
    assert.equal(eventsIn(body).at(-1)!.data, '[DONE]');
  });

  test('usage comes in a chunk of its own when asked for', () => {
    const { chunks } = written(TALK, { stream_options: { include_usage: true } });
    assert.deepEqual([chunks.at(-1)!.choices, chunks.at(-1)!.usage], [[], USAGE]);
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
  });

  test('calls: name first, then arguments in pieces', () => {
    const { chunks, whole } = written(CALLS);
    const pieces = callPieces(chunks);
    assert.deepEqual(pieces[0], { index: 0, id: 'call_a', type: 'function', function: { name: 'A', arguments: '' } });
    assert.deepEqual(pieces[1], { index: 0, function: { arguments: '{"x"' } });
    const argumentsOf = (index: number): string =>
      pieces
        .filter((piece) => piece.index === index)
        .map((piece) => textOf(objectOf(piece.function).arguments))
        .join('');
    assert.deepEqual([argumentsOf(0), argumentsOf(1)], ['{"x":"one"}', '{"y":"two"}']);
    assert.equal(choice(chunks.at(-1)!).finish_reason, 'tool_calls');
    assert.deepEqual(objectOf(listOf(message(whole).tool_calls)[1]).function, { name: 'B', arguments: '{"y":"two"}' });
    assert.equal(message(whole).content, null);
  });

  test('variants of calls', () => {
    const pieces = (chat: Step['chat']): JsonObject[] =>
      callPieces(written({ ...CALLS, ...(chat && { chat }) }).chunks);
    assert.deepEqual(
      pieces({ calls: 'whole' }).map((piece) => objectOf(piece.function).arguments),
      ['{"x":"one"}', '{"y":"two"}'],
    );
    assert.deepEqual(
      pieces({ calls: 'interleaved' })
        .slice(0, 4)
        .map(({ index }) => index),
      [0, 1, 0, 1],
    );
    assert.deepEqual([...new Set(pieces({ ids: 'every' }).map(({ id }) => id))], ['call_a', 'call_b']);
    assert.equal(pieces({ ids: 'empty' })[1]!.id, '');
    assert.deepEqual(objectOf(pieces({ arguments: 'object' })[0]!.function).arguments, { x: 'one' });
    assert.equal(pieces({ callIndex: 1 })[0]!.index, 1);
    assert.ok(pieces({ callIndex: 'none' }).every((piece) => !('index' in piece)));
    assert.deepEqual(
      objectOf(listOf(message(written({ ...CALLS, chat: { arguments: 'object' } }).whole).tool_calls)[0]).function,
      { name: 'A', arguments: { x: 'one' } },
    );
  });

  test('variants of reasoning', () => {
    const first = (reasoning: NonNullable<Step['chat']>['reasoning'] & string): JsonObject =>
      deltas(written({ ...TALK, chat: { reasoning } }).chunks)[1]!;
    assert.deepEqual(first('reasoning'), { reasoning: 'hmm' });
    assert.deepEqual(objectOf(listOf(first('reasoning_details').reasoning_details)[0]).text, 'hmm');
    assert.deepEqual(listOf(first('content_parts').content), [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hmm' }] },
    ]);
    assert.equal(joined(written({ ...TALK, chat: { reasoning: 'none' } }).chunks, 'content'), 'hello 😀 there');
    const parts = listOf(message(written({ ...TALK, chat: { reasoning: 'content_parts' } }).whole).content).map(
      (part) => objectOf(part).type,
    );
    assert.deepEqual(parts, ['reasoning', 'text']);
    const signed = message(written({ ...TALK, chat: { reasoning: 'reasoning_details' } }).whole).reasoning_details;
    assert.equal(typeof objectOf(listOf(signed)[0]).signature, 'string');
  });

  test('variants of usage, end and frames', () => {
    const chunks = (chat: Step['chat']): JsonObject[] => written({ ...TALK, ...(chat && { chat }) }).chunks;
    assert.ok(chunks({ usage: 'every' }).every(({ usage }) => usage !== undefined && usage !== null));
    assert.deepEqual(
      chunks({ usage: 'finish' })
        .map(({ usage }) => usage)
        .filter(Boolean),
      [USAGE],
    );
    assert.deepEqual(chunks({ usage: 'extra' }).at(-1)!.choices, []);
    assert.equal(
      written({ ...TALK, usage: null }, { stream_options: { include_usage: true } }).chunks.at(-1)!.usage,
      null,
    );
    assert.doesNotMatch(written({ ...TALK, chat: { done: false } }).body, /DONE/);
    assert.ok(deltas(chunks({ role: 'none' })).every(({ role }) => role === undefined));
    assert.equal(
      deltas(chunks({ role: 'every' })).filter(({ role }) => role === 'assistant').length,
      chunks({ role: 'every' }).length - 1,
    );
    const last = choice(chunks({ finishWithLast: true }).at(-1)!);
    assert.deepEqual([last.finish_reason, objectOf(last.delta).content], ['stop', 'e']);
    assert.ok(chunks({ noFinish: true }).every((chunk) => choice(chunk).finish_reason === null));
    assert.match(written({ ...TALK, chat: { comments: true } }).body, /^: PROCESSING\n\ndata: /);
    assert.match(written({ ...TALK, newline: 'crlf', space: false }).body, /^data:\{.*\}\r\n\r\n/);
    assert.equal(choice(written({ ...CALLS, stop: 'end' }).chunks.at(-1)!).finish_reason, 'stop');
  });

  test('a refusal stands in its own member', () => {
    const { whole, chunks } = written({ parts: [{ refusal: 'no' }] });
    assert.deepEqual(
      [message(whole).refusal, message(whole).content, choice(whole).finish_reason],
      ['no', null, 'stop'],
    );
    assert.equal(joined(chunks, 'refusal'), 'no');
    assert.equal(choice(written({ parts: [], stop: 'refusal' }).whole).finish_reason, 'content_filter');
  });

  test('several choices, log probabilities, members of its own', () => {
    const { whole, chunks } = written(
      {
        parts: ['a', { native: { annotations: [{ type: 'url_citation' }] }, dialect: 'openai-chat' }],
        members: { provider: 'P' },
      },
      { n: 2, logprobs: true },
    );
    assert.equal(listOf(whole.choices).length, 2);
    assert.equal(whole.provider, 'P');
    assert.deepEqual(message(whole).annotations, [{ type: 'url_citation' }]);
    assert.equal(objectOf(listOf(objectOf(choice(whole).logprobs).content)[0]).token, 'a');
    assert.deepEqual([...new Set(chunks.map((chunk) => choice(chunk).index))], [0, 1]);
  });
});
