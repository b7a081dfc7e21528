import type { Cell } from './cells.ts';
import { gapOf, languages } from './fixture.ts';
import { scenarios } from './scenarios.ts';

/** How the forms of one scenario between two languages went. */
function mark(cells: readonly Cell[]): string {
  if (cells.some(({ faults }) => faults.length > 0)) return 'FAILS';
  if (cells.every(({ gap }) => gap !== undefined)) return '–';
  return cells.every(({ gap, half }) => gap === undefined && half === undefined) ? 'yes' : 'half';
}

/** The matrix: pairs of languages against scenarios. */
export function matrix(cells: readonly Cell[]): string {
  const clients = unique(cells.map(({ client }) => client));
  return clients
    .map((client) =>
      tableOf(
        client,
        cells.filter((cell) => cell.client === client),
      ),
    )
    .join('\n\n');
}

function tableOf(client: string, cells: readonly Cell[]): string {
  const providers = unique(cells.map(({ provider }) => provider));
  const rows = unique(cells.map(({ scenario }) => scenario)).map((scenario) => [
    scenario,
    ...providers.map((provider) =>
      mark(cells.filter((cell) => cell.scenario === scenario && cell.provider === provider)),
    ),
  ]);
  const counts = providers.map((provider) => {
    const own = cells.filter((cell) => cell.provider === provider && cell.gap === undefined);
    return `${own.filter(({ faults }) => faults.length === 0).length}/${own.length}`;
  });
  const table = [[`**${client}** asks`, ...providers], ...rows, ['answers right', ...counts]];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => (row[i] ?? '').length))) ?? [];
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = table;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n');
}

/** What is not there, and why, each once. */
export function gaps(cells: readonly Cell[]): string {
  const lacking = languages.map((language) => {
    const reasons = scenarios.flatMap((scenario) => {
      const why = gapOf(language, scenario);
      return why === undefined ? [] : [`- ${scenario}: ${why}`];
    });
    return reasons.length === 0 ? `**${language}** has all of them.` : `**${language}**\n\n${reasons.join('\n')}`;
  });
  const oneForm = cells.flatMap(({ client, provider, scenario, form, gap, half }) =>
    gap === undefined || half !== undefined ? [] : [`- ${scenario}, ${client} > ${provider}, ${form}: ${gap}`],
  );
  return [...lacking, ...unique(oneForm)].join('\n\n');
}

/** What went wrong. */
export function faults(cells: readonly Cell[]): string {
  return cells
    .filter((cell) => cell.faults.length > 0)
    .map(({ client, provider, scenario, form, faults: what }) =>
      [`${client} > ${provider}: ${scenario} ${form}`, ...what.map((fault) => `    ${fault}`)].join('\n'),
    )
    .join('\n');
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

/** The page of the documentation. */
export function page(cells: readonly Cell[]): string {
  const played = cells.filter(({ gap }) => gap === undefined);
  return `# Conformance

Every language that clients speak, against every language that providers speak, in every standard scenario, streamed and
whole. The suite knows the languages from outside: it plays the requests and answers that lie beside each dialect
(\`src/dialects/NAME/fixtures\`), looks at what reached the provider and at what the client was told, and compares both
with the one reviewed meaning of each. Written by \`npm run conformance -- --write\`.

*yes*: streamed and whole, text, reasoning, calls, arguments, sources, reason to stop and tokens are as they were meant, and
what the client said arrived or stands in the receipt. *half*: one of the two languages has no such thing; the other side has
played its part. *–*: neither has. The reasons are below.

${played.filter((cell) => cell.faults.length === 0).length} of ${played.length} are right.

${matrix(cells)}

## What there is not

${gaps(cells)}
`;
}
