import type { Block } from '../canon/content.ts';
import type { Event, Sink } from '../canon/event.ts';
import { createFold, type Folded } from '../canon/fold.ts';
import { createGuard, type Mend } from '../canon/grammar.ts';
import type { OutputFormat, Turn } from '../canon/request.ts';
import type { Headers } from '../dialects/dialect.ts';
import { readAnswer } from './answer.ts';
import { checkAnswer } from './json-answer.ts';
import type { Outgoing } from './outgoing.ts';

/** How often a model is asked again whose answer does not have the form that it should have. */
export const maxRepeats = 2;

/** An answer as read, event by event, with what its text had to be. */
export interface Attempted {
  readonly events: readonly Event[];
  readonly answer: Folded;
}

/** Reads a whole answer behind the guard. */
export function attempted(
  { route, tap }: Outgoing,
  body: Buffer,
  headers: Headers,
  onMend: (mend: Mend) => void,
): Attempted {
  const events: Event[] = [];
  const fold = createFold();
  const both: Sink = (event) => {
    events.push(event);
    fold.sink(event);
  };
  const guard = createGuard(tap?.(both) ?? both, { onMend });
  readAnswer(route, body, headers, guard.sink);
  guard.end();
  return { events, answer: fold.result() };
}

/** What came of looking at an answer. */
export type Verdict =
  | { readonly good: true; readonly events: readonly Event[] }
  /** `turns`: what to add to the conversation, so that the model mends it. */
  | { readonly good: false; readonly turns: readonly Turn[] };

/** Whether an answer has its form. One that calls tools is not the last word yet, and one that was refused or cut is told as it is. */
export function judged({ events, answer }: Attempted, format: OutputFormat): Verdict {
  const calls = answer.content.some(({ type }) => type === 'tool_call' || type === 'refusal');
  if (calls || answer.error !== undefined || answer.finish?.reason !== 'end') return { good: true, events };
  const text = answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const checked = checkAnswer(text, format);
  if (checked.ok) return { good: true, events: checked.json === text ? events : withText(events, checked.json) };
  const said: Block[] = text === '' ? [] : [{ type: 'text', text }];
  const problem = `This is not what was asked for: ${checked.problem}\nAnswer again, with the JSON alone.`;
  return {
    good: false,
    turns: [
      ...(said.length > 0 ? [{ role: 'assistant', content: said } as const] : []),
      { role: 'user', content: [{ type: 'text', text: problem }] },
    ],
  };
}

/** The same answer with its text in one piece. */
function withText(events: readonly Event[], text: string): Event[] {
  const texts = new Set(
    events.flatMap((event) => (event.type === 'open' && event.block.type === 'text' ? [event.index] : [])),
  );
  let told = false;
  return events.flatMap((event): Event[] => {
    if (event.type !== 'text' || !texts.has(event.index)) return [event];
    if (told) return [];
    told = true;
    return [{ ...event, text }];
  });
}
