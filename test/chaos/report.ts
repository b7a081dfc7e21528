import { type Campaigned, leakOf, type Played } from './campaign.ts';
import { drawText, type Route } from './draw.ts';
import { faultText } from './fault.ts';

/** Failed exchanges that are told in full. */
const shown = 12;
/** Of calls behind which a second provider stands that is well. */
const leastSuccess = 0.999;

/** A demand and whether it is met. */
export interface Demand {
  readonly what: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** What is demanded of a campaign. */
export function demandsOf({ played, leaks, open, sockets }: Campaigned): Demand[] {
  const count = (type: Played['outcome']['type']): number =>
    played.filter(({ outcome }) => outcome.type === type).length;
  const none = (what: string, found: number): Demand => ({ what, found: String(found), isMet: found === 0 });
  const success = shareRight(played, 'two');
  const again = shareRight(played, 'again');
  const leaking = leaks.flatMap((leak) => leakOf(leak) ?? []);
  return [
    none('wrong: words, events, calls, errors that are not true', count('wrong')),
    none('hung: no end within 45 s', count('hung')),
    none('lost with a killed worker, and not answered when asked again', count('lost')),
    atLeast('right where a second provider is well', success),
    atLeast('right where the same provider is well again', again),
    {
      what: 'descriptors, handles, memory given back; at rest',
      found: leaking.join('; ') || 'yes',
      isMet: leaking.length === 0,
    },
    // The one that asks is one.
    { what: 'open calls, when all is over', found: String(open), isMet: open === 0 },
    {
      what: 'connections to providers',
      found: `${sockets.most} at most, ${sockets.after} left`,
      isMet: sockets.after === 0,
    },
  ];
}

function atLeast(what: string, share: number): Demand {
  return {
    what: `${what}: at least ${leastSuccess * 100} %`,
    found: `${(share * 100).toFixed(2)} %`,
    isMet: share >= leastSuccess,
  };
}

/** 1 where there are none. Whose only provider is away cannot be served. */
function shareRight(played: readonly Played[], route: Route): number {
  const those = played.filter(({ draw, around }) => draw.route === route && !(route === 'again' && around.isAway));
  return those.length === 0 ? 1 : those.filter(({ outcome }) => outcome.type === 'right').length / those.length;
}

/** The campaign in tables. */
export function reportText(campaign: Campaigned, seed: number): string {
  const { played, leaks, seconds, rewrites, kills, aways } = campaign;
  const lines = [
    `${played.length} exchanges in ${seconds.toFixed(0)} s; the provider was away ${aways} times, ${kills} workers were killed,`,
    `the configuration was written anew ${rewrites.valid} times, and ${rewrites.invalid} times with a mistake in it.`,
    '',
    row('the provider', 'calls', 'right', 'told', 'wrong', 'hung', 'slowest'),
  ];
  const byFault = Map.groupBy(played, ({ draw }) => (draw.fault === undefined ? 'well' : summaryOf(draw.fault)));
  for (const [name, those] of [...byFault].sort(([a], [b]) => a.localeCompare(b))) lines.push(rowOf(name, those));
  lines.push(rowOf('all', played), '');
  for (const { name, before, after } of leaks) {
    const heap = `${mb(before.heap)} -> ${mb(after.heap)} MB heap, ${mb(before.rss)} -> ${mb(after.rss)} MB resident`;
    lines.push(
      `${name} ${after.pid}: ${before.descriptors} -> ${after.descriptors} descriptors, ${heap}, busy ${after.utilization.toFixed(2)} at rest`,
    );
  }
  const lost = played.filter((one) => one.lost > 0).length;
  lines.push(`${lost} calls were lost with their worker and asked again.`, '');
  for (const { what, found, isMet } of demandsOf(campaign)) lines.push(`${isMet ? 'ok  ' : 'FAIL'} ${what}: ${found}`);
  return [...lines, ...failuresText(played, seed)].join('\n');
}

function failuresText(played: readonly Played[], seed: number): string[] {
  const failed = played.filter(isFailed);
  const lines = failed
    .slice(0, shown)
    .flatMap((one) => ['', playedText(one), `again: npm run chaos -- --seed ${seed} --only ${one.draw.index}`]);
  return failed.length > shown
    ? [
        ...lines,
        '',
        `and ${failed.length - shown} more: ${failed
          .slice(shown)
          .map(({ draw }) => draw.index)
          .join(' ')}`,
      ]
    : lines;
}

function isFailed({ draw, outcome, around }: Played): boolean {
  if (outcome.type !== 'told') return outcome.type !== 'right';
  return draw.route === 'two' || (draw.route === 'again' && !around.isAway);
}

/** One exchange and what came of it. */
export function playedText({ draw, outcome, ms, asked }: Played): string {
  const why = outcome.why === undefined ? '' : `\n  ${outcome.why.slice(0, 3000).replaceAll('\n', '\n  ')}`;
  return `${drawText(draw)}\n  asked: ${asked.join(', ')}; ${outcome.type} after ${Math.round(ms)} ms${why}`;
}

function summaryOf(fault: NonNullable<Played['draw']['fault']>): string {
  if (fault.type === 'refuses') return `refuses: ${fault.refusal.status}`;
  if (fault.type === 'is cut') return `is cut, ${fault.how}`;
  return faultText(fault);
}

function rowOf(name: string, played: readonly Played[]): string {
  const count = (type: Played['outcome']['type']): string =>
    String(played.filter(({ outcome }) => outcome.type === type).length);
  const slowest = Math.max(...played.map(({ ms }) => ms));
  return row(
    name,
    String(played.length),
    count('right'),
    count('told'),
    count('wrong'),
    count('hung'),
    `${(slowest / 1000).toFixed(1)} s`,
  );
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(34)}${cells.map((cell) => cell.padStart(9)).join('')}`;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
