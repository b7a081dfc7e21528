import type { Json } from './fixture.ts';

/** Something a client said, and where. */
interface Said {
  readonly path: string;
  readonly text: string;
}

/** Texts shorter than this occur by chance. */
const shortest = 3;

/** What of a request's meaning neither reached the provider nor was told as lost in the receipt. */
export function missingFrom(meaning: Json, sent: Json, receipt: string): string[] {
  const haystack = scalarsIn(sent).join('\n');
  const lost = receipt
    .split('; ')
    .map((entry) => /^(?:dropped|approximated|moved|mapped) (\S+)/.exec(entry)?.[1] ?? '')
    .filter((path) => path !== '');
  return saidIn(meaning)
    .filter(({ path, text }) => !haystack.includes(text) && !lost.some((at) => covers(at, path)))
    .map(({ path, text }) => `${path}: ${text.slice(0, 60)}`);
}

/** A receipt's path stands for everything below it; several like ones are told as one with an asterisk, or by the first. */
function covers(lost: string, path: string): boolean {
  const places = (text: string): string => text.replace(/\[(?:\d+|\*)\]/g, '[*]');
  return places(path).startsWith(places(lost)) || places(lost).startsWith(places(path));
}

function saidIn(meaning: Json): Said[] {
  const found: Said[] = [];
  for (const [i, block] of list(meaning['system']).entries()) walk(block, `system[${i}]`, found);
  for (const [i, turn] of list(meaning['turns']).entries()) {
    for (const [j, block] of list(turn['content']).entries()) walk(block, `turns[${i}].content[${j}]`, found);
  }
  for (const [i, tool] of list(meaning['tools']).entries()) {
    for (const field of ['name', 'description']) note(tool[field], `tools[${i}]`, found);
  }
  return found;
}

/** Members that hold what somebody said; ids, signatures and the like are bookkeeping between two parties. */
const telling = ['text', 'data', 'url', 'title', 'name', 'context'];

function walk(block: Json, path: string, found: Said[]): void {
  if (block['type'] === 'native') return;
  // Reasoning goes back to who thought it, and to nobody else.
  if (block['type'] === 'thinking') return;
  for (const field of telling) note(block[field], path, found);
  if (typeof block['json'] === 'string') noteScalars(block['json'], path, found);
  const source = block['source'];
  if (typeof source === 'object' && source !== null) walk({ ...(source as Json), type: 'source' }, path, found);
  else note(source, path, found);
  for (const inner of [...list(block['content']), ...list(block['parts'])]) walk(inner, path, found);
}

function noteScalars(json: string, path: string, found: Said[]): void {
  try {
    for (const text of scalarsIn(JSON.parse(json))) note(text, path, found);
  } catch {
    note(json, path, found);
  }
}

function note(value: unknown, path: string, found: Said[]): void {
  if (typeof value === 'string' && value.length >= shortest) found.push({ path, text: value });
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** All texts within, those in JSON inside texts as well. */
function scalarsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...inside(value)];
  if (Array.isArray(value)) return value.flatMap(scalarsIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(scalarsIn);
  return [];
}

function inside(text: string): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  try {
    return scalarsIn(JSON.parse(text));
  } catch {
    return [];
  }
}
