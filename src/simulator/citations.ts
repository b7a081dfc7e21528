import type { AnswerPart } from './answer.ts';
import { numberOf, objectOf, textOf } from './json.ts';

/** A page that a text rests on; `start` and `end` count UTF-16 units of the text. */
export interface WebCitation {
  readonly url: string;
  readonly title: string;
  readonly start: number;
  readonly end: number;
}

/** The citations of a text that name a page; those without a place of their own are for the whole text. */
export function webCitations(part: Extract<AnswerPart, { kind: 'text' }>): WebCitation[] {
  return (part.citations ?? [])
    .map((citation) => ({ ...citation, ...objectOf(citation.url_citation) }))
    .filter(({ url }) => textOf(url) !== '')
    .map((citation) => ({
      url: textOf(citation.url),
      title: textOf(citation.title),
      start: numberOf(citation.start_index) ?? 0,
      end: numberOf(citation.end_index) ?? part.text.length,
    }));
}
