import type { JsonObject } from '../../canon/json.ts';

/** Fields in which one piece of a text differs from the next: its number, itself, and noise that hides its length. */
const fields = ['sequence_number', 'delta', 'obfuscation'] as const;

/** Events that are nothing but more of a text, and are not kept by whoever reads them. */
const types: ReadonlySet<unknown> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
]);

/** Where each piece differs in more than these, learning costs more than it saves. */
const mostMisses = 16;

interface Hole {
  /** What stands before it. */
  readonly before: string;
  readonly field: (typeof fields)[number];
}

/**
 * Recognizes the events that go on with the same text as an earlier one: nine of ten in most answers. They differ from it
 * in a few places only, so that nothing else of them has to be read.
 */
export class DeltaPattern {
  /** The event that was learned. */
  event: JsonObject | undefined;
  #holes: readonly Hole[] = [];
  #after = '';
  #misses = 0;

  /** The piece of text, when the event is such a one and its text stands there as it is, without escapes. */
  match(text: string): string | undefined {
    if (this.event === undefined) return undefined;
    let at = 0;
    let piece: string | undefined;
    for (const { before, field } of this.#holes) {
      const start = at + before.length;
      // Comparing slices is several times as fast as startsWith.
      if (text.slice(at, start) !== before) return undefined;
      at = field === 'sequence_number' ? endOfNumber(text, start) : text.indexOf('"', start);
      if (at <= start && field === 'sequence_number') return undefined;
      if (at === -1) return undefined;
      if (field === 'delta') piece = text.slice(start, at);
    }
    if (piece === undefined || text.slice(at) !== this.#after || isEscaped(piece)) return undefined;
    this.#misses = 0;
    return piece;
  }

  /** An event that has been read in full: those like it can be recognized from now on. */
  learn(text: string, event: JsonObject): void {
    this.event = undefined;
    if (this.#misses >= mostMisses || !types.has(event.type)) return;
    if (typeof event.delta !== 'string' || isEscaped(event.delta)) return;
    this.#misses += 1;
    const found = fields.flatMap((field) => (field in event ? [placeOf(field, text)] : []));
    if (found.includes(undefined)) return;
    const places = found.filter((place) => place !== undefined).sort((one, other) => one.start - other.start);
    let at = 0;
    this.#holes = places.map(({ field, start, end }) => {
      const before = text.slice(at, start);
      at = end;
      return { before, field };
    });
    this.#after = text.slice(at);
    this.event = event;
  }
}

interface Place {
  readonly field: Hole['field'];
  readonly start: number;
  readonly end: number;
}

/** Where the value of a field stands; nothing where that is not plain. */
function placeOf(field: Hole['field'], text: string): Place | undefined {
  const name = `"${field}":`;
  const found = text.indexOf(name);
  if (found === -1 || text.indexOf(name, found + 1) !== -1) return undefined;
  let start = found + name.length;
  while (text[start] === ' ') start += 1;
  if (field === 'sequence_number') return { field, start, end: endOfNumber(text, start) };
  if (text[start] !== '"') return undefined;
  const end = text.indexOf('"', start + 1);
  return end === -1 || isEscaped(text.slice(start, end)) ? undefined : { field, start: start + 1, end };
}

function endOfNumber(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isEscaped(text: string): boolean {
  return text.includes('\\') || text.includes('\n');
}
