import type { Block } from '../../src/canon/content.ts';
import type { ChatRequest } from '../../src/canon/request.ts';

/** How a model goes on with a text that broke off, when it is asked to in words. */
export const manners = [
  'as asked',
  'goes on',
  'repeats a word',
  'repeats a sentence',
  'begins anew',
  'chats of spaces',
] as const;

export type Manner = (typeof manners)[number];

/** What a model that would give this answer says to a request, perhaps one to go on with it. */
export function reply(answer: readonly Block[], request: ChatRequest, manner: Manner): readonly Block[] {
  const last = request.turns.at(-1);
  if (last === undefined) throw new Error('nothing was asked');
  if (last.role === 'assistant') return goneOn(answer, textOf(last.content), { type: 'prefill' });
  const wish = textOf(last.content);
  if (!wish.includes('The connection broke')) return answer;
  if (wish.includes('calling the tool')) return againCalled(answer, wish);
  const before = request.turns.at(-2);
  if (before?.role !== 'assistant') throw new Error('it does not know what it has said');
  const anchor = /<<<([\s\S]*)>>>/.exec(wish)?.[1];
  return goneOn(answer, textOf(before.content), { type: 'words', anchor, manner });
}

type How =
  | { readonly type: 'prefill' }
  | { readonly type: 'words'; readonly anchor: string | undefined; readonly manner: Manner };

function goneOn(answer: readonly Block[], said: string, how: How): readonly Block[] {
  const at = answer.findIndex(({ type }) => type === 'text');
  const whole = answer[at];
  if (whole?.type !== 'text') throw new Error('there is no text to go on with');
  if (!whole.text.startsWith(said)) throw new Error(`this was never said: ${JSON.stringify(said.slice(-60))}`);
  const rest = whole.text.slice(said.length);
  const text = how.type === 'prefill' ? rest : resumed(whole.text, said, rest, how);
  return [...(text === '' ? [] : [{ type: 'text', text } as const]), ...answer.slice(at + 1)];
}

function resumed(
  whole: string,
  said: string,
  rest: string,
  { anchor = '', manner }: Extract<How, { type: 'words' }>,
): string {
  if (anchor !== '' && !said.trimEnd().endsWith(anchor))
    throw new Error('the words to begin with are not the last ones');
  const hidden = said.slice(said.trimEnd().length);
  switch (manner) {
    case 'as asked':
      return anchor + hidden + rest;
    case 'chats of spaces':
      return ` ${anchor.replaceAll(/\s+/g, ' ')}${hidden}${rest}`;
    case 'goes on':
      return rest;
    case 'repeats a word':
      // Less than four characters could as well be new.
      return (/\S{4,}\s*$/.exec(said)?.[0] ?? '') + rest;
    case 'repeats a sentence':
      return said.slice(-40) + rest;
    case 'begins anew':
      return whole;
  }
}

/** It makes the calls that are missing, as other models write JSON: with spaces, and other escapes. */
function againCalled(answer: readonly Block[], wish: string): readonly Block[] {
  const name = /calling the tool (\w+)\./.exec(wish)?.[1];
  const from = answer.findIndex((block) => block.type === 'tool_call' && block.name === name);
  if (from < 0) throw new Error(`there is no call of ${name}`);
  return answer.slice(from).map((block) =>
    block.type === 'tool_call'
      ? {
          ...block,
          id: `other_${block.id}`,
          json: JSON.stringify(JSON.parse(block.json), null, 1).replaceAll('é', '\\u00e9'),
        }
      : block,
  );
}

function textOf(content: readonly Block[]): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
