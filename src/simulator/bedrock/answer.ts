import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { type Json, type JsonObject, listOf, textOf } from '../json.ts';

const STOPS: Readonly<Record<string, string>> = {
  end: 'end_turn',
  tool: 'tool_use',
  length: 'max_tokens',
  sequence: 'stop_sequence',
  refusal: 'content_filtered',
  pause: 'pause_turn',
  window: 'model_context_window_exceeded',
};

/** Milliseconds that every answer is said to have taken. */
const LATENCY = 42;

/** The service's name for a stop reason; it has none for "no reason". */
export function stopReason({ stop }: Answer): string {
  return stop === null ? 'end_turn' : (STOPS[stop] ?? stop);
}

/** The usage object. */
export function writeUsage(usage: AnswerUsage): JsonObject {
  const { input, output, cacheRead, cacheWrite, cacheWriteHour } = usage;
  const details = [
    { ttl: '5m', inputTokens: cacheWrite - cacheWriteHour },
    { ttl: '1h', inputTokens: cacheWriteHour },
  ].filter(({ inputTokens }) => inputTokens > 0);
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output + cacheRead + cacheWrite,
    cacheReadInputTokens: cacheRead,
    cacheWriteInputTokens: cacheWrite,
    ...(details.length === 0 ? {} : { cacheDetails: details }),
    serverToolUsage: {},
    ...usage.extra,
  };
}

/** What stands beside the usage, whole or at the end of a stream. */
export function writeMetadata(answer: Answer, asked: Asked): JsonObject {
  const { performanceConfig, serviceTier } = asked.body;
  return {
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
    metrics: { latencyMs: LATENCY },
    ...(performanceConfig === undefined ? {} : { performanceConfig }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

/** Bytes as the language writes them. */
export function writeBytes(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The content block of a part as it stands in a whole answer; undefined when the part is no block. */
export function writeBlock(part: AnswerPart): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      if (part.citations === undefined) return { text: part.text };
      return { citationsContent: { content: [{ text: part.text }], citations: [...part.citations] } };
    case 'think': {
      if (part.redacted !== undefined) return { reasoningContent: { redactedContent: writeBytes(part.redacted) } };
      const signature = part.signature === '' ? {} : { signature: part.signature };
      return { reasoningContent: { reasoningText: { text: part.text, ...signature } } };
    }
    case 'tool':
      return { toolUse: { toolUseId: part.id, name: part.name, input: part.input } };
    case 'refusal':
      return { text: part.text };
    case 'native':
      return part.dialect === 'bedrock-converse' ? part.native : undefined;
  }
}

/** Fields of the model's own answer that the request has asked for by JSON pointers. */
export function writeAdditional(model: JsonObject, asked: Asked): JsonObject {
  const paths = listOf(asked.body.additionalModelResponseFieldPaths).map(textOf);
  const found: JsonObject = {};
  for (const path of paths) {
    const [first = '', ...rest] = path.split('/').slice(1);
    let value: Json | undefined = model[first];
    for (const name of rest) value = (value as JsonObject | undefined)?.[name];
    if (value === undefined) continue;
    found[first] = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
  }
  return Object.keys(found).length === 0 ? {} : { additionalModelResponseFields: found };
}

/** A whole answer. */
export function writeWhole(answer: Answer, asked: Asked): JsonObject {
  const content = answer.parts.map(writeBlock).filter((block) => block !== undefined);
  return {
    metrics: { latencyMs: LATENCY },
    output: { message: { content, role: 'assistant' } },
    ...writeAdditional({ stop_sequence: answer.stopSequence, stop_reason: stopReason(answer) }, asked),
    stopReason: stopReason(answer),
    ...writeMetadata(answer, asked),
    ...answer.members,
  };
}
