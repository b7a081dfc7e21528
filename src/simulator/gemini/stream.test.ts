import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { buildAnswer } from '../answer.ts';
import { createIdMaker } from '../ids.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../json.ts';
import { askedFrom, dialectNamed, jsonIn, STRICT } from '../probe.ts';
import type { Step } from '../scenario.ts';
import { signCall } from './signature.ts';

const dialect = dialectNamed('gemini');
const PATH = '/v1beta/models/gemini-3-pro:streamGenerateContent';
const VERTEX = '/v1/projects/p/locations/l/publishers/google/models/gemini-3-pro:streamGenerateContent?alt=sse';

interface Written {
  readonly whole: JsonObject;
  readonly body: string;
  readonly chunks: readonly JsonObject[];
}

function written(step: Step, more: JsonObject = {}, target = `${PATH}?alt=sse`): Written {
  const asked = askedFrom('gemini', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...more }, {}, target);
  const answer = buildAnswer({ id: 'r1', ...step }, asked, createIdMaker(), dialect.prefixes);
  const body = dialect.stream(answer, asked).join('');
  return { whole: dialect.whole(answer, asked), body, chunks: target.includes('alt=sse') ? jsonIn(body) : [] };
}

const candidate = (response: JsonObject): JsonObject => objectOf(listOf(response.candidates)[0]);
const partsOf = (response: JsonObject): JsonObject[] =>
  listOf(objectOf(candidate(response).content).parts).map(objectOf);
const allParts = (chunks: readonly JsonObject[]): JsonObject[] => chunks.flatMap(partsOf);
const usages = (chunks: readonly JsonObject[]): JsonObject[] =>
  chunks.map(({ usageMetadata }) => objectOf(usageMetadata));

const THOUGHTS = { generationConfig: { thinkingConfig: { includeThoughts: true } } };
const TALK: Step = {
  parts: [{ think: 'hm' }, 'hello 😀 there'],
  chunk: 6,
  usage: { input: 5, output: 9, cacheRead: 3, thinking: 2 },
};
const CALLS: Step = {
  parts: [
    { tool: 'A', id: 'call_a', input: { x: 'one', n: 1, deep: { list: [true, null] } } },
    { tool: 'B', id: 'call_b', input: {} },
  ],
  chunk: 2,
};
const [ARGS, NONE] = [{ x: 'one', n: 1, deep: { list: [true, null] } }, {}];

describe("answers in Google's language", () => {
  test('a whole answer', () => {
    const { whole } = written(TALK, THOUGHTS);
    const [thought, text] = partsOf(whole);
    assert.deepEqual(thought, { text: 'hm', thought: true });
    assert.equal(text!.text, 'hello 😀 there');
    assert.match(textOf(text!.thoughtSignature), /^[A-Za-z0-9+/]{40,}=*$/);
    assert.deepEqual([candidate(whole).finishReason, candidate(whole).index], ['STOP', 0]);
    assert.deepEqual(whole.usageMetadata, {
      promptTokenCount: 8,
      cachedContentTokenCount: 3,
      candidatesTokenCount: 7,
      totalTokenCount: 17,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 8 }],
      thoughtsTokenCount: 2,
    });
    assert.deepEqual([whole.responseId, whole.modelVersion], ['r1', 'gemini-3-pro']);
  });

  test('a stream says the same; its lines end as the service writes them', () => {
    const { body, chunks, whole } = written(TALK, THOUGHTS);
    assert.match(body, /^data: \{.*\}\r\n\r\ndata: /);
    assert.doesNotMatch(body, /event:|DONE/);
    const texts = allParts(chunks).filter(({ thought }) => thought === undefined);
    assert.equal(texts.map(({ text }) => textOf(text)).join(''), 'hello 😀 there');
    assert.deepEqual(texts.at(-1), { text: '', thoughtSignature: partsOf(whole)[1]!.thoughtSignature });
    assert.deepEqual(
      chunks.map((chunk) => candidate(chunk).finishReason),
      [undefined, undefined, undefined, undefined, 'STOP'],
    );
    assert.deepEqual(chunks.at(-1)!.usageMetadata, whole.usageMetadata);
  });

  test('thoughts are told only to those who ask', () => {
    assert.ok(allParts(written(TALK).chunks).every(({ thought }) => thought === undefined));
    assert.equal(objectOf(written(TALK).whole.usageMetadata).thoughtsTokenCount, 2);
    assert.equal(partsOf(written({ ...TALK, gemini: { thoughts: 'always' } }).whole)[0]!.thought, true);
  });

  test('calls are whole, and the first of them is signed', () => {
    const { whole, chunks } = written(CALLS);
    const calls = [
      { functionCall: { name: 'A', args: ARGS }, thoughtSignature: signCall('A', ARGS) },
      { functionCall: { name: 'B', args: NONE } },
    ];
    assert.deepEqual(partsOf(whole), calls);
    assert.deepEqual(
      [candidate(whole).finishReason, candidate(whole).finishMessage],
      ['STOP', 'Model generated function call(s).'],
    );
    assert.deepEqual(allParts(chunks), [...calls, { text: '' }]);
  });

  test('calls with ids, or all in one chunk', () => {
    const ids = allParts(written({ ...CALLS, gemini: { ids: true } }).chunks).map(
      (part) => objectOf(part.functionCall).id,
    );
    assert.deepEqual(ids, ['call_a', 'call_b', undefined]);
    const { chunks } = written({ ...CALLS, gemini: { callsTogether: true } });
    assert.deepEqual(
      chunks.map((chunk) => [partsOf(chunk).length, candidate(chunk).finishReason]),
      [[2, 'STOP']],
    );
  });

  test('arguments in pieces, when the request asks for them', () => {
    const more = { toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } } };
    const pieces = allParts(written(CALLS, more, VERTEX).chunks);
    const goesOn = { willContinue: true };
    const arg = (jsonPath: string, value: JsonObject): JsonObject => ({
      functionCall: { partialArgs: [{ jsonPath, ...value }], ...goesOn },
    });
    assert.deepEqual(pieces, [
      { functionCall: { name: 'A', ...goesOn }, thoughtSignature: signCall('A', ARGS) },
      arg('$.x', { stringValue: 'on', ...goesOn }),
      arg('$.x', { stringValue: 'e', ...goesOn }),
      arg('$.x', { stringValue: '' }),
      arg('$.n', { numberValue: 1 }),
      arg('$.deep.list[0]', { boolValue: true }),
      arg('$.deep.list[1]', { nullValue: 'NULL_VALUE' }),
      { functionCall: {} },
      { functionCall: { name: 'B' } },
      { text: '' },
    ]);
  });

  test('usage grows with every chunk, or stands in the last', () => {
    const counts = usages(written(TALK).chunks).map(({ candidatesTokenCount }) => Number(candidatesTokenCount));
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
    );
    assert.equal(counts.at(-1), 7);
    assert.ok(
      usages(written({ ...TALK, gemini: { usage: 'last' } }).chunks)
        .slice(0, -1)
        .every((usage) => Object.keys(usage).length === 0),
    );
    const vertex = written(TALK, {}, VERTEX).chunks;
    assert.deepEqual(usages(vertex)[0], { trafficType: 'ON_DEMAND' });
    assert.equal(usages(vertex).at(-1)!.totalTokenCount, 17);
    assert.equal(typeof vertex[0]!.createTime, 'string');
    assert.equal(written({ ...TALK, usage: null }).whole.usageMetadata, undefined);
  });

  test('why an answer ends', () => {
    const reason = (step: Step): unknown => candidate(written(step).whole).finishReason;
    assert.equal(reason({ parts: ['x'], stop: 'length' }), 'MAX_TOKENS');
    assert.equal(reason({ parts: ['x'], stop: 'RECITATION' }), 'RECITATION');
    assert.equal(reason({ parts: ['x'], stop: null }), undefined);
    assert.equal(reason({ parts: [{ tool: 'A', rawInput: '{"x":' }] }), 'MALFORMED_FUNCTION_CALL');
    assert.ok(
      written({ ...TALK, gemini: { noFinish: true } }).chunks.every(
        (chunk) => candidate(chunk).finishReason === undefined,
      ),
    );
    const refused = written({ parts: [{ refusal: 'no' }] });
    assert.deepEqual(candidate(refused.whole), { finishReason: 'SAFETY', index: 0, finishMessage: 'no' });
    assert.deepEqual(candidate(refused.chunks[0]!), { finishReason: 'SAFETY', index: 0, finishMessage: 'no' });
    const cut = written({ parts: [{ think: 'hm' }], stop: 'length' }).whole;
    assert.deepEqual(candidate(cut).content, { role: 'model' });
  });

  test('a prompt that is refused has no candidate', () => {
    const step: Step = { parts: [], stop: 'block', stopDetails: { blockReason: 'PROHIBITED_CONTENT' } };
    const { whole, chunks } = written(step);
    assert.deepEqual(whole.promptFeedback, { blockReason: 'PROHIBITED_CONTENT' });
    assert.equal(whole.candidates, undefined);
    assert.deepEqual(chunks, [whole]);
    assert.deepEqual(written({ parts: [], stop: 'block' }).whole.promptFeedback, { blockReason: 'SAFETY' });
  });

  test('pages that a text rests on; places are bytes', () => {
    const citations = [{ url: 'https://a.example', title: 'A', start_index: 2, end_index: 3 }];
    const { whole, chunks } = written({ parts: ['é', { text: 'é xy', citations }] });
    const grounding = {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 5, endIndex: 6, text: 'x' }, groundingChunkIndices: [0] }],
    };
    assert.deepEqual(candidate(whole).groundingMetadata, grounding);
    assert.deepEqual(candidate(chunks.at(-1)!).groundingMetadata, grounding);
  });

  test('parts of its own, several candidates, members', () => {
    const native = { executableCode: { language: 'PYTHON', code: '1' } };
    const { whole } = written(
      { parts: [{ native, dialect: 'gemini' }, { native: { x: 1 } }, 'a'], members: { modelStatus: {} } },
      { generationConfig: { candidateCount: 2 } },
    );
    assert.deepEqual(partsOf(whole), [native, { text: 'a' }]);
    assert.deepEqual(
      listOf(whole.candidates).map((one) => objectOf(one).index),
      [0, 1],
    );
    assert.deepEqual(whole.modelStatus, {});
  });

  test('without alt=sse a stream is an array', () => {
    const { body } = written(TALK, {}, PATH);
    const parsed = listOf(JSON.parse(body)).map(objectOf);
    assert.equal(
      allParts(parsed)
        .map(({ text }) => textOf(text))
        .join(''),
      'hello 😀 there',
    );
    assert.equal(dialect.streamType?.(new URLSearchParams(), PATH), 'application/json; charset=UTF-8');
  });

  test('errors before and in the middle of both kinds of stream', () => {
    const context = (search: string) => ({
      path: PATH,
      query: new URLSearchParams(search),
      headers: {},
      rules: STRICT,
      requestId: 'req_1',
    });
    const busy = { status: 529, message: '' };
    const error = { code: 529, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' };
    assert.deepEqual(jsonIn(String(dialect.errorFrame(busy, context('alt=sse'), {}, 2))), [{ error }]);
    assert.deepEqual(JSON.parse(`[{}${String(dialect.errorFrame(busy, context(''), {}, 2))}`), [{}, { error }]);
    assert.deepEqual(JSON.parse(String(dialect.errorFrame(busy, context(''), {}, 0))), [{ error }]);
    assert.deepEqual(dialect.error(busy, context('')).body, [{ error }]);
    const limited = dialect.error(
      { status: 429, message: '', headers: { 'retry-after': '7', x: 'y' } },
      context('alt=sse'),
    );
    assert.deepEqual(limited.headers, { x: 'y' });
    const { error: told } = objectOf(limited.body);
    assert.deepEqual(
      [objectOf(told).code, objectOf(told).status, objectOf(listOf(objectOf(told).details)[1]).retryDelay],
      [429, 'RESOURCE_EXHAUSTED', '7s'],
    );
  });

  test('chunks have the members that recorded ones have', (context) => {
    const folder = new URL('../../../../shared/recordings/gemini/', import.meta.url);
    if (!existsSync(folder)) return context.skip('no recordings beside the repository');
    const known = new Set<string>();
    const collect = (value: unknown, place: string, into: Set<string>): void => {
      if (Array.isArray(value)) for (const item of value) collect(item, `${place}[]`, into);
      else if (typeof value === 'object' && value !== null) {
        for (const [name, member] of Object.entries(value)) {
          into.add(`${place}.${name}`);
          if (name !== 'args') collect(member, `${place}.${name}`, into);
        }
      }
    };
    for (const name of readdirSync(folder)) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      if (name.endsWith('.chunks.txt')) {
        for (const line of text.split('\n').filter((each) => each.trim() !== '')) collect(JSON.parse(line), '', known);
      } else collect(JSON.parse(text), '', known);
    }
    // Recorded ones came from no cache.
    known.add('.usageMetadata.cachedContentTokenCount');
    const own = new Set<string>();
    const more = { toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } }, ...THOUGHTS };
    const simple: Step = { parts: [{ tool: 'A', input: { x: 'one', n: 1 } }], chunk: 2 };
    for (const { whole, chunks } of [written(TALK, THOUGHTS), written(CALLS), written(simple, more, VERTEX)]) {
      for (const response of [whole, ...chunks]) collect(response, '', own);
    }
    assert.deepEqual(
      [...own].filter((place) => !known.has(place)),
      [],
    );
  });
});
