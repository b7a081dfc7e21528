import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerText, packedAnswer } from './answer.ts';
import { faultOf } from './answer-check.ts';
import { requestBody } from './body.ts';
import { lanes, languages, manners, openingMicros, paceMicros, silenceMicros } from './scenario.ts';

interface Packet {
  readonly pause: number;
  readonly text: string;
}

function unpacked(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [pause = 0, length = 0] = new Uint32Array(Uint8Array.from(bytes.subarray(at, at + 8)).buffer);
    packets.push({ pause, text: bytes.toString('utf8', at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return packets;
}

/** The body of a chunked answer. */
function bodyOf(http: string): string {
  const body = http.slice(http.indexOf('\r\n\r\n') + 4);
  if (!/transfer-encoding: chunked/.test(http)) return body;
  let text = '';
  for (let at = 0; ; ) {
    const line = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.slice(at, line), 16);
    if (length === 0) return text;
    text += body.slice(line + 2, line + 2 + length);
    at = line + 2 + length + 2;
  }
}

test('every answer is whole HTTP, with every event where a client looks for it', () => {
  for (const { client, upstream, name } of lanes.filter((lane) => lane.client === lane.upstream)) {
    for (const manner of manners) {
      const http = unpacked(packedAnswer(upstream, manner))
        .map(({ text }) => text)
        .join('');
      const text = bodyOf(http);
      const fault = faultOf({ status: 200, headers: {}, text }, { client, upstream, name }, manner, true);
      assert.equal(fault, undefined, `${name}, ${manner}`);
    }
  }
});

test('Gemini says the same text, and why it stops', () => {
  for (const manner of manners.filter((each) => each !== 'whole')) {
    const text = bodyOf(
      unpacked(packedAnswer('gemini', manner))
        .map((packet) => packet.text)
        .join(''),
    );
    const pieces = [...text.matchAll(/"text":"([^"]*)"/g)].map(([, piece]) => piece);
    assert.equal(pieces.join(''), answerText(manner));
    assert.match(text, /"finishReason":"STOP"/);
  }
});

test('packets wait as their manner says', () => {
  for (const language of languages) {
    const pauses = (manner: (typeof manners)[number]): number[] =>
      unpacked(packedAnswer(language, manner))
        .map(({ pause }) => pause)
        .filter((pause) => pause > 0);
    assert.deepEqual(pauses('burst'), []);
    assert.deepEqual(
      pauses('paced'),
      Array.from({ length: 499 }, () => paceMicros),
    );
    assert.deepEqual(pauses('opening'), [openingMicros]);
    assert.deepEqual(pauses('hold'), [silenceMicros]);
  }
});

test('a wrong answer is noticed', () => {
  const [lane] = lanes;
  assert.ok(lane);
  const text = bodyOf(
    unpacked(packedAnswer('anthropic', 'burst'))
      .map((packet) => packet.text)
      .join(''),
  );
  const faultIn = (changed: string): string | undefined =>
    faultOf({ status: 200, headers: {}, text: changed }, lane, 'burst', true);
  assert.match(
    faultIn(text.replace('event: message_stop', '').replace('"type":"message_stop"', '""')) ?? '',
    /read|end/,
  );
  assert.match(faultIn(text.replace(/"text":"[^"]+"/, '"text":""')) ?? '', /text of the answer/);
  assert.match(faultOf({ status: 500, headers: {}, text }, lane, 'burst', true) ?? '', /500/);
});

test('request bodies are as large as they are said to be, in either language', () => {
  const near = { small: 2000, large: 200_000, huge: 2_000_000 } as const;
  for (const language of ['anthropic', 'openai-chat'] as const)
    for (const [size, bytes] of Object.entries(near) as [keyof typeof near, number][]) {
      const { length } = requestBody(language, size, 'a-model', false);
      assert.ok(Math.abs(length - bytes) < bytes / 8, `${language}, ${size}: ${length}`);
    }
});
