import type { Answer, AnswerPart, AnswerUsage } from '../answer.ts';
import type { JsonObject } from '../json.ts';

const FINISHES: Readonly<Record<string, string>> = {
  end: 'COMPLETE',
  tool: 'TOOL_CALL',
  length: 'MAX_TOKENS',
  sequence: 'STOP_SEQUENCE',
  refusal: 'COMPLETE',
  pause: 'COMPLETE',
  window: 'MAX_TOKENS',
};

/** A content block, and the part that it says. */
interface Said {
  readonly type: 'text' | 'thinking';
  readonly text: string;
  readonly part: AnswerPart;
}

/** An answer by where the language has its parts: a text before calls is the plan for them. */
export interface Spoken {
  readonly plan: string;
  readonly content: readonly Said[];
  readonly calls: readonly Extract<AnswerPart, { kind: 'tool' }>[];
}

/** Sorts the parts of an answer by where the language has them. */
export function spokenIn({ parts }: Answer): Spoken {
  const calls = parts.filter((part) => part.kind === 'tool');
  const said = parts.flatMap((part): Said[] => {
    if (part.kind === 'think') return [{ type: 'thinking', text: part.text, part }];
    return part.kind === 'text' || part.kind === 'refusal' ? [{ type: 'text', text: part.text, part }] : [];
  });
  if (calls.length === 0) return { plan: '', content: said, calls };
  const texts = said.filter(({ type }) => type === 'text').map(({ text }) => text);
  return { plan: texts.join('\n'), content: said.filter(({ type }) => type === 'thinking'), calls };
}

/** The service's name for why it ends. */
export function finishReason({ stop }: Answer): string | null {
  return stop === null ? null : (FINISHES[stop] ?? stop);
}

/** The usage object; what is billed does not count what came from the cache. */
export function writeUsage(usage: AnswerUsage): JsonObject {
  return {
    billed_units: { input_tokens: usage.input, output_tokens: usage.output },
    tokens: { input_tokens: usage.input + usage.cacheRead + usage.cacheWrite, output_tokens: usage.output },
    cached_tokens: usage.cacheRead,
    ...usage.extra,
  };
}

/** Citations of all texts, as the scenario gives them. */
export function citationsIn(part: AnswerPart): readonly JsonObject[] {
  return part.kind === 'text' ? (part.citations ?? []) : [];
}

/** Members that the scenario adds to the message in this language. */
function nativeMembers({ parts }: Answer): JsonObject {
  const natives = parts.filter((part) => part.kind === 'native').filter(({ dialect }) => dialect === 'cohere');
  return Object.assign({}, ...natives.map(({ native }) => native)) as JsonObject;
}

/** A whole answer. */
export function writeWhole(answer: Answer): JsonObject {
  const { plan, content, calls } = spokenIn(answer);
  const citations = answer.parts.flatMap(citationsIn);
  return {
    id: answer.id,
    message: {
      role: 'assistant',
      ...(content.length === 0 ? {} : { content: content.map(({ type, text }) => ({ type, [type]: text })) }),
      ...(plan === '' ? {} : { tool_plan: plan }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
      ...(citations.length === 0 ? {} : { citations: [...citations] }),
      ...nativeMembers(answer),
    },
    finish_reason: finishReason(answer),
    ...(answer.usage === null ? {} : { usage: writeUsage(answer.usage) }),
    ...answer.members,
  };
}

/** The service says `null` where a tool gets nothing. */
function writeCall({ id, name, json }: Extract<AnswerPart, { kind: 'tool' }>): JsonObject {
  return { id, type: 'function', function: { name, arguments: json === '{}' ? 'null' : json } };
}
