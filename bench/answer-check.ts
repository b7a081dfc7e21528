import type { IncomingHttpHeaders } from 'node:http';
import { answerText } from './answer.ts';
import { deltas, type Lane, type Language, type Manner } from './scenario.ts';

/** What a client got. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * What is wrong with an answer, in words.
 * @param isExact whether each event of the provider must be one of the client's.
 */
export function faultOf(
  { status, text }: Answer,
  { client }: Lane,
  manner: Manner,
  isExact: boolean,
): string | undefined {
  if (status !== 200) return `the status is ${status}`;
  try {
    const read = manner === 'whole' ? wholeText(client, text) : streamText(client, text);
    if (read.text !== answerText(manner)) return `the text of the answer is "${read.text.slice(0, 100)}..."`;
    if (read.deltas < (manner === 'whole' || !isExact ? 1 : deltas[manner]))
      return `only ${read.deltas} events with text`;
    return read.complete ? undefined : 'the answer does not end as it should';
  } catch (error) {
    return `the answer cannot be read: ${String(error)}`;
  }
}

interface Read {
  readonly text: string;
  readonly deltas: number;
  readonly complete: boolean;
}

/** As much of a message as has to be right. */
interface Message {
  readonly content: readonly { readonly text?: string }[];
  readonly stop_reason: string;
  readonly usage: { readonly output_tokens: number };
}

/** As much of a completion as has to be right. */
interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: { readonly completion_tokens: number };
}

function wholeText(client: Language, text: string): Read {
  if (client === 'anthropic') {
    const { content, stop_reason: stop, usage } = JSON.parse(text) as Message;
    return {
      text: content.map((block) => block.text ?? '').join(''),
      deltas: 1,
      complete: stop === 'end_turn' && usage.output_tokens > 0,
    };
  }
  const { choices, usage } = JSON.parse(text) as Completion;
  const complete = choices[0]?.finish_reason === 'stop' && usage.completion_tokens > 0;
  return { text: choices[0]?.message.content ?? '', deltas: 1, complete };
}

/** As much of an event of either language as has to be right. */
interface StreamEvent {
  readonly type?: string;
  readonly delta?: { readonly type?: string; readonly text?: string };
  readonly choices?: readonly { readonly delta: { readonly content?: string | null } }[];
}

function streamText(client: Language, text: string): Read {
  const data = [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1] as string);
  const last = data.at(-1);
  const complete = client === 'anthropic' ? last?.includes('"message_stop"') === true : last === '[DONE]';
  const pieces = data
    .filter((item) => item !== '[DONE]')
    .map((item) => JSON.parse(item) as StreamEvent)
    .map(({ delta, choices }) => (client === 'anthropic' ? delta?.text : choices?.[0]?.delta.content) ?? '')
    .filter((piece) => piece !== '');
  return { text: pieces.join(''), deltas: pieces.length, complete };
}
