import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import { defined, type JsonObject } from '../json.ts';
import type { Stop } from '../scenario.ts';

const STOPS: Readonly<Record<string, string>> = {
  end: 'end_turn',
  tool: 'tool_use',
  length: 'max_tokens',
  sequence: 'stop_sequence',
  pause: 'pause_turn',
  window: 'model_context_window_exceeded',
};

/** The service's name for a stop reason. */
export function stopReason(stop: Stop): string | null {
  return stop === null ? null : (STOPS[stop] ?? stop);
}

/** The usage object of a whole answer. */
export function writeUsage(usage: AnswerUsage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite - usage.cacheWriteHour,
      ephemeral_1h_input_tokens: usage.cacheWriteHour,
    },
    output_tokens: usage.output,
    ...(usage.thinking > 0 ? { output_tokens_details: { thinking_tokens: usage.thinking } } : {}),
    service_tier: 'standard',
    ...usage.extra,
  };
}

/** The content block of a part as it stands in a whole answer; undefined when the part is no block. */
export function writeBlock(part: AnswerPart): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return defined({ type: 'text', text: part.text, citations: part.citations && [...part.citations] });
    case 'think':
      if (part.redacted !== undefined) return { type: 'redacted_thinking', data: part.redacted };
      return { type: 'thinking', thinking: part.text, signature: part.signature };
    case 'tool':
      return { type: 'tool_use', id: part.id, name: part.name, input: part.input, caller: { type: 'direct' } };
    case 'native':
      return part.dialect === 'anthropic' ? part.native : undefined;
    case 'refusal':
      return undefined;
  }
}

/** Why the service declined, when it did. */
export function stopDetails(answer: Answer): JsonObject | null {
  if (answer.stopDetails !== null || answer.stop !== 'refusal') return answer.stopDetails;
  const refusal = answer.parts.find((part) => part.kind === 'refusal');
  return { type: 'refusal', category: null, explanation: refusal?.text ?? null };
}

/** The message object with these blocks. */
export function writeMessage(answer: Answer, content: JsonObject[]): JsonObject {
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content,
    stop_reason: stopReason(answer.stop),
    stop_sequence: answer.stopSequence,
    stop_details: stopDetails(answer),
    container: null,
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
    ...answer.members,
  };
}

/** A whole answer. */
export function writeWhole(answer: Answer): JsonObject {
  return writeMessage(
    answer,
    answer.parts.map(writeBlock).filter((block) => block !== undefined),
  );
}
