import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '../../canon/content.ts';
import { GatewayError } from '../../canon/error.ts';
import type { BlockHead, Event } from '../../canon/event.ts';
import { createFold, type Folded } from '../../canon/fold.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { gemini } from './index.ts';

const request: ChatRequest = {
  from: 'gemini',
  model: 'gemini-3-flash',
  stream: true,
  system: [],
  turns: [],
  tools: [],
  sampling: {},
};
const asArray = gemini.client.readRequest({ model: 'm', stream: true, contents: [{ parts: [{ text: 'a' }] }] }, {});

const start: Event = { type: 'start', id: 'r1', model: 'claude-9' };
const end: Event = { type: 'finish', reason: 'end' };

/** The events of one block. */
function block(index: number, head: BlockHead, ...content: readonly Partial<Event>[]): Event[] {
  return [
    { type: 'open', index, block: head },
    ...content.map((one) => ({ ...one, index }) as Event),
    { type: 'close', index },
  ];
}
const says = (text: string): Partial<Event> => ({ type: 'text', text });
const proves = (signature: string): Partial<Event> => ({ type: 'signature', signature });
const call = (index: number, json = '{"a":1}'): Event[] =>
  block(index, { type: 'tool_call', id: 'toolu_1', name: 'look' }, { type: 'json', json });

function written(events: readonly Event[], asked = request): string {
  let text = '';
  const sink = gemini.client.writeStream((piece) => {
    text += piece;
  }, asked);
  for (const event of events) sink(event);
  return text;
}

function chunksOf(events: readonly Event[]): JsonObject[] {
  const frames = written([start, ...events])
    .split('\n\n')
    .slice(0, -1);
  return frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as JsonObject);
}

const partsIn = (chunk: JsonObject): JsonObject[] => {
  const [candidate] = objectsIn(chunk.candidates);
  return isObject(candidate?.content) ? objectsIn(candidate.content.parts) : [];
};
const partsOf = (...events: readonly Event[]): JsonObject[] =>
  chunksOf([...events, end])
    .flatMap(partsIn)
    .slice(0, -1);

function read(bytes: string): Folded {
  const fold = createFold();
  const reader = gemini.upstream.readStream(fold.sink);
  reader.feed(Buffer.from(bytes));
  reader.end();
  return fold.result();
}

describe('a stream', () => {
  test('names itself in each chunk, ends with a part, and tells what it has cost', () => {
    const events: Event[] = [...block(0, { type: 'text' }, says('a'), says('b'))];
    const chunks = chunksOf([...events, { type: 'usage', usage: { input: 3, output: 2 } }, end]);
    assert.deepEqual(chunks.map(partsIn), [[{ text: 'a' }], [{ text: 'b' }], [{ text: '' }]]);
    for (const chunk of chunks) assert.deepEqual([chunk.responseId, chunk.modelVersion], ['r1', 'claude-9']);
    assert.equal(objectsIn(chunks[2]?.candidates)[0]?.finishReason, 'STOP');
    assert.deepEqual(chunks[2]?.usageMetadata, { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 });
  });

  test('tells calls whole', () => {
    const events: Event[] = [
      { type: 'open', index: 0, block: { type: 'tool_call', id: 'toolu_1', name: 'look' } },
      ...['{"a"', ':[1', ']}'].map((json): Event => ({ type: 'json', index: 0, json })),
      { type: 'close', index: 0 },
      ...block(1, { type: 'tool_call', id: 'toolu_2', name: 'none' }),
      ...block(2, { type: 'tool_call', id: 'c3', name: 'patch', kind: 'custom' }, { type: 'json', json: '*** Begin' }),
    ];
    assert.deepEqual(partsOf(...events), [
      { functionCall: { id: 'toolu_1', name: 'look', args: { a: [1] } } },
      { functionCall: { id: 'toolu_2', name: 'none', args: {} } },
      { functionCall: { id: 'c3', name: 'patch', args: { input: '*** Begin' } } },
    ]);
  });

  test('is one JSON array for whoever did not ask for events', () => {
    const text = written([start, ...block(0, { type: 'text' }, says('a')), end], asArray);
    const chunks = JSON.parse(text) as JsonObject[];
    assert.deepEqual(chunks.map(partsIn), [[{ text: 'a' }], [{ text: '' }]]);
    assert.deepEqual(read(text).content, [{ type: 'text', text: 'a' }]);
    assert.match(gemini.client.streamType(asArray), /^application\/json/);
    assert.equal(gemini.client.streamType(request), 'text/event-stream');
  });

  test('is a whole array with an error in it, too, at once or later', () => {
    const error: Event = { type: 'error', error: new GatewayError('overloaded', 'Full.') };
    for (const events of [[error], [start, ...block(0, { type: 'text' }, says('a')), error]]) {
      const chunks = JSON.parse(written(events, asArray)) as JsonObject[];
      const failed = chunks.at(-1)?.error;
      assert.ok(isObject(failed));
      assert.equal(failed.code, 503);
    }
  });

  test('is not disturbed by what keeps it alive', () => {
    const { ping } = gemini.client;
    const events = written([start, ...block(0, { type: 'text' }, says('a')), end]);
    assert.deepEqual(read(`${ping}${ping}${events.replaceAll('\n\n', `\n\n${ping}`)}${ping}`), read(events));
    const array = written([start, ...block(0, { type: 'text' }, says('a')), end], asArray);
    assert.deepEqual(read(`${ping}${array.replaceAll(',\r\n', `${ping},\r\n`)}`), read(array));
    assert.equal((JSON.parse(ping + array) as unknown[]).length, 2);
  });

  test('keeps fields of its own language, each where it was', () => {
    const own: Event[] = [
      { ...start, ext: { gemini: { createTime: 't' } } },
      ...block(0, { type: 'native', dialect: 'gemini', value: { toolCall: {} } }),
      ...block(1, { type: 'native', dialect: 'anthropic', value: { type: 'x' } }),
      { type: 'native', dialect: 'gemini', value: { candidates: [{ index: 1 }] } },
      { ...end, ext: { gemini: { modelStatus: {}, candidate: { avgLogprobs: -1, finishMessage: 'Why.' } } } },
    ];
    const chunks = written(own)
      .split('\n\n')
      .slice(0, -1)
      .map((frame) => JSON.parse(frame.slice(6)) as JsonObject);
    assert.deepEqual(
      chunks.map(({ createTime }) => createTime),
      ['t', undefined, undefined],
    );
    assert.deepEqual(partsIn(chunks[0] ?? {}), [{ toolCall: {} }]);
    const last = objectsIn(chunks[2]?.candidates)[0];
    assert.deepEqual([last?.avgLogprobs, last?.finishMessage, chunks[2]?.modelStatus], [-1, 'Why.', {}]);
  });
});

describe('the end', () => {
  for (const reason of [
    'end',
    'length',
    'stop_sequence',
    'pause',
    'refusal',
    'context_overflow',
    'compaction',
  ] as const) {
    test(`${reason} is understood by whoever knows this gateway`, () => {
      assert.equal(read(written([start, { type: 'finish', reason }])).finish?.reason, reason);
      const sequence: Event = { type: 'finish', reason: 'stop_sequence', stopSequence: 'a "b"\n' };
      assert.equal(read(written([start, sequence])).finish?.stopSequence, 'a "b"\n');
    });
  }

  test("is said in the provider's word where that says more", () => {
    const ext = { gemini: { candidate: { finishReason: 'RECITATION' } } };
    const [refused] = chunksOf([{ type: 'finish', reason: 'refusal', ext }]);
    assert.equal(objectsIn(refused?.candidates)[0]?.finishReason, 'RECITATION');
    const [called] = chunksOf([{ type: 'finish', reason: 'end', ext }]);
    assert.equal(objectsIn(called?.candidates)[0]?.finishReason, 'STOP');
  });
});

describe('thoughts', () => {
  const think = (...content: readonly Partial<Event>[]): Event[] => block(0, { type: 'thinking' }, ...content);

  test('are marked as such', () => {
    assert.deepEqual(partsOf(...think(says('Hm.'))), [{ text: 'Hm.', thought: true }]);
  });

  test('leave their proof to the call that follows, shown or not', () => {
    const proven = { functionCall: { id: 'toolu_1', name: 'look', args: { a: 1 } }, thoughtSignature: 'c2ln' };
    assert.deepEqual(partsOf(...think(proves('c2ln')), ...call(1)), [proven]);
    assert.deepEqual(partsOf(...think(says('Hm.'), proves('c2ln')), ...call(1)), [
      { text: 'Hm.', thought: true },
      proven,
    ]);
  });

  test('leave it to an empty text where nothing follows, to a thought of nothing where another thought does', () => {
    assert.deepEqual(partsOf(...think(proves('c2ln'))), [{ text: '', thoughtSignature: 'c2ln' }]);
    const two = [...think(proves('YQ==')), ...block(1, { type: 'thinking' }, proves('Yg==')), ...call(2)];
    assert.deepEqual(
      partsOf(...two).map(({ text, thought, thoughtSignature }) => [text, thought, thoughtSignature]),
      [
        ['', true, 'YQ=='],
        [undefined, undefined, 'Yg=='],
      ],
    );
  });

  /** What the client brings back, read as its next request. */
  const broughtBack = (parts: readonly JsonObject[]): readonly Block[] =>
    gemini.client.readRequest({ model: 'm', contents: [{ role: 'model', parts }] }, {}).turns[0]?.content ?? [];

  for (const [what, events] of Object.entries({
    'a thought and its proof before text': [
      ...think(says('Hm.'), proves('c2ln')),
      ...block(1, { type: 'text' }, says('So.')),
    ],
    'a proof alone before text': [...think(proves('not base64')), ...block(1, { type: 'text' }, says('So.'))],
    'a thought and its proof before text and a call': [
      ...think(says('Hm.'), proves('c2ln')),
      ...block(1, { type: 'text' }, says('So.')),
      ...call(2),
    ],
    'a proof alone before a call': [...think(proves('c2ln')), ...call(1)],
    'encrypted reasoning': [...block(0, { type: 'redacted', data: 'opaque!' }), ...call(1)],
    'a thought without a proof': [...think(says('Hm.')), ...call(1)],
    'two proofs before a call': [
      ...think(proves('YQ==')),
      ...block(1, { type: 'thinking' }, proves('Yg==')),
      ...call(2),
    ],
  })) {
    test(`${what} comes back as it was, streamed or whole, in one content or many`, () => {
      const fold = createFold();
      for (const event of [start, ...events, end]) fold.sink(event);
      const meant = fold.result().content;
      const whole = gemini.client.writeResponse(fold.result(), request);
      const parts = partsIn(whole);
      assert.deepEqual(broughtBack(parts), meant);
      assert.deepEqual(broughtBack(partsOf(...events)), meant);
      const contents = partsOf(...events).map((part) => ({ role: 'model', parts: [part] }));
      assert.deepEqual(gemini.client.readRequest({ model: 'm', contents }, {}).turns[0]?.content, meant);
      assert.deepEqual(read(written([start, ...events, end])).content, meant);
    });
  }

  test('whose client keeps none of them keep their proof', () => {
    const events = [...think(says('Hm.'), proves('c2ln')), ...block(1, { type: 'text' }, says('So.')), ...call(2)];
    const kept = partsOf(...events).filter(({ thought }) => thought !== true);
    assert.deepEqual(broughtBack(kept)[0], { type: 'thinking', text: '', signature: 'c2ln' });
  });
});

describe('sources of other languages', () => {
  test('stand where they stood, in bytes', () => {
    const url = { kind: 'url', url: 'https://a.example', title: 'A', start: 0, end: 1 } as const;
    const document = { kind: 'char', title: 'Facts', citedText: 'Ice.' } as const;
    const nameless = { kind: 'unknown', start: 0, end: 1 } as const;
    const chunks = chunksOf([
      ...block(0, { type: 'text' }, says('Ü')),
      ...block(
        1,
        { type: 'text' },
        says('Ö is.'),
        { type: 'citation', citation: url },
        { type: 'citation', citation: nameless },
        { type: 'citation', citation: document },
      ),
      end,
    ]);
    assert.deepEqual(objectsIn(chunks.at(-1)?.candidates)[0]?.groundingMetadata, {
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { retrievedContext: { title: 'Facts', text: 'Ice.' } },
      ],
      groundingSupports: [
        { segment: { startIndex: 2, endIndex: 4, text: 'Ö' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 2, endIndex: 8, text: 'Ö is.' }, groundingChunkIndices: [1] },
      ],
    });
  });
});

describe('models', () => {
  test('are named as Google names them', () => {
    const [entry] = objectsIn(gemini.client.writeModels([{ id: 'gpt-9', contextWindow: 1000, maxOutput: 10 }]).models);
    assert.deepEqual(entry, {
      name: 'models/gpt-9',
      baseModelId: 'gpt-9',
      version: '001',
      displayName: 'gpt-9',
      inputTokenLimit: 1000,
      outputTokenLimit: 10,
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
    });
  });
});
