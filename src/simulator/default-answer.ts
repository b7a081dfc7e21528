import { type Asked, conversationOf } from './asked.ts';
import { readDirectives, type Section } from './directives.ts';
import type { Part, Step } from './scenario.ts';
import { instanceOf } from './schema-instance.ts';
import type { Counts } from './steps.ts';
import { estimateTokens } from './tokens.ts';

/** How much of the prompt the usual answer repeats, in characters. */
const ECHO_LENGTH = 200;
const CHARACTERS_PER_TOKEN = 4;
const STRUCTURED_OUTPUT = 'StructuredOutput';

/** What the simulator answers when no scenario says it: what the prompt's directives say, else something friendly. */
export function defaultStep(asked: Asked, counts: Counts): Step {
  const scripted = sectionFor(asked);
  if (scripted === undefined) return thinkingFirst(usualStep(asked), asked);
  const { section, index } = scripted;
  const said: Step = section.parts.length === 0 ? usualStep(asked) : { parts: section.parts };
  const strike = section.faults.filter(({ times }, number) => {
    if (times === Number.POSITIVE_INFINITY) return true;
    return counts.add(`${conversationOf(asked)} ${asked.turns.length} ${index} ${number}`) <= times;
  });
  return thinkingFirst({ ...said, ...section.step, faults: strike.map(({ fault }) => fault) }, asked);
}

/** The section that is due: as many are done as the model has spoken since the prompt that holds them. */
function sectionFor(asked: Asked): { section: Section; index: number } | undefined {
  for (let turn = asked.turns.length - 1; turn >= 0; turn -= 1) {
    const { role, text } = asked.turns[turn] as Asked['turns'][number];
    const sections = role === 'user' ? readDirectives(text) : undefined;
    if (sections === undefined) continue;
    const index = asked.turns.slice(turn).filter((later) => later.role === 'assistant').length;
    const section = sections[index];
    return section === undefined ? undefined : { section, index };
  }
  return undefined;
}

function usualStep(asked: Asked): Step {
  const forced = asked.forcedTool;
  if (forced !== undefined) {
    const name = 'name' in forced ? forced.name : asked.tools[0]?.name;
    if (name !== undefined) return { parts: [{ tool: name }] };
  }
  if (wantsStructuredOutput(asked)) return { parts: [{ tool: STRUCTURED_OUTPUT }] };
  if (asked.schema !== undefined) return limited(JSON.stringify(instanceOf(asked.schema)), asked);
  return limited(usualText(asked), asked);
}

/** Claude Code asks for JSON by a tool of this name, which it does not force. */
function wantsStructuredOutput(asked: Asked): boolean {
  const called = asked.turns.flatMap((turn) => turn.calls).some(({ name }) => name === STRUCTURED_OUTPUT);
  return !called && asked.tools.some(({ name }) => name === STRUCTURED_OUTPUT);
}

function usualText(asked: Asked): string {
  if (asked.results.length > 0) return summary(asked);
  const last = asked.turns.at(-1);
  const isNotice = last?.role === 'user' && last.text === '' && last.reminders !== '' && asked.turns.length > 1;
  return isNotice ? "Dragoman's simulator has taken note of it." : greeting(asked);
}

function greeting(asked: Asked): string {
  const words = asked.prompt.replace(/\s+/g, ' ').trim();
  const echo = words.length > ECHO_LENGTH ? `${words.slice(0, ECHO_LENGTH)}…` : words;
  const media = asked.turns.at(-1)?.media ?? 0;
  const seen = media === 0 ? '' : ` (with ${media} ${media === 1 ? 'attachment' : 'attachments'})`;
  return [
    "Hello! I am Dragoman's simulator, a model in a box that needs no key.",
    words === '' ? 'You sent no text.' : `You said: "${echo}"${seen}.`,
    'To reach a real model, set a key such as OPENROUTER_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY,',
    'or name a provider in dragoman.yaml, and start Dragoman again.',
  ].join(' ');
}

function summary(asked: Asked): string {
  const names = new Map(asked.turns.flatMap((turn) => turn.calls.map((call) => [call.id, call.name] as const)));
  const told = asked.results.map(({ id, isError }) => `${names.get(id) ?? 'a tool'} ${isError ? 'failed' : 'is done'}`);
  const media = asked.turns.at(-1)?.media ?? 0;
  const seen = media === 0 ? '' : ` Attachments that came back: ${media}.`;
  return `Dragoman's simulator has the results: ${told.join(', ')}.${seen}`;
}

/** Ends the text where a stop sequence or the token limit ends it. */
function limited(text: string, asked: Asked): Step {
  const found = asked.stopSequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ sequence, at }) => sequence !== '' && at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  const said = found === undefined ? text : text.slice(0, found.at);
  if (asked.maxTokens !== undefined && estimateTokens(said) > asked.maxTokens) {
    const kept = said.slice(0, asked.maxTokens * CHARACTERS_PER_TOKEN);
    return { parts: kept === '' ? [] : [kept], stop: 'length' };
  }
  const parts: Part[] = said === '' ? [] : [said];
  return found === undefined ? { parts } : { parts, stop: 'sequence', stopSequence: found.sequence };
}

/** A model that must think does so; one that did not would have its own turn refused in the next request. */
function thinkingFirst(step: Step, asked: Asked): Step {
  const parts = step.parts ?? [];
  const thinks = parts.some((part) => typeof part === 'object' && 'think' in part);
  return asked.mustThink && !thinks ? { ...step, parts: [{ think: 'Let me see.' }, ...parts] } : step;
}
