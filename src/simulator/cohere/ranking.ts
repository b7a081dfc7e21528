import type { Asked } from '../asked.ts';
import type { IncomingCall } from '../dialect.ts';
import { type JsonObject, listOf, numberOf, textOf } from '../json.ts';
import { checkKnown, listAt, refuse, stringAt } from './refusal.ts';
import { checkModel, checkRefused } from './validate.ts';

const FIELDS = 'model query documents top_n max_tokens_per_doc priority'.split(' ');

/** Refuses what Rerank refuses. */
export function checkRerank(call: IncomingCall): void {
  const { body, rules } = call;
  checkKnown(body, [...FIELDS, ...rules.allow]);
  checkModel(call);
  checkRefused(call);
  if (stringAt(body.query, 'query').trim() === '') refuse('query must not be empty or be only whitespace');
  const documents = listAt(body.documents, 'documents');
  if (documents.length === 0) refuse('list of documents must not be empty');
  for (const [index, document] of documents.entries()) stringAt(document, `documents[${index}]`);
  if (body.top_n !== undefined && (!Number.isInteger(body.top_n) || (numberOf(body.top_n) ?? 0) < 1)) {
    refuse('top_n must be a positive integer.');
  }
}

/** The answer of Rerank: a document fits as well as words of the query stand in it. */
export function writeRanking({ body }: Asked): JsonObject {
  const wanted = wordsIn(textOf(body.query));
  const results = listOf(body.documents)
    .map((document, index) => ({ index, relevance_score: score(wanted, wordsIn(textOf(document))) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, numberOf(body.top_n));
  return {
    id: 'simulated',
    results,
    meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
  };
}

function wordsIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function score(wanted: ReadonlySet<string>, found: ReadonlySet<string>): number {
  const hits = [...wanted].filter((word) => found.has(word)).length;
  return Math.fround((hits + 0.01) / (wanted.size + 0.02));
}
