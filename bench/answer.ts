import { prose } from './body.ts';
import { deltaLength, deltas, type Language, type Manner, paceMicros } from './scenario.ts';

/** Bytes that leave together, after a pause. */
interface Packet {
  readonly pauseMicros: number;
  readonly bytes: Buffer;
}

const inputTokens = 2100;
const outputTokens = 150;

/** The text of an answer. */
export function answerText(manner: Manner): string {
  return prose(deltas[manner] * deltaLength, 7);
}

/** A provider's HTTP answer in the form that upstream.c reads. */
export function packedAnswer(language: Language, manner: Manner): Buffer {
  const packets = manner === 'whole' ? [wholePacket(language)] : streamPackets(language, manner);
  return Buffer.concat(
    packets.flatMap(({ pauseMicros, bytes }) => [Buffer.from(Uint32Array.of(pauseMicros, bytes.length).buffer), bytes]),
  );
}

function wholePacket(language: Language): Packet {
  const body = JSON.stringify(language === 'anthropic' ? wholeMessage() : wholeCompletion());
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_bench\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return { pauseMicros: 0, bytes: Buffer.from(head + body) };
}

/** One HTTP chunk for each event, as the services send them. */
function streamPackets(language: Language, manner: Manner): Packet[] {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\nrequest-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n';
  const text = answerText(manner);
  const pieces = Array.from({ length: deltas[manner] }, (_, i) => text.slice(i * deltaLength, (i + 1) * deltaLength));
  const { opening, delta, closing } = language === 'anthropic' ? messageEvents : completionEvents;
  const chunks = (frames: readonly string[]): string => frames.map(chunk).join('');
  return [
    { pauseMicros: 0, bytes: Buffer.from(head + chunks(opening)) },
    ...pieces.map((piece, i) => ({
      pauseMicros: manner === 'paced' && i > 0 ? paceMicros : 0,
      bytes: Buffer.from(chunk(delta(piece))),
    })),
    { pauseMicros: 0, bytes: Buffer.from(`${chunks(closing)}0\r\n\r\n`) },
  ];
}

function chunk(frame: string): string {
  return `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`;
}

/** The frames of a stream, in one language. */
interface StreamEvents {
  readonly opening: readonly string[];
  readonly delta: (text: string) => string;
  readonly closing: readonly string[];
}

const message = { id: 'msg_01BenchBenchBenchBench12', type: 'message', role: 'assistant', model: 'bench-model' };
const messageUsage = { input_tokens: inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

function wholeMessage(): object {
  const usage = { ...messageUsage, output_tokens: outputTokens, service_tier: 'standard' };
  const content = [{ type: 'text', text: answerText('whole') }];
  return { ...message, content, stop_reason: 'end_turn', stop_sequence: null, usage };
}

const messageEvents: StreamEvents = {
  opening: [
    named('message_start', {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...messageUsage, output_tokens: 1 },
      },
    }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    named('ping', {}),
  ],
  delta: (text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  closing: [
    named('content_block_stop', { index: 0 }),
    named('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { ...messageUsage, output_tokens: outputTokens },
    }),
    named('message_stop', {}),
  ],
};

function named(type: string, rest: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

const completion = { id: 'chatcmpl-BenchBenchBenchBench123456', created: 1_780_000_000, model: 'bench-model' };
const completionUsage = {
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

function wholeCompletion(): object {
  const content = { role: 'assistant', content: answerText('whole'), refusal: null, annotations: [] };
  const choices = [{ index: 0, message: content, logprobs: null, finish_reason: 'stop' }];
  return { ...completion, object: 'chat.completion', choices, usage: completionUsage, system_fingerprint: 'fp_bench' };
}

const completionEvents: StreamEvents = {
  opening: [completionChunk({ role: 'assistant', content: '', refusal: null }, null)],
  delta: (content) => completionChunk({ content }, null),
  closing: [completionChunk({}, 'stop'), dataFrame({ choices: [], usage: completionUsage }), 'data: [DONE]\n\n'],
};

function completionChunk(delta: object, finish: string | null): string {
  return dataFrame({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
}

function dataFrame(rest: object): string {
  const chunkHead = { ...completion, object: 'chat.completion.chunk', system_fingerprint: 'fp_bench' };
  return `data: ${JSON.stringify({ ...chunkHead, ...rest })}\n\n`;
}
