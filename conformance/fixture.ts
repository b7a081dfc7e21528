import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Json = { readonly [name: string]: unknown };

/** One scenario as one language says it. The files are data: nothing here knows how the gateway reads them. */
export interface Fixture {
  readonly language: string;
  readonly scenario: string;
  readonly request?: Json;
  /** A streamed answer as bytes on the wire. */
  readonly stream?: Buffer;
  readonly response?: unknown;
  readonly error?: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
  /** What the others mean, in nobody's format. */
  readonly meaning: Json;
}

const folder = path.join(import.meta.dirname, '../src/dialects');

/** Languages with fixtures, those first that people know best. */
export const languages: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'fixtures')))
  .map(({ name }) => name)
  .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));

function rank(language: string): number {
  const known = ['anthropic', 'openai-chat', 'openai-responses', 'gemini', 'bedrock-converse'];
  return known.includes(language) ? known.indexOf(language) : known.length;
}

/** Why a language has no such scenario; nothing where it has it. */
export function gapOf(language: string, scenario: string): string | undefined {
  const gaps = readJson(path.join(folder, language, 'fixtures/gaps.json')) as Json | undefined;
  const why = gaps?.[scenario];
  return typeof why === 'string' ? why : undefined;
}

/** A scenario of a language; nothing where it has none. @param frame makes bytes of events that lie there as lines of JSON. */
export function fixtureOf(
  language: string,
  scenario: string,
  frame: (lines: readonly Json[]) => Buffer,
): Fixture | undefined {
  const here = path.join(folder, language, 'fixtures', scenario);
  if (!existsSync(path.join(here, 'canon.json'))) return undefined;
  const files = readdirSync(here);
  const stream = files.find((name) => name.startsWith('stream.'));
  const bytes = stream === undefined ? undefined : readFileSync(path.join(here, stream));
  const request = readJson(path.join(here, 'request.json')) as Json | undefined;
  const response = readJson(path.join(here, 'response.json'));
  const error = readJson(path.join(here, 'error.json')) as Fixture['error'];
  return {
    language,
    scenario,
    meaning: readJson(path.join(here, 'canon.json')) as Json,
    ...(request !== undefined && { request }),
    ...(response !== undefined && { response }),
    ...(error !== undefined && { error }),
    ...(bytes !== undefined && { stream: stream?.endsWith('.jsonl') === true ? frame(linesIn(bytes)) : bytes }),
  };
}

function linesIn(bytes: Buffer): Json[] {
  const lines = bytes.toString().split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Json);
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
