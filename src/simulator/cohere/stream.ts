import { type Answer, type AnswerPart, chunksOf } from '../answer.ts';
import type { JsonObject } from '../json.ts';
import { frameWriter } from '../sse.ts';
import { citationsIn, finishReason, spokenIn, writeUsage } from './answer.ts';

type Event = JsonObject & { readonly type: string };
type Call = Extract<AnswerPart, { kind: 'tool' }>;

/** The events of a streamed answer, framed. */
export function writeStream(answer: Answer): string[] {
  const frame = frameWriter(answer.manner);
  const frames = eventsOf(answer).map((event) => frame(JSON.stringify(event), event.type));
  return [...frames, frame('[DONE]')];
}

function eventsOf(answer: Answer): Event[] {
  const { chunk } = answer;
  const { plan, content, calls } = spokenIn(answer);
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const citations = counter();
  return [
    { id: answer.id, type: 'message-start', delta: { message } },
    ...content.flatMap(({ type, text, part }, index): Event[] => [
      said('content-start', index, { content: { type, [type]: '' } }),
      ...chunksOf(text, chunk).map((piece) => said('content-delta', index, { content: { [type]: piece } })),
      ...citationEvents(part, citations),
      { type: 'content-end', index },
    ]),
    ...chunksOf(plan, chunk).map(
      (piece): Event => ({ type: 'tool-plan-delta', delta: { message: { tool_plan: piece } } }),
    ),
    ...calls.flatMap((call, index) => callEvents(call, index, chunk)),
    // A plan has its citations as well; they come when it is over.
    ...(plan === '' ? [] : answer.parts.flatMap((part) => citationEvents(part, citations))),
    endEvent(answer),
  ];
}

function said(type: string, index: number, message: JsonObject): Event {
  return { type, index, delta: { message } };
}

function counter(): () => number {
  let count = -1;
  return () => {
    count += 1;
    return count;
  };
}

function citationEvents(part: AnswerPart, next: () => number): Event[] {
  return citationsIn(part).flatMap((citation) => {
    const index = next();
    return [said('citation-start', index, { citations: citation }), { type: 'citation-end', index }];
  });
}

function callEvents({ id, name, json }: Call, index: number, chunk: number): Event[] {
  const pieces = json === '{}' ? [] : chunksOf(json, chunk);
  return [
    said('tool-call-start', index, { tool_calls: { id, type: 'function', function: { name, arguments: '' } } }),
    ...pieces.map((piece) => said('tool-call-delta', index, { tool_calls: { function: { arguments: piece } } })),
    { type: 'tool-call-end', index },
  ];
}

function endEvent(answer: Answer): Event {
  const usage = answer.usage === null ? {} : { usage: writeUsage(answer.usage) };
  return { type: 'message-end', delta: { finish_reason: finishReason(answer), ...usage }, ...answer.members };
}

/** How a stream ends that goes wrong. */
export function errorEvent(message: string): Event {
  return { type: 'message-end', delta: { error: message, finish_reason: 'ERROR' } };
}
