import type { Citation } from '../../canon/content.ts';
import { isObject, type JsonObject, objectsIn, stringIn } from '../../canon/json.ts';
import { converseName } from './ext.ts';

const kinds: readonly (readonly [location: string, kind: Citation['kind']])[] = [
  ['web', 'url'],
  ['documentChar', 'char'],
  ['documentPage', 'page'],
  ['documentChunk', 'block'],
  ['searchResultLocation', 'search_result'],
];

/** A citation; its positions lie in the cited document, so they stay with the whole object. */
export function readCitation(value: JsonObject): Citation {
  const location = isObject(value.location) ? value.location : {};
  const web = isObject(location.web) ? location.web : {};
  const source = stringIn(web.url) ?? stringIn(value.source);
  const title = stringIn(value.title);
  const cited = objectsIn(value.sourceContent).map(({ text }) => stringIn(text) ?? '');
  return {
    kind: kinds.find(([field]) => isObject(location[field]))?.[1] ?? 'unknown',
    ...(source !== undefined && /^https?:/i.test(source) && { url: source }),
    ...(title !== undefined && { title }),
    ...(cited.length > 0 && { citedText: cited.join('') }),
    native: { dialect: converseName, value },
  };
}

/** The citation as an answer shows it: this language's own as it was, others by what they name; nothing for one that names nothing. */
export function writeCitation({ native, url, title, citedText }: Citation): JsonObject | undefined {
  if (native?.dialect === converseName) return native.value;
  if (url === undefined && title === undefined && (citedText ?? '') === '') return undefined;
  return {
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && citedText !== '' && { sourceContent: [{ text: citedText }] }),
    ...(url !== undefined && { location: { web: { url, ...domainOf(url) } } }),
  };
}

function domainOf(url: string): { domain?: string } {
  const domain = /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1];
  return domain === undefined ? {} : { domain };
}
