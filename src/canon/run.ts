import type { Event, RunPieces, Sink } from './event.ts';
import { parseJson } from './json.ts';

/** More of a block's string, as one event or as a run of pieces. */
type More = Extract<Event, { type: 'text' | 'json' }>;

/** A run of pieces that are at hand as texts. */
export function runOf(pieces: readonly string[]): RunPieces {
  return { list: () => pieces, between: () => undefined };
}

/** What the pieces of a run say together: each is the inside of a JSON string. */
export function textOf(pieces: readonly string[]): string {
  const [first = ''] = pieces;
  const inside = pieces.length === 1 ? first : pieces.join('');
  return inside.includes('\\') ? (parseJson(`"${inside}"`) as string) : inside;
}

/** The run as the events that it stands for. */
export function eachOf(event: More): readonly More[] {
  const { pieces } = event;
  if (pieces === undefined) return [event];
  const { type, index } = event;
  return pieces.list().map((piece): More => {
    const text = textOf([piece]);
    return type === 'text' ? { type, index, text } : { type, index, json: text };
  });
}

/** Takes runs to a sink that knows of none. */
export function withoutRuns(next: Sink): Sink {
  return (event) => {
    if (event.type === 'text' || event.type === 'json') for (const one of eachOf(event)) next(one);
    else next(event);
  };
}

/** The pieces of a run, each as a JSON string between the same head and tail. */
export function writtenRun(head: string, pieces: RunPieces, tail: string): string | Uint8Array {
  const bytes = pieces.between(head, tail);
  if (bytes !== undefined) return bytes;
  const list = pieces.list();
  return list.length === 0 ? '' : `${head}"${list.join(`"${tail}${head}"`)}"${tail}`;
}
