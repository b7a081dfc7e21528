import type { Block } from '../../src/canon/content.ts';
import type { Event, Sink } from '../../src/canon/event.ts';

/** An answer that a model would give to the end. */
export interface Answer {
  readonly name: string;
  readonly content: readonly Block[];
  readonly tools: readonly string[];
}

const prose =
  'The ferry leaves at seven, and the ferry comes back at nine. Whoever misses it waits for the next one: it leaves at seven, too, but on the day after. “So be it,” said the harbour master – and went to sleep.';

const code =
  'Here is the function:\n\n```ts\nexport function total(values: readonly number[]): number {\n  let sum = 0;\n\n  for (const value of values) {\n    sum += value;\n  }\n\n  return sum;\n}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThat is all.\n';

const call = (id: string, name: string, input: object): Block => ({
  type: 'tool_call',
  id,
  name,
  json: JSON.stringify(input),
});

/** Answers of every kind that agents and people get. */
export const corpus: readonly Answer[] = [
  { name: 'prose', tools: [], content: [{ type: 'text', text: prose }] },
  { name: 'code', tools: [], content: [{ type: 'text', text: code }] },
  {
    name: 'many alphabets',
    tools: [],
    content: [{ type: 'text', text: '東京は日本の首都です。Привет, мир! 👩‍👩‍👧‍👦 and 🎉, a\u0301 and e\u0301; done.' }],
  },
  {
    name: 'thoughts and text',
    tools: [],
    content: [
      { type: 'thinking', text: 'Let me think about ferries for a while.', signature: 'c2lnbmF0dXJl' },
      { type: 'text', text: prose },
    ],
  },
  {
    name: 'text and a call',
    tools: ['write_file'],
    content: [
      { type: 'text', text: 'I shall write that down.' },
      call('call_a1', 'write_file', {
        path: '/tmp/a "quoted" name.txt',
        text: 'line 1\nline 2\t\\ and \u2028 é 🎉',
        mode: 420,
        deep: { list: [1, 2.5, true, null] },
      }),
    ],
  },
  {
    name: 'two calls',
    tools: ['read_file', 'list_files'],
    content: [
      call('call_b1', 'read_file', { path: 'README.md' }),
      call('call_b2', 'list_files', { folder: 'src', deep: true }),
    ],
  },
];

/** The answer as events, its texts in small pieces. */
export function speak(answer: readonly Block[], sink: Sink, id: string): void {
  const say = (event: Event): void => sink(event);
  const usage = { input: 100, output: 1 };
  say({ type: 'start', id, model: 'a-model', usage });
  say({ type: 'usage', usage });
  answer.forEach((block, index) => speakBlock(block, index, say));
  say({ type: 'usage', usage: { input: 100, output: 50 } });
  say({ type: 'finish', reason: answer.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'end' });
}

function speakBlock(block: Block, index: number, say: Sink): void {
  if (block.type === 'text') {
    say({ type: 'open', index, block: { type: 'text' } });
    for (const text of pieces(block.text)) say({ type: 'text', index, text });
  } else if (block.type === 'thinking') {
    say({ type: 'open', index, block: { type: 'thinking' } });
    for (const text of pieces(block.text)) say({ type: 'text', index, text });
    if (block.signature !== undefined) say({ type: 'signature', index, signature: block.signature });
  } else if (block.type === 'tool_call') {
    say({ type: 'open', index, block: { type: 'tool_call', id: block.id, name: block.name } });
    for (const json of pieces(block.json)) say({ type: 'json', index, json });
  } else throw new Error(`no ${block.type} in the corpus`);
  say({ type: 'close', index });
}

/** Tokens, about: never half a character. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}(?![\udc00-\udfff])/gu) ?? [];
}
