import { type Answer, type AnswerPart, chunksOf } from '../answer.ts';
import type { Asked } from '../asked.ts';
import { interleaved } from '../interleave.ts';
import { type Json, type JsonObject, objectOf, textOf } from '../json.ts';
import { frameWriter } from '../sse.ts';
import { choiceCount, finishReason, logprobsFor, nativeMembers, reasoningMembers, writeUsage } from './answer.ts';
import type { ChatVariant } from './variant.ts';

type Call = Extract<AnswerPart, { kind: 'tool' }>;

/** The chunks of a streamed answer, framed, with `[DONE]` at the end. */
export function writeStream(answer: Answer, asked: Asked): string[] {
  const variant = answer.manner.chat ?? {};
  const frame = frameWriter(answer.manner);
  const frames = chunksOfAnswer(answer, asked, variant).map((chunk) => frame(JSON.stringify(chunk)));
  if (variant.done !== false) frames.push(frame('[DONE]'));
  return variant.comments === true ? frames.map((text) => `: PROCESSING\n\n${text}`) : frames;
}

function chunksOfAnswer(answer: Answer, asked: Asked, variant: ChatVariant): JsonObject[] {
  const wantsUsage = objectOf(asked.body.stream_options).include_usage === true;
  const place = variant.usage ?? (wantsUsage ? 'extra' : 'none');
  const usage: Json = answer.usage === null ? null : writeUsage(answer.usage);
  const head = {
    id: answer.id,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: answer.model,
    service_tier: 'default',
    system_fingerprint: 'fp_simulator',
    ...answer.members,
  };
  const choices = Array.from({ length: choiceCount(asked) }, (_, index) => choicesOf(answer, asked, variant, index));
  const chunks: JsonObject[] = choices.flat().map((choice) => {
    const last = choice.finish_reason !== null;
    if (place === 'every' || (place === 'finish' && last)) return { ...head, choices: [choice], usage };
    return place === 'extra' ? { ...head, choices: [choice], usage: null } : { ...head, choices: [choice] };
  });
  if (place === 'extra' && usage !== null) chunks.push({ ...head, choices: [], usage });
  return chunks;
}

function choicesOf(answer: Answer, asked: Asked, variant: ChatVariant, index: number): JsonObject[] {
  const deltas = withRoles(deltasOf(answer, variant), variant);
  const reason = variant.noFinish === true ? null : finishReason(answer.stop, answer.parts);
  const choices = deltas.map((delta): JsonObject => {
    const text = textOf(delta.content);
    return { index, delta, logprobs: text === '' ? null : logprobsFor(text, asked), finish_reason: null };
  });
  const last = choices.at(-1);
  if (variant.finishWithLast === true && last !== undefined) last.finish_reason = reason;
  else choices.push({ index, delta: {}, logprobs: null, finish_reason: reason });
  return choices;
}

/** The role comes in a chunk of its own, in every chunk, or not at all. */
function withRoles(deltas: readonly JsonObject[], variant: ChatVariant): JsonObject[] {
  if (variant.role === 'none') return [...deltas];
  if (variant.role === 'every') return deltas.map((delta) => ({ role: 'assistant', ...delta }));
  return [{ role: 'assistant', content: '', refusal: null }, ...deltas];
}

function deltasOf(answer: Answer, variant: ChatVariant): JsonObject[] {
  const calls = answer.parts.filter((part) => part.kind === 'tool');
  const said = answer.parts.flatMap((part) => spokenDeltas(part, answer.chunk, variant));
  const perCall = calls.map((call, number) => callDeltas(call, number, answer.chunk, variant));
  const called = variant.calls === 'interleaved' ? interleaved(perCall) : perCall.flat();
  const native = nativeMembers(answer.parts);
  return [...said, ...called, ...(Object.keys(native).length > 0 ? [native] : [])];
}

function spokenDeltas(part: AnswerPart, chunk: number, variant: ChatVariant): JsonObject[] {
  if (part.kind === 'text') {
    return chunksOf(part.text, chunk).map((text) => ({
      content: variant.reasoning === 'content_parts' ? [{ type: 'text', text }] : text,
    }));
  }
  if (part.kind === 'refusal') return chunksOf(part.text, chunk).map((refusal) => ({ refusal }));
  if (part.kind !== 'think') return [];
  const pieces = chunksOf(part.text, chunk).map((text) => reasoningMembers(text, undefined, variant));
  const signs = variant.reasoning === 'reasoning_details' || variant.reasoning === 'content_parts';
  return signs && part.signature !== '' ? [...pieces, reasoningMembers('', part.signature, variant)] : pieces;
}

function callDeltas(call: Call, number: number, chunk: number, variant: ChatVariant): JsonObject[] {
  const index = variant.callIndex === 'none' ? {} : { index: number + (variant.callIndex ?? 0) };
  const id = { id: call.id, type: 'function' };
  const args = variant.arguments === 'object' ? call.input : call.json;
  if (variant.calls === 'whole' || variant.arguments === 'object') {
    return [{ tool_calls: [{ ...index, ...id, function: { name: call.name, arguments: args } }] }];
  }
  const again = { first: {}, every: id, empty: { ...id, id: '' } }[variant.ids ?? 'first'];
  return [
    { tool_calls: [{ ...index, ...id, function: { name: call.name, arguments: '' } }] },
    ...chunksOf(call.json, chunk).map((piece) => ({
      tool_calls: [{ ...index, ...again, function: { arguments: piece } }],
    })),
  ];
}
