import { languages } from './language.ts';
import type { Outcome } from './run.ts';
import { languagesOf, nameOf, type Scenario } from './scenario.ts';

/** One line on a run that has just ended. */
export function progressLine({ run, state, took, why }: Outcome, done: number, all: number): string {
  const count = `${String(done).padStart(String(all).length)}/${all}`;
  const line = `${count} ${state.padEnd(7)} ${nameOf(run).padEnd(58)} ${seconds(took)}`;
  const reason = state === 'ok' ? '' : (why?.split('\n', 1)[0] ?? '');
  return reason === '' ? line : `${line}\n        ${reason}`;
}

/** Characters for the outcome of one run. */
const cellWidth = 14;

/** Clients and scenarios against the languages of the upstream, and why some are not played over all. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = new Map<string, Map<string, Outcome>>();
  for (const outcome of outcomes) {
    const { scenario, language } = outcome.run;
    const name = `${scenario.client.padEnd(17)} ${scenario.name}`;
    const row = rows.get(name) ?? new Map<string, Outcome>();
    rows.set(name, row.set(language, outcome));
  }
  const width = Math.max(...[...rows.keys()].map((name) => name.length), 0) + 2;
  const heads = languages.map((language) => language.replace(/^openai-|-converse$/, '').padEnd(cellWidth));
  const head = 'client            scenario'.padEnd(width) + heads.join('');
  const lines = [...rows].map(([name, row]) => {
    const cells = languages.map((language) => cell(row.get(language)).padEnd(cellWidth));
    return (name.padEnd(width) + cells.join('')).trimEnd();
  });
  return [head.trimEnd(), '-'.repeat(head.trimEnd().length), ...lines, '', ...leftOut(outcomes)].join('\n');
}

/** For each reason not to play a scenario over all languages, how many it is good for. */
function leftOut(outcomes: readonly Outcome[]): readonly string[] {
  const scenarios = new Set<Scenario>(outcomes.map(({ run }) => run.scenario));
  const names = new Map<string, string[]>();
  for (const scenario of scenarios) {
    if (scenario.over === undefined) continue;
    const reason = `over ${languagesOf(scenario).join(', ')} alone, since ${scenario.over.because}`;
    names.set(reason, [...(names.get(reason) ?? []), `${scenario.client}/${scenario.name}`]);
  }
  return [...names].map(([reason, of]) => `${reason}:\n  ${of.join(', ')}`);
}

/** Everything about the runs that failed. */
export function failures(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter(({ state }) => state === 'FAILED')
    .map(({ run, why, traces }) => `FAILED ${nameOf(run)}\n${indented(why ?? '')}\n  traces: ${traces ?? 'none'}\n`)
    .join('\n');
}

/** The closing line. */
export function closing(outcomes: readonly Outcome[]): string {
  const count = (wanted: Outcome['state']): number => outcomes.filter(({ state }) => state === wanted).length;
  return `${count('ok')} passed, ${count('FAILED')} failed, ${count('skipped')} skipped`;
}

function cell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return '-';
  return outcome.state === 'skipped' ? 'skipped' : `${outcome.state} ${seconds(outcome.took)}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .slice(0, 40)
    .map((line) => `  ${line}`)
    .join('\n');
}
