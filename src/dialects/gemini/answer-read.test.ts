import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import type { JsonObject } from '../../canon/json.ts';
import { readResponse } from './response-read.ts';
import { readStream } from './stream-read.ts';

function heard(text: string): Folded & { readonly events: readonly Event[] } {
  const fold = createFold();
  const events: Event[] = [];
  const reader = readStream((event) => {
    events.push(event);
    fold.sink(event);
  });
  reader.feed(Buffer.from(text));
  reader.end();
  return { ...fold.result(), events };
}

const sse = (chunks: readonly JsonObject[]): string =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');

const chunk = (parts: readonly JsonObject[], more: JsonObject = {}, body: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  modelVersion: 'gemini-3-flash',
  responseId: 'r1',
  ...body,
});
const stop = { finishReason: 'STOP' };

/** The blocks, without what makes them long to write. */
function blocksOf({ content }: Folded): unknown[] {
  return content.map((block) => {
    switch (block.type) {
      case 'text':
        return block.text;
      case 'thinking':
        return [block.text, block.signature ?? block.redacted, ...(block.ext === undefined ? [] : ['follows'])];
      case 'tool_call':
        return { [block.name]: JSON.parse(block.json) as unknown };
      default:
        return block.type;
    }
  });
}

describe('proofs', () => {
  test('of a call stand before it, on the thought that is open', () => {
    const parts = [
      { text: 'Hm.', thought: true },
      { functionCall: { name: 'look', args: {} }, thoughtSignature: 'c2ln' },
    ];
    assert.deepEqual(blocksOf(heard(sse([chunk(parts, stop)]))), [['Hm.', 'c2ln'], { look: {} }]);
  });

  test('of a text stand after it, wherever they come', () => {
    const whole = [
      { text: 'One.', thoughtSignature: 'b25l' },
      { text: 'Two.' },
      { text: '', thoughtSignature: 'dHdv' },
    ];
    const meant = ['One.', ['', 'b25l', 'follows'], 'Two.', ['', 'dHdv', 'follows']];
    assert.deepEqual(blocksOf(heard(sse([chunk(whole, stop)]))), meant);
    const pieces = [...whole.map((part) => chunk([part])), chunk([{ text: '' }], stop)];
    assert.deepEqual(blocksOf(heard(sse(pieces))), meant);
  });

  test('of a text and of the call after it are two', () => {
    const parts = [
      { text: 'One.', thoughtSignature: 'b25l' },
      { functionCall: { name: 'look' }, thoughtSignature: 'dHdv' },
    ];
    const meant = ['One.', ['', 'b25l', 'follows'], ['', 'dHdv'], { look: {} }];
    assert.deepEqual(blocksOf(heard(sse([chunk(parts, stop)]))), meant);
  });

  test('of a thought stay with it, and end it', () => {
    const parts = [
      { text: 'a', thought: true, thoughtSignature: 'YQ==' },
      { text: 'b', thought: true },
      { text: 'So.' },
    ];
    assert.deepEqual(blocksOf(heard(sse([chunk(parts, stop)]))), [['a', 'YQ=='], ['b', undefined], 'So.']);
  });
});

describe('calls', () => {
  test('without an id get one that no other call of any answer has', () => {
    const twice = [
      { functionCall: { name: 'look', args: { a: 1 } } },
      { functionCall: { name: 'look', args: { a: 1 } } },
    ];
    const idsOf = (body: JsonObject): string[] =>
      heard(sse([chunk(twice, stop, body)])).content.map((block) => (block.type === 'tool_call' ? block.id : ''));
    const ids = [...idsOf({}), ...idsOf({ responseId: 'r2' }), ...idsOf({ responseId: undefined, createTime: 'x' })];
    assert.equal(new Set(ids).size, 6);
    assert.deepEqual(idsOf({}), ids.slice(0, 2));
  });

  const begin = { name: 'order', willContinue: true };
  const at = (jsonPath: string, value: JsonObject): JsonObject => ({ jsonPath, ...value });
  const call = (...calls: readonly JsonObject[]): JsonObject[] => calls.map((one) => chunk([{ functionCall: one }]));
  const more = (...partialArgs: readonly JsonObject[]): JsonObject => ({ partialArgs, willContinue: true });

  test('whose arguments come one by one are put together, in whatever order', () => {
    const answer = heard(
      sse([
        ...call(
          begin,
          more(at('$.items[0].name', { stringValue: 'Te', willContinue: true })),
          more(at('$.items[0].name', { stringValue: 'a', willContinue: true })),
          more(at('$.items[0].name', { stringValue: '' })),
          more(at('$.note', { nullValue: 'NULL_VALUE' }), at("$['a.b']", { boolValue: false })),
          more(at('$.items[1]', { numberValue: 0.5 }), at('$.items[0]["na\\"me"]', { stringValue: '' })),
          more(at('$.__proto__.x', { numberValue: 1 })),
          {},
        ),
        chunk([{ text: '' }], stop),
      ]),
    );
    const json = answer.content[0]?.type === 'tool_call' ? answer.content[0].json : '';
    assert.equal(json, '{"items":[{"name":"Tea","na\\"me":""},0.5],"note":null,"a.b":false,"__proto__":{"x":1}}');
    assert.deepEqual(answer.finish, { reason: 'tool_calls' });
  });

  for (const last of [{}, { willContinue: false }]) {
    test(`end with the piece that does not say that it goes on: ${JSON.stringify(last)}`, () => {
      const piece = { partialArgs: [at('$.a', { numberValue: 1 })], ...last };
      const answer = heard(sse([...call(begin, piece), chunk([], stop)]));
      assert.deepEqual(blocksOf(answer), [{ order: { a: 1 } }]);
    });
  }

  for (const [what, chunks] of Object.entries({
    'the answer ends': [chunk([{ text: '' }], stop)],
    'the next call begins': [...call({ name: 'order' }), chunk([], stop)],
    'text goes on': [chunk([{ text: 'So.' }], stop)],
  })) {
    test(`that were to go on when ${what} are no calls`, () => {
      const answer = heard(sse([...call(begin, more(at('$.a', { numberValue: 1 }))), ...chunks]));
      assert.equal(answer.error?.kind, 'bad_upstream');
      assert.equal(answer.finish, undefined);
      assert.ok(!answer.events.some(({ type }) => type === 'json'));
    });
  }

  test('that the limit cut show that they were cut', () => {
    const cut = [...call(begin, more(at('$.a.b', { stringValue: 'x"', willContinue: true })))];
    const answer = heard(sse([...cut, chunk([], { finishReason: 'MAX_TOKENS' })]));
    assert.equal(answer.finish?.reason, 'length');
    const [block] = answer.content;
    assert.ok(block?.type === 'tool_call');
    assert.throws(() => JSON.parse(block.json));
    assert.match(block.json, /^\{"a":\{"b":"x/);
  });

  test('with a place that cannot be read fail', () => {
    const answer = heard(sse([...call(begin, more(at('$..a', { numberValue: 1 })), {}), chunk([], stop)]));
    assert.equal(answer.error?.kind, 'bad_upstream');
  });
});

describe('the end', () => {
  const endOf = (finishReason: string, candidate: JsonObject = {}): Folded =>
    heard(sse([chunk([{ text: 'So' }], { finishReason, ...candidate })]));

  for (const [word, reason] of Object.entries({
    STOP: 'end',
    MAX_TOKENS: 'length',
    SAFETY: 'refusal',
    RECITATION: 'refusal',
    LANGUAGE: 'refusal',
    OTHER: 'refusal',
    BLOCKLIST: 'refusal',
    PROHIBITED_CONTENT: 'refusal',
    SPII: 'refusal',
    IMAGE_SAFETY: 'refusal',
    CONTINUATION: 'pause',
    SOME_NEW_SAFETY_REASON: 'refusal',
    FINISH_REASON_UNSPECIFIED: 'end',
  })) {
    test(`${word} means ${reason}`, () => assert.equal(endOf(word).finish?.reason, reason));
  }

  for (const word of [
    'MALFORMED_FUNCTION_CALL',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'MALFORMED_RESPONSE',
    'NO_IMAGE',
    'MALFORMED_NEWS',
  ]) {
    test(`${word} is a failure, and what it says is told`, () => {
      const { error, finish } = endOf(word, { finishMessage: 'print(look(' });
      assert.equal(finish, undefined);
      assert.equal(error?.kind, 'bad_upstream');
      assert.equal(error.details.code, word);
      assert.match(error.message, /print\(look\($/);
    });
  }

  test('waits for the end of the bytes: some servers say STOP with every chunk', () => {
    const answer = heard(sse([chunk([{ text: 'a' }], stop), chunk([{ text: 'b' }], stop)]));
    assert.deepEqual(blocksOf(answer), ['ab']);
  });

  test('that never came makes a stream incomplete', () => {
    assert.equal(heard(sse([chunk([{ text: 'a' }])])).error?.kind, 'bad_upstream');
    assert.equal(heard('').error?.kind, 'bad_upstream');
  });

  test('of an object is found behind braces and quotes in its strings', () => {
    const text = 'a "}" b \\" } {{ \\';
    for (const chunks of [[chunk([{ text }]), chunk([{ text: '!' }], stop)], [chunk([{ text }], stop)]]) {
      const said = chunks.length === 1 ? text : `${text}!`;
      assert.deepEqual(blocksOf(heard(JSON.stringify(chunks, null, 2))), [said]);
      assert.deepEqual(blocksOf(heard(chunks.map((one) => JSON.stringify(one)).join('\n'))), [said]);
    }
  });

  test('is no end of an object that was cut', () => {
    const whole = JSON.stringify([chunk([{ text: 'a' }], stop), chunk([{ text: 'b' }])]);
    assert.equal(heard(whole).error, undefined);
    assert.equal(heard(whole.slice(0, -10)).error?.kind, 'bad_upstream');
  });

  test('of an answer whose prompt was blocked is a refusal, with the reason kept', () => {
    const feedback = { blockReason: 'SAFETY', blockReasonMessage: 'No.' };
    const answer = heard(sse([{ promptFeedback: feedback, responseId: 'r1', usageMetadata: { promptTokenCount: 3 } }]));
    assert.equal(answer.finish?.reason, 'refusal');
    assert.deepEqual(answer.ext?.gemini, { promptFeedback: feedback });
    assert.deepEqual(answer.usage, { input: 3 });
  });
});

describe('what else a stream may hold', () => {
  test('an error ends it', () => {
    const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' };
    const answer = heard(sse([chunk([{ text: 'a' }]), { error }]));
    assert.equal(answer.error?.kind, 'overloaded');
    assert.equal(heard(JSON.stringify([{ error }])).error?.kind, 'overloaded');
  });

  test("another language's mark of the end is nothing", () => {
    assert.deepEqual(blocksOf(heard(`${sse([chunk([{ text: 'a' }], stop)])}data: [DONE]\n\n`)), ['a']);
    assert.equal(heard(`${sse([chunk([{ text: 'a' }])])}data: [DONE]\n\n`).error?.kind, 'bad_upstream');
  });

  test('pictures, sound and parts of its own', () => {
    const parts = [
      { inlineData: { mimeType: 'image/png', data: 'AAAA' }, thoughtSignature: 'cGlj' },
      { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } },
      { executableCode: { code: '1' } },
      { newThing: {}, thoughtSignature: 'bmV3' },
      {},
    ];
    const answer = heard(sse([chunk(parts, stop)]));
    assert.deepEqual(blocksOf(answer), ['image', ['', 'cGlj', 'follows'], 'native', 'native', 'native']);
    assert.deepEqual(answer.content.at(-1), { type: 'native', dialect: 'gemini', value: parts[3] });
  });

  test('fields of the answer and of the candidate are kept', () => {
    const answer = heard(
      sse([
        chunk([{ text: 'a' }], { safetyRatings: [1], avgLogprobs: -1 }, { createTime: 't1' }),
        chunk([{ text: 'b' }], { avgLogprobs: -2, ...stop, finishMessage: 'Why.' }, { createTime: 't2', newField: 1 }),
      ]),
    );
    assert.deepEqual(answer.ext?.gemini, {
      createTime: 't1',
      newField: 1,
      candidate: { safetyRatings: [1], avgLogprobs: -2, finishMessage: 'Why.' },
    });
  });

  test('other candidates do not mix with the first', () => {
    const other = { content: { parts: [{ text: 'X' }] }, index: 1, finishReason: 'STOP' };
    const first = { content: { parts: [{ text: 'a' }] }, index: 0, finishReason: 'STOP' };
    const answer = heard(sse([{ candidates: [other, first], responseId: 'r1' }]));
    assert.deepEqual(blocksOf(answer), ['a']);
    assert.deepEqual(answer.natives, [{ type: 'native', dialect: 'gemini', value: { candidates: [other] } }]);
  });
});

describe('sources', () => {
  const text = 'Zürich lies in Switzerland. It is large.';
  const grounding = {
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }, { maps: { uri: 'https://b.example' } }],
    groundingSupports: [
      { segment: { startIndex: 29, endIndex: 41, text: 'It is large.' }, groundingChunkIndices: [0] },
    ],
  };
  const cited = (answer: Folded): unknown =>
    answer.content.flatMap((block) =>
      block.type === 'text' ? (block.citations ?? []).map(({ url, start, end }) => [url, start, end]) : [],
    );

  test('count bytes, and are told in UTF-16 units; those that no claim names are told too', () => {
    const bytes = text.indexOf('It is') + 1;
    assert.equal(bytes, 29);
    const pieces = [chunk([{ text: text.slice(0, 9) }]), chunk([{ text: text.slice(9) }])];
    const streamed = heard(sse([...pieces, chunk([{ text: '' }], { groundingMetadata: grounding, ...stop })]));
    assert.deepEqual(cited(streamed), [
      ['https://a.example', 28, 40],
      ['https://b.example', undefined, undefined],
    ]);
    assert.deepEqual(streamed.ext?.gemini, { candidate: { groundingMetadata: grounding } });
  });

  test('count from the beginning of the answer, whatever stands between', () => {
    const call = { functionCall: { name: 'look' } };
    const parts = [{ text: text.slice(0, 28) }, call, { text: text.slice(28) }];
    const answer = heard(sse([chunk(parts), chunk([{ text: '' }], { groundingMetadata: grounding, ...stop })]));
    assert.deepEqual((cited(answer) as unknown[])[0], ['https://a.example', 0, 12]);
    const unnamed = [{ segment: { startIndex: 29, endIndex: 41 }, groundingChunkIndices: [0] }];
    const metadata = { ...grounding, groundingSupports: unnamed };
    const bare = heard(sse([chunk(parts), chunk([{ text: '' }], { groundingMetadata: metadata, ...stop })]));
    assert.deepEqual((cited(bare) as unknown[])[0], ['https://a.example', 0, 12]);
  });

  test('that a stream repeats are told once', () => {
    const chunks = [1, 2].map((n) =>
      chunk([{ text: n === 1 ? text : '' }], { groundingMetadata: grounding, ...(n === 2 && stop) }),
    );
    assert.equal((cited(heard(sse(chunks))) as unknown[]).length, 2);
  });

  test('are found by their words where their place is another', () => {
    const moved = {
      ...grounding,
      groundingSupports: [{ segment: { startIndex: 3, endIndex: 9, text: 'large' }, groundingChunkIndices: [0] }],
    };
    const answer = heard(sse([chunk([{ text }], { groundingMetadata: moved, ...stop })]));
    assert.deepEqual((cited(answer) as unknown[])[0], ['https://a.example', 34, 39]);
  });

  test('stand in the text, and its proof after them', () => {
    const last = chunk([{ text: '', thoughtSignature: 'c2ln' }], { groundingMetadata: grounding, ...stop });
    const answer = heard(sse([chunk([{ text }]), last]));
    assert.deepEqual(blocksOf(answer), [text, ['', 'c2ln', 'follows']]);
    assert.equal((cited(answer) as unknown[]).length, 2);
  });

  test('of quoted stretches go by either name of the list', () => {
    for (const field of ['citations', 'citationSources']) {
      const citationMetadata = { [field]: [{ startIndex: 0, endIndex: 7, uri: 'https://c.example' }] };
      const answer = heard(sse([chunk([{ text }], { citationMetadata, ...stop })]));
      assert.deepEqual(cited(answer), [['https://c.example', 0, 6]]);
      assert.deepEqual(answer.ext, { gemini: { candidate: { citationMetadata } } }, 'under the name that it had');
    }
  });
});

describe('a whole answer', () => {
  const read = (body: unknown): Folded => {
    const fold = createFold();
    readResponse(body, fold.sink);
    return fold.result();
  };

  test('may leave out how it ended', () => assert.equal(read(chunk([{ text: 'a' }])).finish?.reason, 'end'));
  test('may come as the array of a stream', () => {
    assert.deepEqual(blocksOf(read([chunk([{ text: 'a' }]), chunk([{ text: 'b' }], stop)])), ['ab']);
  });
  for (const body of [undefined, null, 'text', [], {}, { candidates: [] }, { usageMetadata: {} }]) {
    test(`${JSON.stringify(body)} is none`, () => assert.equal(read(body).error?.kind, 'bad_upstream'));
  }
});
