import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { type Json, type JsonObject, numberOf, objectOf } from '../json.ts';
import type { Stop } from '../scenario.ts';
import type { ChatVariant } from './variant.ts';

const STOPS: Readonly<Record<string, string>> = {
  end: 'stop',
  tool: 'tool_calls',
  length: 'length',
  sequence: 'stop',
  refusal: 'content_filter',
  pause: 'stop',
  window: 'length',
};

/** A refusal that the model puts in words ends with `stop`; one without words is the filter's. */
export function finishReason(stop: Stop, parts: readonly AnswerPart[]): string | null {
  if (stop === 'refusal' && parts.some((part) => part.kind === 'refusal')) return 'stop';
  return stop === null ? null : (STOPS[stop] ?? stop);
}

/** The usage object: prompt tokens hold what came from a cache, too. */
export function writeUsage(usage: AnswerUsage): JsonObject {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const written = usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {};
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0, ...written },
    completion_tokens_details: {
      reasoning_tokens: usage.thinking,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...usage.extra,
  };
}

/** How many answers the request wants; more than a few are not simulated. */
export function choiceCount(asked: Asked): number {
  return Math.min(Math.max(1, numberOf(asked.body.n) ?? 1), 8);
}

/** The members in which a piece of thinking is written: the same in a message and in a delta. */
export function reasoningMembers(text: string, signature: string | undefined, variant: ChatVariant): JsonObject {
  switch (variant.reasoning ?? 'reasoning_content') {
    case 'reasoning_content':
      return { reasoning_content: text };
    case 'reasoning':
      return { reasoning: text };
    case 'reasoning_details': {
      const signed = signature === undefined ? {} : { signature };
      const detail = { type: 'reasoning.text', text, format: 'anthropic-claude-v1', index: 0, ...signed };
      return { reasoning: text, reasoning_details: [detail] };
    }
    case 'content_parts': {
      const signed = signature === undefined ? {} : { signature };
      return { content: [{ type: 'reasoning', summary: [{ type: 'summary_text', text, ...signed }] }] };
    }
    case 'none':
      return {};
  }
}

/** Log probabilities for a piece of text, when the request asks for them: made up, but in the right form. */
export function logprobsFor(text: string, asked: Asked): Json {
  if (asked.body.logprobs !== true) return null;
  const token = { token: text, logprob: -0.01, bytes: [...Buffer.from(text)] };
  const top = Math.min(numberOf(asked.body.top_logprobs) ?? 0, 20);
  return { content: [{ ...token, top_logprobs: top > 0 ? [token] : [] }], refusal: null };
}

/** A whole answer. */
export function writeWhole(answer: Answer, asked: Asked): JsonObject {
  const message = writeMessage(answer);
  const text = typeof message.content === 'string' ? message.content : '';
  const reason = answer.manner.chat?.noFinish === true ? null : finishReason(answer.stop, answer.parts);
  const choices = Array.from({ length: choiceCount(asked) }, (_, index) => ({
    index,
    message,
    logprobs: logprobsFor(text, asked),
    finish_reason: reason,
  }));
  const usage =
    answer.usage === null || answer.manner.chat?.usage === 'none' ? {} : { usage: writeUsage(answer.usage) };
  return {
    id: answer.id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: answer.model,
    choices,
    ...usage,
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
    ...answer.members,
  };
}

function joined(parts: readonly AnswerPart[], kind: 'text' | 'think' | 'refusal'): string | null {
  const texts = parts.flatMap((part) => (part.kind === kind && 'text' in part ? [part.text] : []));
  return texts.length === 0 ? null : texts.join('');
}

function writeMessage(answer: Answer): JsonObject {
  const variant = answer.manner.chat ?? {};
  const { parts } = answer;
  const calls = parts
    .filter((part) => part.kind === 'tool')
    .map(({ id, name, input, json }) => {
      const args = variant.arguments === 'object' ? input : json;
      return { id, type: 'function', function: { name, arguments: args } };
    });
  const text = joined(parts, 'text');
  const thinking = thinkingIn(parts, variant);
  const content = Array.isArray(thinking.content)
    ? [...thinking.content, ...(text === null ? [] : [{ type: 'text', text }])]
    : text;
  return {
    role: 'assistant',
    ...thinking,
    content,
    refusal: joined(parts, 'refusal'),
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...nativeMembers(parts),
  };
}

function thinkingIn(parts: readonly AnswerPart[], variant: ChatVariant): JsonObject {
  const text = joined(parts, 'think');
  if (text === null) return {};
  const last = parts.findLast((part) => part.kind === 'think');
  return reasoningMembers(text, last?.signature === '' ? undefined : last?.signature, variant);
}

/** The members that native parts for this dialect add to the message. */
export function nativeMembers(parts: readonly AnswerPart[]): JsonObject {
  const natives = parts.map((part) => (part.kind === 'native' && part.dialect === 'openai-chat' ? part.native : {}));
  return Object.assign({}, ...natives.map(objectOf)) as JsonObject;
}
