import { createContext, Script } from 'node:vm';
import { type OutputUnit, type SchemaDraft, Validator } from '@cfworker/json-schema';
import { isObject, type JsonObject, parseJson } from '../canon/json.ts';
import type { OutputFormat } from '../canon/request.ts';

/** An answer that was to be JSON: the JSON in it, as written, or what the model should mend. */
export type CheckedAnswer =
  /** `unchecked`: why the schema could not be applied, which is not the model's fault. */
  | { readonly ok: true; readonly json: string; readonly unchecked?: string }
  | { readonly ok: false; readonly problem: string };

/** What is told of a wrong answer. */
const maxProblems = 8;
const maxProblemCharacters = 200;
/** A schema comes from a client, and its patterns are run against a text that the client can bring about. */
const maxSchemaCharacters = 500_000;
const maxValidationMs = 1000;

/** Finds the one JSON value in a model's text, within a code fence or among prose if need be, and holds it against the format. */
export function checkAnswer(text: string, format: OutputFormat): CheckedAnswer {
  const found = valuesIn(text.replace(/^\ufeff/, '').trim());
  const [json] = found;
  if (json === undefined) return { ok: false, problem: withoutValue(text) };
  if (found.length > 1) return { ok: false, problem: `There are ${found.length} JSON values; answer with one only.` };
  const value: unknown = JSON.parse(json);
  if (format.type === 'json') {
    return isObject(value) ? { ok: true, json } : { ok: false, problem: 'The answer is not a JSON object.' };
  }
  return againstSchema(json, value, format.schema);
}

/** The whole text, or what stands in its fence, or whatever objects and lists there are in it. */
function valuesIn(text: string): string[] {
  if (isJson(text)) return [text];
  const open = /```[a-z0-9]*[ \t]*\r?\n/i.exec(text);
  if (open !== null) {
    const begin = open.index + open[0].length;
    // The last fence first: what stands between may have fences in its strings.
    for (const end of [text.lastIndexOf('```'), text.indexOf('```', begin)]) {
      const inner = end < begin ? '' : text.slice(begin, end).trim();
      if (isJson(inner)) return [inner];
    }
  }
  return structuresIn(text);
}

function isJson(text: string): boolean {
  return text !== '' && parseJson(text) !== undefined;
}

/**
 * Objects and lists among other words. What is in brackets is taken as a whole or not at all: a part of something that is
 * wrong or has no end is not the answer.
 */
function structuresIn(text: string): string[] {
  const found: string[] = [];
  for (let at = nextOpening(text, 0); at >= 0; ) {
    const end = endOfStructure(text, at);
    if (end < 0) return [];
    const piece = text.slice(at, end);
    if (isJson(piece)) found.push(piece);
    at = nextOpening(text, end);
  }
  return found;
}

function nextOpening(text: string, from: number): number {
  const brackets = /[{[]/g;
  brackets.lastIndex = from;
  return brackets.exec(text)?.index ?? -1;
}

/** Behind the bracket that closes the one at `begin`; -1 when none does. Brackets within strings are none. */
function endOfStructure(text: string, begin: number): number {
  const marks = /["{}[\]]/g;
  marks.lastIndex = begin;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '"') {
      const end = endOfString(text, marks.lastIndex);
      if (end < 0) return -1;
      marks.lastIndex = end;
    } else {
      depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
      if (depth === 0) return marks.lastIndex;
    }
  }
  return -1;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

function withoutValue(text: string): string {
  const begin = nextOpening(text, 0);
  if (text.trim() === '') return 'The answer is empty.';
  if (begin < 0) return 'There is no JSON in the answer.';
  try {
    JSON.parse(text.slice(begin));
  } catch (error) {
    return shortened(`The JSON is not valid: ${(error as Error).message}`);
  }
  return 'The JSON is not valid.';
}

function againstSchema(json: string, value: unknown, schema: JsonObject): CheckedAnswer {
  try {
    const errors = withinTime(() => validated(value, schema));
    return errors.length === 0 ? { ok: true, json } : { ok: false, problem: told(errors) };
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    const isSlow = code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    return { ok: true, json, unchecked: isSlow ? 'checking takes too long' : shortened((error as Error).message) };
  }
}

function validated(value: unknown, schema: JsonObject): readonly OutputUnit[] {
  const text = JSON.stringify(schema);
  if (text.length > maxSchemaCharacters) throw new Error('the schema is too large');
  // A copy: the validator writes into the schema.
  const copy = JSON.parse(text) as JsonObject;
  return new Validator(copy, draftOf(schema), false).validate(value).errors;
}

function draftOf({ $schema }: JsonObject): SchemaDraft {
  const [, draft] = /draft-0?(4|7)\b/.exec(String($schema)) ?? [];
  if (draft === '4' || draft === '7') return draft;
  return String($schema).includes('2019-09') ? '2019-09' : '2020-12';
}

const place = createContext({ work: undefined as unknown });
const script = new Script('work()');

/** Only a script's time can be limited; the limit holds for all that it calls, patterns included. */
function withinTime<T>(work: () => T): T {
  let result: T | undefined;
  place['work'] = () => {
    result = work();
  };
  try {
    script.runInContext(place, { timeout: maxValidationMs });
  } finally {
    place['work'] = undefined;
  }
  return result as T;
}

/** Keywords that fail because something within fails, which is told itself. */
const containers: ReadonlySet<string> = new Set([
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'allOf',
  'properties',
  'patternProperties',
  'items',
  'prefixItems',
  'dependentSchemas',
]);

function told(errors: readonly OutputUnit[]): string {
  const isCause = ({ keyword, keywordLocation }: OutputUnit): boolean =>
    keyword !== 'false' &&
    !(containers.has(keyword) && errors.some((other) => other.keywordLocation.startsWith(`${keywordLocation}/`)));
  const causes = errors.filter(isCause);
  const lines = (causes.length > 0 ? causes : errors).map(({ instanceLocation, error }) => {
    const where = instanceLocation.replace(/^#/, '');
    return shortened(where === '' ? error : `${where}: ${error}`);
  });
  const distinct = [...new Set(lines)];
  const rest = distinct.length - maxProblems;
  return [...distinct.slice(0, maxProblems), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > maxProblemCharacters ? `${line.slice(0, maxProblemCharacters)}...` : line;
}
