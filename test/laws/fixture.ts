import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../src/canon/json.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import { type Dialect, dialects } from '../../src/dialects/index.ts';
import { framed } from './binary.ts';

/** One scenario as one language says it; each file may be absent. */
export interface Fixture {
  readonly dialect: Dialect;
  readonly scenario: string;
  /** `anthropic/text`, for the names of tests. */
  readonly name: string;
  readonly request?: JsonObject;
  readonly stream?: Buffer;
  readonly response?: unknown;
  readonly error?: JsonObject;
  /** The reviewed meaning of the others. */
  readonly canon: JsonObject;
}

const folderOf = ({ name }: Dialect): string => join(import.meta.dirname, '../../src/dialects', name, 'fixtures');

/** Every language that is spoken, from the table. */
export const spoken: readonly Dialect[] = Object.values(dialects);
/** Those that clients speak. */
export const clients = spoken.flatMap((dialect) => {
  const { client } = dialect;
  return client === undefined ? [] : [{ ...dialect, client }];
});

/** Every scenario of every language. */
export const fixtures: readonly Fixture[] = spoken.flatMap((dialect) =>
  foldersIn(folderOf(dialect)).map((scenario) => readFixture(dialect, scenario)),
);

/** Standard scenarios that a language does not have, with the reason. */
export function gapsOf(dialect: Dialect): JsonObject {
  const gaps = readJson(join(folderOf(dialect), 'gaps.json')) ?? {};
  if (!isObject(gaps)) throw new Error(`${dialect.name}: gaps.json is no object`);
  return gaps;
}

/** The request of a fixture, read as the language reads it; nothing where it has none. */
export function requestOf({ dialect, request }: Fixture): ChatRequest | undefined {
  return request === undefined ? undefined : dialect.client?.readRequest(request, {});
}

function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function readFixture(dialect: Dialect, scenario: string): Fixture {
  const folder = join(folderOf(dialect), scenario);
  const canon = readJson(join(folder, 'canon.json'));
  if (!isObject(canon)) throw new Error(`${dialect.name}/${scenario} has no canon.json`);
  const stream = readdirSync(folder).find((file) => file.startsWith('stream.'));
  const request = objectIn(join(folder, 'request.json'));
  const error = objectIn(join(folder, 'error.json'));
  const response = readJson(join(folder, 'response.json'));
  return {
    dialect,
    scenario,
    name: `${dialect.name}/${scenario}`,
    canon,
    ...(request !== undefined && { request }),
    ...(error !== undefined && { error }),
    ...(response !== undefined && { response }),
    ...(stream !== undefined && { stream: readStream(join(folder, stream)) }),
  };
}

/** A stream's bytes. Those of a binary language are written down as lines of JSON, one for each message. */
function readStream(file: string): Buffer {
  const bytes = readFileSync(file);
  return file.endsWith('.jsonl') ? framed(bytes.toString().split('\n')) : bytes;
}

function objectIn(file: string): JsonObject | undefined {
  const value = readJson(file);
  if (value !== undefined && !isObject(value)) throw new Error(`${file} is no object`);
  return value;
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
