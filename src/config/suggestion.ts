/** The known name nearest to a mistyped one; nothing when none is near enough to be meant. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.slice(0, maxLength).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    if (wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted)) return candidate;
    const distance = distanceBetween(wanted, candidate.slice(0, maxLength).toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** `Did you mean "..."? Known: ...` for a name that is not among the known ones; not all of them when they are many. */
export function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const question = near === undefined ? '' : ` Did you mean "${near}"?`;
  const told = known.length > maxTold ? [...known.slice(0, maxTold - 5), `${known.length - maxTold + 5} more`] : known;
  return `${question} Known: ${told.length === 0 ? 'none' : told.join(', ')}.`;
}

const maxTold = 24;

/** Names longer than this are compared by their beginning: the cost grows with the square of the length. */
const maxLength = 64;

/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other. */
function distanceBetween(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(beforePrevious, j - 2) + 1);
      }
      row.push(least);
    }
    beforePrevious = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
