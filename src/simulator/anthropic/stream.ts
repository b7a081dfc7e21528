import { type Answer, type AnswerPart, type AnswerUsage, chunksOf } from '../answer.ts';
import { isObject, type JsonObject } from '../json.ts';
import { frameWriter } from '../sse.ts';
import { stopDetails, stopReason, writeBlock, writeMessage, writeUsage } from './answer.ts';
import type { AnthropicVariant } from './variant.ts';

type Event = JsonObject & { readonly type: string };

/** The events of a streamed answer, framed. */
export function writeStream(answer: Answer): string[] {
  const variant = answer.manner.anthropic ?? {};
  const frame = frameWriter(answer.manner);
  const events = arranged(eventsOf(answer, variant), variant);
  const frames = events.map((event) =>
    frame(JSON.stringify(event), variant.eventLines === false ? undefined : event.type),
  );
  if (variant.done === true) frames.push(frame('[DONE]'));
  return frames;
}

function eventsOf(answer: Answer, variant: AnthropicVariant): Event[] {
  const blocks = answer.parts.filter((part) => writeBlock(part) !== undefined);
  const first = variant.firstIndex ?? 0;
  return [
    startEvent(answer, variant),
    ...blocks.flatMap((part, number) => blockEvents(part, first + number, answer.chunk, variant)),
    endEvent(answer, variant),
    { type: 'message_stop' },
  ];
}

/** Pings, doubles and gaps, as the variant has them. */
function arranged(events: readonly Event[], variant: AnthropicVariant): Event[] {
  const omit = variant.omit ?? [];
  const ping = variant.ping ?? 'once';
  const firstBlock = events.findIndex((event) => event.type === 'content_block_start');
  const pingAfter = firstBlock < 0 ? 0 : firstBlock;
  return events.flatMap((event, number) => {
    if (omit.includes(event.type)) return [];
    const row: Event[] = ping === 'every' && number > 0 ? [{ type: 'ping' }, event] : [event];
    if (event.type === 'message_start' && variant.duplicateStart === true) row.push(event);
    if (event.type === 'message_start' && variant.unknownEvent === true) row.push({ type: 'weather', sky: 'blue' });
    if (ping === 'once' && number === pingAfter) row.push({ type: 'ping' });
    return row;
  });
}

function startEvent(answer: Answer, variant: AnthropicVariant): Event {
  const { usage: _usage, ...message } = writeMessage({ ...answer, stop: null, stopSequence: null, members: {} }, []);
  const counts = answer.usage === null || variant.startUsage === 'none' ? undefined : startUsage(answer.usage, variant);
  return { type: 'message_start', message: counts === undefined ? message : { ...message, usage: counts } };
}

function startUsage(usage: AnswerUsage, variant: AnthropicVariant): JsonObject {
  const none = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0 };
  const known = variant.startUsage === 'zero' ? { ...usage, ...none } : usage;
  return writeUsage({ ...known, output: Math.min(1, usage.output), thinking: 0, extra: {} });
}

function endEvent(answer: Answer, variant: AnthropicVariant): Event {
  const { container, ...members } = answer.members;
  const delta: JsonObject = {
    stop_reason: stopReason(answer.stop),
    stop_sequence: answer.stopSequence,
    stop_details: stopDetails(answer),
    ...(container === undefined ? {} : { container }),
  };
  const counts = answer.usage === null ? undefined : endUsage(answer.usage, variant);
  return { type: 'message_delta', delta, ...(counts === undefined ? {} : { usage: counts }), ...members };
}

function endUsage(usage: AnswerUsage, variant: AnthropicVariant): JsonObject | undefined {
  if (variant.deltaUsage === 'none') return undefined;
  if (variant.deltaUsage === 'output') return { output_tokens: usage.output };
  const { cache_creation: _creation, service_tier: _tier, ...counts } = writeUsage(usage);
  return counts;
}

function blockEvents(part: AnswerPart, index: number, chunk: number, variant: AnthropicVariant): Event[] {
  const { block, deltas } = opened(part, chunk, variant);
  return [
    { type: 'content_block_start', index, content_block: block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

/** The empty form of a block and the deltas that fill it. */
function opened(
  part: AnswerPart,
  chunk: number,
  variant: AnthropicVariant,
): { block: JsonObject; deltas: JsonObject[] } {
  const whole = writeBlock(part) ?? {};
  if (part.kind === 'text') {
    const cited = (part.citations ?? []).map((citation) => ({ type: 'citations_delta', citation }));
    const head: JsonObject = part.citations === undefined ? {} : { citations: [] };
    if (variant.textInStart === true) return { block: { type: 'text', text: part.text, ...head }, deltas: cited };
    const texts = chunksOf(part.text, chunk).map((text) => ({ type: 'text_delta', text }));
    return { block: { type: 'text', text: '', ...head }, deltas: [...texts, ...cited] };
  }
  if (part.kind === 'think' && part.redacted === undefined) {
    const thinking = chunksOf(part.text, chunk).map((text) => ({ type: 'thinking_delta', thinking: text }));
    const signature = part.signature === '' ? [] : [{ type: 'signature_delta', signature: part.signature }];
    return { block: { type: 'thinking', thinking: '', signature: '' }, deltas: [...thinking, ...signature] };
  }
  if (part.kind === 'tool') return withInput(whole, part.json, chunk, variant);
  if (whole.type === 'compaction') {
    const { content = null, encrypted_content: encrypted = null } = whole;
    const delta = { type: 'compaction_delta', content, encrypted_content: encrypted };
    return { block: { ...whole, content: null, encrypted_content: null }, deltas: [delta] };
  }
  return isObject(whole.input)
    ? withInput(whole, JSON.stringify(whole.input), chunk, variant)
    : { block: whole, deltas: [] };
}

/** The service sends an empty piece of input first, and nothing more for an empty input. */
function withInput(
  block: JsonObject,
  json: string,
  chunk: number,
  variant: AnthropicVariant,
): { block: JsonObject; deltas: JsonObject[] } {
  if (variant.inputInStart === true) return { block, deltas: [] };
  const pieces = ['', ...(json === '{}' ? [] : chunksOf(json, chunk))];
  const deltas = pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
  return { block: { ...block, input: {} }, deltas };
}
