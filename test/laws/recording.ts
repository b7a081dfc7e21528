import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, parseJson } from '../../src/canon/json.ts';
import { type Dialect, dialects } from '../../src/dialects/index.ts';
import { framed } from './binary.ts';

/** A provider's real answer. */
export interface Recording {
  readonly dialect: Dialect;
  /** `mistral/mistral-text`, with the number of the answer where a file has several. */
  readonly name: string;
  /** The events of a stream, parsed, in their order. */
  readonly lines?: readonly JsonObject[];
  /** The same as bytes. */
  readonly stream?: Buffer;
  /** A whole answer. */
  readonly body?: JsonObject;
}

/** Recordings lie beside the repository, where there are any. */
const folder = join(import.meta.dirname, '../../../shared/recordings');
/** What tests say when they skip. */
export const absent: string | false = existsSync(folder)
  ? false
  : 'there is no ../shared/recordings beside the repository';

/** Folders whose language goes by another name. */
const languages: { readonly [folder: string]: string } = { mistral: 'openai-chat' };
/** A line that ends a stream and is not in the files. */
const ends: { readonly [folder: string]: string } = { 'openai-chat': 'data: [DONE]\n\n', mistral: 'data: [DONE]\n\n' };

/** Folders whose streams are binary: each line is a message. */
const binary: ReadonlySet<string> = new Set(['bedrock-converse']);

/** Every recorded answer of a language that is spoken. */
export function recordings(): Recording[] {
  if (absent !== false) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const dialect = Object.values(dialects).find((one) => one.name === (languages[name] ?? name));
      return dialect === undefined ? [] : recordingsIn(name, dialect);
    });
}

/** Files that lie in the folder of another language, by how they begin. */
const strays: { readonly [file: string]: string } = { 'azure-deepseek-reasoning': 'openai-chat' };

function recordingsIn(name: string, home: Dialect): Recording[] {
  return readdirSync(join(folder, name)).flatMap((file): Recording[] => {
    const language = Object.entries(strays).find(([start]) => file.startsWith(start))?.[1] ?? home.name;
    const dialect = Object.values(dialects).find((one) => one.name === language) ?? home;
    const text = readFileSync(join(folder, name, file), 'utf8');
    const title = `${name}/${file.replace(/\.(chunks\.txt|json|sse)$/, '')}`;
    if (file.endsWith('.json')) return [{ dialect, name: title, body: JSON.parse(text) as JsonObject }];
    if (file.endsWith('.sse')) return [{ dialect, name: title, lines: dataOf(text), stream: Buffer.from(text) }];
    return answersOf(text.split('\n').filter((line) => line.trim() !== '')).map((answer, i, all) => ({
      dialect,
      name: all.length > 1 ? `${title} (${i + 1})` : title,
      lines: answer.map(objectIn),
      stream: binary.has(name)
        ? framed(answer)
        : Buffer.from(answer.map(frameOf).join('') + (ends[language === home.name ? name : language] ?? '')),
    }));
  });
}

/** Events after which the next answer begins. */
const last = /"type":"(?:message_stop|response\.(?:completed|incomplete|failed))"/;

/** Several answers may lie behind one another in a file. */
function answersOf(lines: readonly string[]): string[][] {
  const answers: string[][] = [[]];
  for (const line of lines) {
    answers.at(-1)?.push(line);
    if (last.test(line)) answers.push([]);
  }
  return answers.filter((answer) => answer.length > 0);
}

/** One event; a few were recorded without their last brace. */
function objectIn(line: string): JsonObject {
  return (parseJson(line) ?? JSON.parse(`${line}}`)) as JsonObject;
}

/** Events that name themselves are framed under that name. */
function frameOf(line: string): string {
  const { type } = objectIn(line);
  return typeof type === 'string' ? `event: ${type}\ndata: ${line}\n\n` : `data: ${line}\n\n`;
}

function dataOf(text: string): JsonObject[] {
  const values = text.split('\n').map((line) => parseJson(line.replace(/^data: /, '')));
  return values.filter((value): value is JsonObject => typeof value === 'object' && value !== null);
}

/** The text of a file among the recordings. @param name with its folder */
export function recordedFile(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
