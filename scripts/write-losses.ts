// Writes docs/losses.md; run it after a change of a dialect: node scripts/run.mjs scripts/write-losses.ts
import { writeFileSync } from 'node:fs';
import type { Loss } from '../src/canon/loss.ts';
import type { Dialect } from '../src/dialects/index.ts';
import { writeFor } from '../test/laws/arrival.ts';
import { clients, fixtures, requestOf, spoken } from '../test/laws/fixture.ts';
import { plantRequest } from '../test/laws/plant.ts';
import { isProgram } from './program.ts';

/** The page, relative to this file. */
export const pageUrl = new URL('../docs/losses.md', import.meta.url);

const intro = `# Losses, pair by pair

<!-- Written by scripts/write-losses.ts from the dialects and their fixtures. Change the dialects, not this page. -->

What a request in one language loses on its way into another, found by writing every standard scenario of the one in the
other, for a provider without quirks. [What is lost](what-is-lost.md) tells what the kinds mean and what quirks change.
Fields, blocks and tools that only one language has are not listed one by one: each is *dropped*, "known to ... only",
unless the target language is its own.
`;

/** The whole page, made from the dialects. */
export function lossPage(): string {
  const sections = clients.map((client) => {
    const others = spoken.filter(({ name }) => name !== client.name);
    const tables = others.map((target) => `### To ${target.name}\n\n${table(lossesBetween(client, target))}\n`);
    return [`## From ${client.name}\n`, answers(client), ...tables].join('\n');
  });
  return [intro, ...sections].join('\n');
}

/** What a language's answers cannot say, whoever gave them. */
function answers({ name, client }: (typeof clients)[number]): string {
  const kinds = client.cannotSay.map((kind) => words[kind] ?? kind);
  return kinds.length === 0
    ? `Answers in ${name} can say everything that others say.\n`
    : `Answers in ${name} have no words for: ${kinds.join('; ')}.\n`;
}

const words: { readonly [event: string]: string } = {
  citation: 'sources other than addresses',
  native: 'blocks that only another language knows',
  signature: 'proofs of reasoning',
};

/** Every loss of every scenario, once, without the places' numbers. */
function lossesBetween(client: Dialect, target: Dialect): Loss[] {
  const requests = fixtures.flatMap((fixture) => {
    const request = fixture.dialect.name === client.name ? requestOf(fixture) : undefined;
    return request === undefined ? [] : [plantRequest(request).request];
  });
  const all = requests.flatMap((request) => writeFor(target, request).losses);
  const found = new Map<string, Loss>();
  for (const { what, path, why } of all) {
    if (/known to \S+ only/.test(why)) continue;
    const loss: Loss = { what, path: plain(path), why: why.replaceAll(/\b\d+\b/g, 'N') };
    found.set(`${loss.what} ${loss.why}`, found.get(`${loss.what} ${loss.why}`) ?? loss);
  }
  return [...found.values()].toSorted(
    (a, b) =>
      kinds.indexOf(a.what) - kinds.indexOf(b.what) || a.path.localeCompare(b.path) || a.why.localeCompare(b.why),
  );
}

const kinds = ['dropped', 'approximated', 'moved', 'mapped'];

function plain(path: string): string {
  return path
    .replace(/ \(.*\)$/, '')
    .replaceAll(/\[\d+\]/g, '')
    .replaceAll('.content', '')
    .replace(/^turns$/, 'content of a turn');
}

function table(losses: readonly Loss[]): string {
  if (losses.length === 0) return 'Nothing is lost.';
  const rows = losses.map(({ what, path, why }) => `| ${what} | ${path} | ${why.replaceAll('|', '\\|')} |`);
  return ['| kind | where | why |', '|---|---|---|', ...rows].join('\n');
}

if (isProgram(import.meta.url)) writeFileSync(pageUrl, lossPage());
