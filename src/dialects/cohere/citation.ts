import type { Citation } from '../../canon/content.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import { cohereName } from './name.ts';

/** Fields in which documents and tool outputs mostly have their text. */
const textFields = ['text', 'snippet', 'content'] as const;

/** One citation for each source that a claim has. @param text what has been said so far in the block that it speaks of. */
export function readCitations(citation: JsonObject, text: string): Citation[] {
  const place = placeOf(citation, text);
  const sources = objectsIn(citation['sources']);
  if (sources.length === 0) return [{ kind: 'unknown', ...place, native: { dialect: cohereName, value: citation } }];
  return sources.map((source) => ({
    ...aboutSource(source),
    ...place,
    native: { dialect: cohereName, value: { ...citation, sources: [source] } },
  }));
}

function aboutSource(source: JsonObject): Omit<Citation, 'native'> {
  const fields = [source['document'], source['tool_output']].find(isObject) ?? {};
  const url = stringIn(fields['url']);
  const isAddress = url !== undefined && /^https?:/i.test(url);
  const title = stringIn(fields['title']);
  const citedText = textFields.map((field) => stringIn(fields[field])).find((text) => text !== undefined);
  return {
    kind: isAddress ? 'url' : 'search_result',
    ...(isAddress && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
  };
}

/** The service may count characters where we count UTF-16 units: the words it quotes tell. */
function placeOf(citation: JsonObject, text: string): { readonly start?: number; readonly end?: number } {
  const start = numberIn(citation['start']);
  const end = numberIn(citation['end']);
  if (start === undefined || end === undefined) return {};
  if (!/[\ud800-\udbff]/.test(text) || text.slice(start, end) === citation['text']) return { start, end };
  const characters = Array.from(text);
  const before = characters.slice(0, start).join('').length;
  const quoted = characters.slice(start, end).join('');
  return quoted === citation['text'] ? { start: before, end: before + quoted.length } : { start, end };
}
