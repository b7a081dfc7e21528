import { isObject, type Json } from './json.ts';

/** What one image or document counts, whatever its size. */
const MEDIA_TOKENS = 1500;
const CHARACTERS_PER_TOKEN = 4;

interface Tally {
  characters: number;
  media: number;
}

function add(tally: Tally, value: Json | undefined, key: string): void {
  if (typeof value === 'string') {
    if ((key === 'data' && value.length > 64) || value.startsWith('data:')) tally.media += 1;
    else tally.characters += value.length;
  } else if (Array.isArray(value)) {
    for (const item of value) add(tally, item, key);
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      tally.characters += name.length;
      add(tally, member, name);
    }
  } else {
    tally.characters += 1;
  }
}

/** A stable estimate in tokens: the same JSON always counts the same, and a longer text never counts less. */
export function estimateTokens(...values: readonly (Json | undefined)[]): number {
  const tally: Tally = { characters: 0, media: 0 };
  for (const value of values) if (value !== undefined) add(tally, value, '');
  return Math.ceil(tally.characters / CHARACTERS_PER_TOKEN) + tally.media * MEDIA_TOKENS;
}
