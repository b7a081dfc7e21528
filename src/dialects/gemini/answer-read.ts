import { GatewayError } from '../../canon/error.ts';
import type { RunPieces, Sink } from '../../canon/event.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, objectsIn, otherFields, stringIn } from '../../canon/json.ts';
import type { Usage } from '../../canon/usage.ts';
import { readErrorBody } from './error-read.ts';
import { asExt, geminiName } from './ext.ts';
import { type Ending, endingRest, readEnding } from './finish.ts';
import { PartBlocks } from './part-blocks.ts';
import { usageIn } from './usage.ts';

/** Fields of a chunk that have a canonical meaning; all others ride in `ext`. */
const bodyFields: ReadonlySet<string> = new Set([
  'candidates',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'promptFeedback',
]);
const candidateFields: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'groundingMetadata',
  'citationMetadata',
]);

/** Reads the chunks of one answer, or its one whole body. */
export class AnswerReader {
  ended = false;
  readonly #emit: Sink;
  readonly #blocks: PartBlocks;
  #started = false;
  #ending: Ending | undefined;
  /** Fields of the whole answer that its start has told, those that came later, and those of the candidate. */
  #early: JsonObject = {};
  #late: JsonObject = {};
  #candidate: JsonObject = {};

  constructor(emit: Sink) {
    this.#emit = emit;
    this.#blocks = new PartBlocks(emit);
  }

  /** Whether the answer has said how it ends. More may follow: nothing tells the last chunk but the end of the bytes. */
  complete(): boolean {
    return this.#ending !== undefined;
  }

  body(body: JsonObject): void {
    if (this.ended) return;
    if (isObject(body.error)) return this.#refuse(body, body.error);
    this.#start(body);
    const candidates = objectsIn(body.candidates);
    for (const candidate of candidates) {
      if ((candidate.index ?? 0) === 0) this.#readCandidate(candidate);
      else this.#emit({ type: 'native', dialect: geminiName, value: { candidates: [candidate] } });
    }
    const usage = usageIn(body);
    if (usage !== undefined && this.#started) this.#emit({ type: 'usage', usage });
    if (isObject(body.promptFeedback)) this.#feedback(body.promptFeedback);
    if (this.#blocks.broken) return this.fail(cutCall());
    this.#judge(candidates.find(({ index }) => (index ?? 0) === 0) ?? {});
  }

  /** As a body that says nothing more than the one before: another piece of text, or of thought, and other counts. */
  piece(text: string, thought: boolean, usage: Usage | undefined, pieces?: RunPieces): void {
    this.#blocks.text(text, thought, pieces);
    if (usage !== undefined) this.#emit({ type: 'usage', usage });
  }

  /** The answer is over. */
  finish(): void {
    if (this.ended) return;
    const ending = this.#ending ?? { reason: 'end' };
    if (!this.#blocks.finish(ending.reason === 'length')) return this.fail(cutCall());
    this.ended = true;
    const candidate = { ...this.#candidate, ...this.#blocks.sources.whole() };
    const called = this.#blocks.called && ending.reason === 'end';
    this.#emit({
      type: 'finish',
      ...ending,
      ...(called && { reason: 'tool_calls' }),
      ...asExt({ ...this.#late, ...(Object.keys(candidate).length > 0 && { candidate }) }),
    });
  }

  fail(error: GatewayError): void {
    if (this.ended) return;
    this.ended = true;
    this.#emit({ type: 'error', error });
  }

  /** An error may bring along what the answer has cost. */
  #refuse({ error: _, ...body }: JsonObject, said: JsonObject): void {
    if (body.usageMetadata !== undefined) this.body(body);
    this.fail(readErrorBody({ error: said }));
  }

  #start(body: JsonObject): void {
    const own = otherFields(body, bodyFields);
    if (this.#started) {
      // Streams repeat the same fields with each chunk.
      for (const field in own) if (!(field in this.#early)) this.#late[field] = own[field];
      return;
    }
    this.#early = { ...this.#early, ...own };
    const isAnswer = Array.isArray(body.candidates) || isObject(body.usageMetadata) || isObject(body.promptFeedback);
    if (!isAnswer && body.responseId === undefined) return;
    this.#started = true;
    const id = stringIn(body.responseId) ?? '';
    this.#blocks.salt = id === '' ? fingerprint(JSON.stringify(body), 16) : id;
    this.#emit({ type: 'start', id, model: stringIn(body.modelVersion) ?? '', ...asExt(this.#early) });
  }

  #readCandidate(candidate: JsonObject): void {
    if (candidate.groundingMetadata !== undefined || candidate.citationMetadata !== undefined) {
      this.#blocks.sources.add(candidate);
    }
    const content = candidate.content;
    if (isObject(content)) for (const part of objectsIn(content.parts)) this.#blocks.part(part);
    for (const field in candidate) if (!candidateFields.has(field)) this.#keep(field, candidate[field]);
  }

  /** Of what is said anew with each chunk the last word counts; probabilities are said of each chunk's tokens. */
  #keep(field: string, value: unknown): void {
    const earlier = this.#candidate[field];
    if (field === 'logprobsResult' && isObject(earlier) && isObject(value)) {
      const joined: JsonObject = { ...earlier, ...value };
      for (const name in earlier) {
        const [one, other] = [earlier[name], value[name]];
        if (Array.isArray(one) && Array.isArray(other)) joined[name] = (one as unknown[]).concat(other);
      }
      this.#candidate[field] = joined;
    } else if (value !== null) this.#candidate[field] = value;
  }

  #feedback(feedback: JsonObject): void {
    this.#late.promptFeedback = feedback;
    const reason = stringIn(feedback.blockReason);
    if (reason !== undefined && reason !== 'BLOCK_REASON_UNSPECIFIED') this.#ending ??= { reason: 'refusal' };
  }

  /** How it ended: said in the last chunk, by some servers in each. */
  #judge(candidate: JsonObject): void {
    const word = stringIn(candidate.finishReason);
    if (word === undefined || word === '') return;
    const ending = readEnding(word, candidate);
    if (ending instanceof GatewayError) return this.fail(ending);
    this.#ending = ending;
    const { finishReason: _, finishMessage: __, ...rest } = this.#candidate;
    this.#candidate = { ...rest, ...endingRest(word, candidate, ending) };
  }
}

function cutCall(): GatewayError {
  const message = 'The provider ended its answer in the middle of the arguments of a tool call.';
  return new GatewayError('bad_upstream', message);
}
