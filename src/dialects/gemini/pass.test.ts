import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../canon/json.ts';
import type { PassWatch } from '../dialect.ts';
import { pass } from './pass.ts';

const frameOf = (chunk: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(chunk)}\r\n\r\n`);
const chunk = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  responseId: 'r1',
});
const stop = { finishReason: 'STOP' };
const see = (watch: PassWatch, frame: Buffer): boolean => watch.frame(frame, 0, frame.length);

function watched(...chunks: readonly unknown[]): PassWatch {
  const watch = pass.watch();
  for (const one of chunks) assert.ok(see(watch, frameOf(one)), JSON.stringify(one));
  return watch;
}

describe('what passes', () => {
  test('an answer, to its end', () => {
    const watch = watched(chunk([{ text: 'a' }]), chunk([{ text: '' }], stop));
    assert.ok(watch.started() && watch.ended());
    assert.equal(watch.tail(), '');
    assert.ok(!watched(chunk([{ text: 'a' }])).ended());
  });

  test('comments and blank lines, before and between', () => {
    for (const frame of ['\n', '\r\n\r\n', ': ping\n\n', ':\n: x\n\n'])
      assert.ok(see(pass.watch(), Buffer.from(frame)), frame);
    assert.ok(!pass.watch().started());
  });

  test('usage, which is remembered', () => {
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2 };
    const watch = watched({ ...chunk([{ text: 'a' }]), usageMetadata }, { usageMetadata: { candidatesTokenCount: 3 } });
    assert.deepEqual(watch.usage(), { input: 5, output: 3 });
  });

  test('pieces of text that are known by their form, with counts that are remembered', () => {
    const piece = (text: string, tokens: number): Buffer =>
      frameOf({ ...chunk([{ text }]), usageMetadata: { promptTokenCount: 5, candidatesTokenCount: tokens } });
    const leapt = (watch: PassWatch, frame: Buffer): boolean => watch.leap?.(frame, 0) === frame.length;
    const watch = watched();
    assert.ok(see(watch, piece('a', 9)));
    assert.ok(leapt(watch, piece('bc', 10)));
    assert.ok(leapt(watch, piece('d', 123)));
    assert.deepEqual(watch.usage(), { input: 5, output: 123 });
    assert.ok(!leapt(watch, frameOf(chunk([{ text: 'e' }]))));
    assert.ok(see(watch, frameOf(chunk([{ text: 'e' }]))));
    assert.deepEqual(watch.usage(), { input: 5, output: 123 });
    assert.equal(watch.kept().length, 1);
    assert.ok(see(watch, frameOf(chunk([{ text: '' }], stop))));
    // Behind the end all is kept, in case that somebody has to take over.
    assert.ok(see(watch, piece('f', 1)));
    assert.ok(!leapt(watch, piece('g', 2)));
    assert.ok(see(watch, piece('g', 2)));
    assert.equal(watch.kept().length, 4);
  });

  test('a blocked prompt, and no error: another provider may go on', () => {
    assert.ok(watched({ promptFeedback: { blockReason: 'SAFETY' } }).ended());
    const error = { error: { code: 503, message: 'x', status: 'UNAVAILABLE' } };
    assert.ok(!see(watched(chunk([{ text: 'a' }])), frameOf(error)));
    assert.ok(!see(pass.watch(), frameOf(error)));
  });

  test('a call in pieces, if it ends', () => {
    const begun = [chunk([{ functionCall: { name: 'look', willContinue: true } }])];
    const more = chunk([{ functionCall: { partialArgs: [{ jsonPath: '$.a', numberValue: 1 }], willContinue: true } }]);
    assert.ok(watched(...begun, more, chunk([{ functionCall: {} }], stop)).ended());
    assert.ok(!watched(...begun, more, chunk([], stop)).ended());
    assert.ok(watched(...begun, more, chunk([], { finishReason: 'MAX_TOKENS' })).ended());
    assert.ok(!see(watched(...begun, more), frameOf(chunk([{ functionCall: { name: 'look' } }]))));
    assert.ok(see(watched(...begun, more), frameOf({ brandNew: 1 })), 'nobody could go on with the call');
  });
});

describe('what does not', () => {
  const begun = (): PassWatch => watched(chunk([{ text: 'a' }]));
  for (const [what, frame] of Object.entries({
    'another language': 'data: {"type":"unheard_of"}\n\n',
    'half a frame': 'data: {"candidates":[{"con\n\n',
    'a mark of the end': 'data: [DONE]\n\n',
    'an event with a name': 'event: error\ndata: {"error":{"code":500}}\n\n',
    'an error of another language': 'data: {"error":{"type":"overloaded_error"}}\n\n',
    'half a character': 'data: {"candidates":[{"content":{"parts":[{"text":"\\ud83e"}]}}]}\n\n',
    'text that is none': '\0\n\n',
  })) {
    test(what, () => assert.ok(!see(begun(), Buffer.from(frame))));
  }

  test('bytes that are no characters', () => {
    const frame = Buffer.concat([Buffer.from('data: {"candidates":[{"x":"'), Buffer.of(0xff), Buffer.from('"}]}\n\n')]);
    assert.ok(!see(begun(), frame));
  });

  test('a call made twice', () => {
    const call = chunk([{ functionCall: { id: '1', name: 'look' } }]);
    assert.ok(!see(watched(call), frameOf(call)));
  });
});

test('a reader is told of the name, the calls and the end', () => {
  const frames = [
    chunk([{ text: 'a' }]),
    chunk([{ text: 'b' }]),
    chunk([{ functionCall: { name: 'look' } }]),
    chunk([{ text: 'c' }], stop),
  ];
  const kept = watched(...frames)
    .kept()
    .map((bytes) => Buffer.from(bytes).toString());
  assert.deepEqual(
    kept,
    [0, 2, 3].map((i) => frameOf(frames[i]).toString()),
  );
});

test('usage is found in a whole answer, wherever it stands', () => {
  const usageMetadata = { promptTokenCount: 5, promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5 }] };
  const text = 'say "usageMetadata": {';
  for (const body of [
    { ...chunk([{ text }]), usageMetadata, responseId: 'r1' },
    { usageMetadata, ...chunk([{ text }]) },
  ]) {
    assert.equal(pass.usageOf(Buffer.from(JSON.stringify(body, null, 2))).input, 5);
  }
  assert.deepEqual(pass.usageOf(Buffer.from('{"candidates":[]}')), {});
  assert.deepEqual(pass.usageOf(Buffer.from('no')), {});
});
