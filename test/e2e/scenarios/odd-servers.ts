import assert from 'node:assert/strict';
import type { Step } from '../../../src/simulator/index.ts';
import { assertSucceeded, runSession, toolResults } from '../claude-code/session.ts';
import type { Language } from '../language.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth } from '../traffic.ts';

/** Servers that speak a language with an accent. */
export const oddServers: readonly Scenario[] = [{ name: 'odd servers', client: 'claude-code', play: accents }];

/** Ways to write one and the same answer, as compatible servers are known to do. */
const manners: Readonly<Record<Language, Readonly<Record<string, Step>>>> = {
  anthropic: {
    'input in the start': { anthropic: { inputInStart: true } },
    'text in the start': { anthropic: { textInStart: true } },
    'start twice': { anthropic: { duplicateStart: true } },
    'first index 1': { anthropic: { firstIndex: 1 } },
    'pings everywhere': { anthropic: { ping: 'every' } },
    'no usage': { anthropic: { startUsage: 'none', deltaUsage: 'none' } },
    'unknown event': { anthropic: { unknownEvent: true } },
    'no event lines': { anthropic: { eventLines: false } },
    'DONE at the end': { anthropic: { done: true } },
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
  'openai-chat': {
    'whole calls': { chat: { calls: 'whole' } },
    'id in every chunk': { chat: { ids: 'every' } },
    'empty ids': { chat: { ids: 'empty' } },
    'no index': { chat: { callIndex: 'none', calls: 'whole' } },
    'first index 1': { chat: { callIndex: 1 } },
    'arguments as object': { chat: { arguments: 'object' } },
    'no DONE': { chat: { done: false } },
    'usage in every chunk': { chat: { usage: 'every' } },
    'usage in the finish': { chat: { usage: 'finish' } },
    'finish with the last': { chat: { finishWithLast: true } },
    'role in every chunk': { chat: { role: 'every', comments: true } },
    'no role': { chat: { role: 'none' } },
    'CRLF, no space': { newline: 'crlf', space: false },
    'three bytes a write': { slice: 3 },
    compressed: { gzip: true },
  },
};

/** Each turn of one session is written in another manner, with two calls in parallel. */
async function accents(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const all = Object.entries(manners[stage.language]);
  const steps = all.map(([name, manner], turn): Step => {
    const call = (word: string): { tool: string; input: { command: string; description: string } } => ({
      tool: 'Bash',
      input: { command: `echo '${word} ${turn}: ${name}'`, description: 'Says it' },
    });
    const odd = turn % 3 === 0 && stage.language === 'openai-chat' ? { stop: 'stop' } : {};
    return { ...manner, ...odd, chunk: 9, parts: [`Turn ${turn}.`, call('one'), call('two')] };
  });
  const world = await stage.world({ flavor: 'compatible', steps: [...steps, 'Understood all.'] });
  const session = await runSession(stage, { ...world, folder, prompt: 'Speak.', allow: ['Bash'] });
  assertSucceeded(session, 'Understood all.');
  const expected = all.flatMap(([name], turn) => [`one ${turn}: ${name}`, `two ${turn}: ${name}`]);
  // Claude Code runs both at once, so either may be first.
  assert.deepEqual(
    toolResults(session)
      .map(({ text }) => text.trim())
      .sort(),
    expected.sort(),
  );
  assert.equal(world.calls().length, all.length + 1, 'something was asked twice');
  checkGrowth(stage.language, world.calls());
}
