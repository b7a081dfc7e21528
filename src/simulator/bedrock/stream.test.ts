import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type Json, type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed } from '../probe.ts';
import type { Step } from '../scenario.ts';
import { signThinking } from '../signature.ts';

const dialect = dialectNamed('bedrock-converse');
const PATH = '/model/anthropic.claude-x-v1%3A0/converse-stream';

interface Message {
  readonly type: string;
  readonly payload: JsonObject;
}

/** The type and the payload of one message; its checksums are the SDK's business. */
function decoded(frame: string | Uint8Array): Message {
  const bytes = Buffer.from(frame);
  const end = 12 + bytes.readUInt32BE(4);
  const [, type = ''] = /:event-type...(\w+)/s.exec(bytes.subarray(12, end).toString('latin1')) ?? [];
  return { type, payload: objectOf(JSON.parse(bytes.subarray(end, -4).toString('utf8'))) };
}

function written(step: Step, body: JsonObject = {}): { whole: JsonObject; messages: Message[] } {
  const asked = askedFrom('bedrock-converse', body, {}, PATH);
  const answer = buildAnswer(step, asked, createIdMaker(), dialect.prefixes);
  return { whole: dialect.whole(answer, asked), messages: dialect.stream(answer, asked).map(decoded) };
}

/** Puts one block together from what its deltas say. */
function grown(block: JsonObject, delta: JsonObject): JsonObject {
  const joined = (a: unknown, b: unknown): string => `${textOf(a)}${textOf(b)}`;
  const reasoning = objectOf(delta.reasoningContent);
  if (delta.toolUse !== undefined) {
    const call = objectOf(block.toolUse);
    return { toolUse: { ...call, input: joined(call.input, objectOf(delta.toolUse).input) } };
  }
  if (delta.citation !== undefined) {
    const cited = objectOf(block.citationsContent);
    const content = cited.content ?? [{ text: textOf(block.text) }];
    return { citationsContent: { content, citations: [...listOf(cited.citations), delta.citation] } };
  }
  if (reasoning.redactedContent !== undefined) return { reasoningContent: reasoning };
  if (delta.reasoningContent === undefined) return { text: joined(block.text, delta.text) };
  const { text, signature } = objectOf(objectOf(block.reasoningContent).reasoningText);
  const sign = reasoning.signature ?? signature;
  const reasoningText = { text: joined(text, reasoning.text), ...(sign === undefined ? {} : { signature: sign }) };
  return { reasoningContent: { reasoningText } };
}

/** Puts a stream together again, as a client does. */
function folded(messages: readonly Message[]): JsonObject {
  const content: JsonObject[] = [];
  const answer: JsonObject = {};
  for (const { type, payload } of messages) {
    const index = Number(payload.contentBlockIndex);
    if (type === 'contentBlockStart') content[index] = objectOf(payload.start);
    if (type === 'contentBlockDelta') content[index] = grown(content[index] ?? {}, objectOf(payload.delta));
    const call = objectOf(content[index]?.toolUse);
    if (type === 'contentBlockStop' && call.toolUseId !== undefined) {
      content[index] = { toolUse: { ...call, input: JSON.parse(textOf(call.input) || '{}') as Json } };
    }
    const { p: _p, ...said } = payload;
    if (type === 'messageStop' || type === 'metadata') Object.assign(answer, said);
  }
  return { ...answer, output: { message: { role: 'assistant', content } } };
}

const RICH: Step = {
  parts: [
    { think: 'Let me see — 😀.' },
    { think: '', redacted: 'secret' },
    'Grüße an alle, die dies lesen und ein wenig mehr.',
    { text: 'quoted', citations: [{ title: 'a', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }] },
    { tool: 'Write', id: 'tooluse_1', input: { path: 'a', content: 'line\n"q" 😀' } },
    { tool: 'Empty', id: 'tooluse_2', input: {} },
  ],
  usage: { input: 5, output: 7, cacheRead: 3, cacheWrite: 4, cacheWriteHour: 1, extra: { more: 1 } },
  chunk: 5,
};

describe('answers in the Converse language', () => {
  test('a whole answer has every block and all counts', () => {
    const { whole } = written(RICH);
    const content = listOf(objectOf(objectOf(whole.output).message).content).map(objectOf);
    assert.deepEqual(
      content.map((block) => Object.keys(block)[0]),
      ['reasoningContent', 'reasoningContent', 'text', 'citationsContent', 'toolUse', 'toolUse'],
    );
    const text = 'Let me see — 😀.';
    assert.deepEqual(content[0], { reasoningContent: { reasoningText: { text, signature: signThinking(text) } } });
    assert.deepEqual(content[1], { reasoningContent: { redactedContent: 'c2VjcmV0' } });
    assert.deepEqual(whole.usage, {
      inputTokens: 5,
      outputTokens: 7,
      totalTokens: 19,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 4,
      cacheDetails: [
        { ttl: '5m', inputTokens: 3 },
        { ttl: '1h', inputTokens: 1 },
      ],
      serverToolUsage: {},
      more: 1,
    });
  });

  test('a stream, put together, is the whole answer', () => {
    const { whole, messages } = written(RICH, { serviceTier: { type: 'flex' } });
    assert.deepEqual(folded(messages), whole);
    assert.deepEqual(whole.serviceTier, { type: 'flex' });
  });

  test('a text has no start, and the counts come after the end', () => {
    const { messages } = written({ parts: ['hi', { tool: 'T', input: { a: 1 } }] });
    assert.deepEqual(
      messages.map(({ type }) => type),
      (
        'messageStart contentBlockDelta contentBlockStop contentBlockStart contentBlockDelta contentBlockStop ' +
        'messageStop metadata'
      ).split(' '),
    );
    assert.ok(messages.every(({ payload }) => textOf(payload.p) !== ''));
  });

  test('other models have their own ways', () => {
    const bedrock = { textStart: true, metadataFirst: true, padding: false, omit: ['messageStart'] };
    const { messages } = written({ parts: ['hi'], bedrock });
    assert.deepEqual(
      messages.map(({ type }) => type),
      'contentBlockStart contentBlockDelta contentBlockStop metadata messageStop'.split(' '),
    );
    assert.deepEqual(messages[0]?.payload, { contentBlockIndex: 0, start: {} });
  });

  const stops: readonly (readonly [Step, string])[] = [
    [{ parts: ['x'] }, 'end_turn'],
    [{ parts: [{ tool: 'T' }] }, 'tool_use'],
    [{ parts: ['x'], stop: 'length' }, 'max_tokens'],
    [{ parts: ['x'], stop: 'sequence', stopSequence: '!' }, 'stop_sequence'],
    [{ parts: ['x'], stop: 'window' }, 'model_context_window_exceeded'],
    [{ parts: [{ refusal: 'no' }] }, 'content_filtered'],
    [{ parts: ['x'], stop: 'guardrail_intervened' }, 'guardrail_intervened'],
  ];
  for (const [step, reason] of stops) {
    test(`it ends with ${reason}`, () => {
      const { whole, messages } = written(step);
      assert.equal(whole.stopReason, reason);
      assert.equal(messages.at(-2)?.payload.stopReason, reason);
    });
  }

  test('fields of the model are given to whom asks for them', () => {
    const step: Step = { parts: ['x'], stop: 'sequence', stopSequence: '!' };
    const body = { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence', '/none'] };
    const { whole, messages } = written(step, body);
    assert.deepEqual(whole.additionalModelResponseFields, { stop_sequence: '!' });
    assert.deepEqual(messages.at(-2)?.payload.additionalModelResponseFields, { delta: { stop_sequence: '!' } });
  });
});
