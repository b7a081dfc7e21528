import type { Ext } from '../../canon/content.ts';
import type { RunPieces } from '../../canon/event.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import type { Usage } from '../../canon/usage.ts';
import { LearntForm } from '../../wire/frame-form.ts';
import { isCounted, readUsage, uncounted } from './usage.ts';

/** What all frames of a form say beside the text. */
interface Meaning {
  readonly thought: boolean;
  /** The fields of the usage, as in the frame whose usage was asked for last. */
  readonly told: JsonObject | undefined;
  /** Those of them that are not counted. */
  readonly rest: Ext | undefined;
}

/** Recognizes the frames that differ from the one before by a piece of text and by counts: nearly all of most streams. */
export class TextFrames {
  readonly #form: LearntForm<Meaning>;
  #usage: Usage | undefined;
  /** Whether what is not counted is the same in all frames of the form. */
  #fixed = false;

  /** @param runs as of `UpstreamSide.readStream`. */
  constructor(runs: boolean) {
    this.#form = new LearntForm<Meaning>(runs ? Number.POSITIVE_INFINITY : 1);
  }

  /** A frame that has been read in full: what it says beside its text and its counts, those of its form say too. */
  learn(frame: Buffer, chunk: JsonObject): void {
    this.#usage = undefined;
    const part = this.#form.learns ? textOf(chunk) : undefined;
    if (part === undefined || !isNamedOnce(frame)) return this.#form.forget();
    const usage = isObject(chunk.usageMetadata) ? chunk.usageMetadata : undefined;
    const told = usage && { ...usage };
    const { thought } = part;
    this.#form.learn(frame, 'text', part.text, { thought, told, rest: told && uncounted(told) }, usageField);
    const { names } = this.#form;
    const counts = this.#form.counts();
    this.#fixed = names.every(isCounted);
    if (!names.every((name, i) => told?.[name] === counts[i])) this.#form.forget();
  }

  /** A frame that says something else has come between. */
  forget(): void {
    this.#form.forget();
  }

  /** Where a frame of the form ends that begins at `start`; 0 where that cannot be seen at once. */
  end(bytes: Buffer, start: number): number {
    return this.#form.end(bytes, start);
  }

  /** What the frames say that were found last. */
  text(): string {
    return this.#form.text();
  }

  /** As of `LearntForm`. */
  pieces(): RunPieces | undefined {
    return this.#form.pieces();
  }

  /** Whether that is thought. */
  get thought(): boolean {
    return this.#form.meaning.thought;
  }

  /** The usage that the frame tells that was found last; nothing where it tells none. */
  usage(): Usage | undefined {
    const { told, rest } = this.#form.meaning;
    if (told === undefined) return undefined;
    const { names } = this.#form;
    const counts = this.#form.counts();
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (told[name] === counts[i]) continue;
      told[name] = counts[i];
      this.#usage = undefined;
    }
    this.#usage ??= this.#fixed ? readUsage(told, rest) : readUsage(told);
    return this.#usage;
  }
}

const usageField = 'usageMetadata';
const chunkFields: ReadonlySet<string> = new Set(['error', 'promptFeedback']);
const candidateFields: ReadonlySet<string> = new Set([
  'finishReason',
  'finishMessage',
  'groundingMetadata',
  'citationMetadata',
  'logprobsResult',
]);
const partFields: ReadonlySet<string> = new Set(['text', 'thought']);

/** The text of a chunk that says nothing else that is of account: one candidate, one part, no end. */
function textOf(chunk: JsonObject): { readonly text: string; readonly thought: boolean } | undefined {
  const { candidates } = chunk;
  if (!Array.isArray(candidates) || candidates.length !== 1 || says(chunk, chunkFields)) return undefined;
  const candidate: unknown = candidates[0];
  if (!isObject(candidate) || (candidate.index ?? 0) !== 0 || says(candidate, candidateFields)) return undefined;
  const parts = isObject(candidate.content) ? candidate.content.parts : undefined;
  const part: unknown = Array.isArray(parts) && parts.length === 1 ? parts[0] : undefined;
  if (!isObject(part)) return undefined;
  for (const field in part) if (!partFields.has(field)) return undefined;
  const text = stringIn(part.text);
  return text === undefined ? undefined : { text, thought: part.thought === true };
}

function says(object: JsonObject, fields: ReadonlySet<string>): boolean {
  for (const field in object) if (fields.has(field) && object[field] !== null) return true;
  return false;
}

/** Names that stand in a frame but once say what they are there to say. Inside of strings quotes are escaped. */
function isNamedOnce(frame: Buffer): boolean {
  return ['"text"', `"${usageField}"`].every((name) => frame.indexOf(name) === frame.lastIndexOf(name));
}
