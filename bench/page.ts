import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge, type Verdict } from './bars.ts';
import { type Drawing, drawRun } from './charts.ts';
import { barsTable, formatLimit, measuredFor, notesOf, type Section, sectionsOf, sumOf, whyNot } from './report.ts';
import type { Run } from './run.ts';
import { markdownTable } from './table.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const begin = '<!-- What follows is written by npm run bench -- --docs. -->';
const end = '<!-- What stands above is written by npm run bench -- --docs. -->';

/** Writes the pictures, and the part of the page that a run decides. */
export function writePage(run: Run): void {
  const drawings = drawRun(run);
  mkdirSync(path.join(docs, 'performance'), { recursive: true });
  for (const { file, svg } of drawings) writeFileSync(path.join(docs, 'performance', file), svg);
  const page = path.join(docs, 'performance.md');
  writeFileSync(page, replaced(readFileSync(page, 'utf8'), generated(run, drawings)));
}

/** The page with another text between its marks. @throws when they are not there. */
export function replaced(page: string, text: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error('docs/performance.md has lost the marks between which figures are written');
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}

/** What a run decides, in Markdown. */
export function generated(run: Run, drawings: readonly Drawing[]): string {
  const verdicts = judge(run);
  const markdown = (section: Section): string => (typeof section === 'string' ? section : markdownTable(section));
  return [
    ...drawings.map(({ file, title }) => `![${title}](performance/${file})`),
    '## What is not met',
    notMet(verdicts),
    '## Every bar',
    `${sumOf(verdicts)}.`,
    markdown(barsTable(verdicts)),
    ...whyNot(verdicts).map(fenced),
    '## Every figure',
    ...sectionsOf(run).map(markdown),
    fenced(notesOf(run).join('\n')),
  ].join('\n\n');
}

function notMet(verdicts: readonly Verdict[]): string {
  const lines = verdicts
    .filter(({ met }) => met === false)
    .map((verdict) => `- ${verdict.bar.what}: ${measuredFor(verdict)}, and the bar is ${formatLimit(verdict.bar)}`);
  return lines.length === 0 ? 'Every bar that could be measured is met.' : lines.join('\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
