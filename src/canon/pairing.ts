import type { Block, ToolCallBlock, ToolResultBlock } from './content.ts';
import type { Loss } from './loss.ts';
import { noResult } from './prose.ts';
import type { Turn } from './request.ts';

/** What was lost by it, and where. */
type Lose = (loss: Loss) => void;

/**
 * The turns with each call answered right after it is made, for languages that insist on it: results stand at the head of
 * the turn that follows, in the order of the calls; a call that nobody answered is answered by words; a result of no call
 * becomes text. What a turn becomes depends on nothing that comes after the next answer, so that prefixes stay as they are.
 */
export function pairedTurns(turns: readonly Turn[], lose: Lose): readonly Turn[] {
  if (arePaired(turns)) return turns;
  const paired: Turn[] = [];
  const used = new Set<ToolResultBlock>();
  turns.forEach((turn, i) => {
    if (turn.role !== 'assistant') {
      const content = unpaired(turn.content, used, `turns[${i}].content`, lose);
      // A turn whose results have all gone before has nothing left to say.
      if (content.length > 0 || turn.content.length === 0)
        paired.push(content === turn.content ? turn : { ...turn, content });
      return;
    }
    paired.push(turn);
    const calls = turn.content.filter((block) => block.type === 'tool_call');
    if (calls.length > 0)
      paired.push({ role: 'user', content: answersTo(calls, resultsAfter(turns, i), used, i, lose) });
  });
  return joined(paired);
}

/** Whether each turn with calls is followed by one that has their results, in that order and nothing else, before the model speaks again. */
function arePaired(turns: readonly Turn[]): boolean {
  for (let i = 0; i < turns.length; i++) {
    const turn = turns[i] as Turn;
    if (turn.role !== 'assistant') {
      if (turn.content.some((block) => block.type === 'tool_result')) return false;
      continue;
    }
    const called = turn.content.some((block) => block.type === 'tool_call');
    if (!called) continue;
    if (!answers(turns[i + 1], turn) || turns[i + 2]?.role === 'user') return false;
    i += 1;
  }
  return true;
}

function answers(answer: Turn | undefined, { content }: Turn): boolean {
  if (answer?.role !== 'user' || answer.name !== undefined || answer.ext !== undefined) return false;
  let answered = 0;
  for (const block of content) {
    if (block.type !== 'tool_call') continue;
    const result = answer.content[answered];
    if (result?.type !== 'tool_result' || result.id !== block.id) return false;
    answered += 1;
  }
  return answered === answer.content.length;
}

/** The results given before the model speaks again. */
function resultsAfter(turns: readonly Turn[], turn: number): ToolResultBlock[] {
  let at = turn + 1;
  while (turns[at]?.role === 'assistant') at += 1;
  const results: ToolResultBlock[] = [];
  for (; at < turns.length && turns[at]?.role !== 'assistant'; at++) {
    for (const block of turns[at]?.content ?? []) if (block.type === 'tool_result') results.push(block);
  }
  return results;
}

function answersTo(
  calls: readonly ToolCallBlock[],
  results: readonly ToolResultBlock[],
  used: Set<ToolResultBlock>,
  turn: number,
  lose: Lose,
): Block[] {
  return calls.map((call): Block => {
    const result = results.find((one) => one.id === call.id && !used.has(one));
    if (result !== undefined) {
      used.add(result);
      return result;
    }
    lose({
      what: 'approximated',
      path: `turns[${turn}]`,
      why: `a call without a result is answered with "${noResult}"`,
    });
    return { type: 'tool_result', id: call.id, content: [{ type: 'text', text: noResult }] };
  });
}

/** A turn without the results that were put behind their calls; orphans are told as text. */
function unpaired(
  content: readonly Block[],
  used: ReadonlySet<ToolResultBlock>,
  path: string,
  lose: Lose,
): readonly Block[] {
  if (!content.some((block) => block.type === 'tool_result')) return content;
  return content.flatMap((block, i): readonly Block[] => {
    if (block.type !== 'tool_result') return [block];
    if (used.has(block)) return [];
    lose({ what: 'approximated', path: `${path}[${i}]`, why: 'a result without its call is told as text' });
    return [{ type: 'text', text: `Result of tool call ${block.id}:` }, ...block.content];
  });
}

/** Results and what the user said beside them are one turn. */
function joined(turns: readonly Turn[]): Turn[] {
  const whole: Turn[] = [];
  for (const turn of turns) {
    const last = whole.at(-1);
    const answers =
      last?.role === 'user' && last.content.length > 0 && last.content.every(({ type }) => type === 'tool_result');
    if (last !== undefined && answers && turn.role === 'user' && turn.name === undefined) {
      whole[whole.length - 1] = { ...turn, content: [...last.content, ...turn.content] };
    } else whole.push(turn);
  }
  return whole;
}
