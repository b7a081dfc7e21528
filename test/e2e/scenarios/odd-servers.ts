import assert from 'node:assert/strict';
import type { Step } from '../../../src/simulator/index.ts';
import { assertSucceeded, runSession, toolResults } from '../claude-code/session.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { checkGrowth } from '../traffic.ts';

/** Servers that speak a language with an accent. */
export const oddServers: readonly Scenario[] = [{ name: 'odd servers', client: 'claude-code', play: accents }];

/** Each turn of one session is written in another manner, with two calls in parallel. */
async function accents(stage: Stage): Promise<void> {
  const folder = stage.makeFolder('work');
  const all = Object.entries(stage.grammar.manners);
  const steps = all.map(([name, manner], turn): Step => {
    const call = (word: string): { tool: string; input: { command: string; description: string } } => ({
      tool: 'Bash',
      input: { command: `echo '${word} ${turn}: ${name}'`, description: 'Says it' },
    });
    return { ...manner, chunk: 9, parts: [`Turn ${turn}.`, call('one'), call('two')] };
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
  checkGrowth(world.calls());
}
