import { GatewayError } from '../../canon/error.ts';
import type { RunPieces, Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, numberIn, objectsIn, stringIn } from '../../canon/json.ts';
import { Blocks, type TextKind } from './blocks.ts';
import { createCallReader } from './calls.ts';
import { readAnnotation, readSources } from './citation.ts';
import { isErrorBody, readErrorBody } from './error-read.ts';
import { type Ending, readEnding } from './finish.ts';
import { readUrl } from './parts-read.ts';
import { proofIn, proofsBeside, withoutProof } from './proof.ts';
import { hasReasoning, type ReasoningPiece, readReasoning, readReasoningPart } from './reasoning.ts';
import { readUsage, usageIn } from './usage.ts';

/** Fields of a chunk, a choice, a delta that are understood here. Whatever else has a value goes on as `native` or `ext`. */
const bodyFields = new Set([
  'id',
  'object',
  'model',
  'choices',
  'usage',
  'obfuscation',
  'citations',
  'search_results',
  'error',
]);
const choiceFields = new Set([
  'index',
  'delta',
  'message',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
  'matched_stop',
  'usage',
  'error',
]);
const deltaFields = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking_blocks',
  'annotations',
  'images',
  'index',
]);

/** One answer on its way in, from chunks or from a whole body: both have the same shape but for `delta` and `message`. */
export class AnswerReader {
  /** True once `finish` or `error` was emitted. */
  ended = false;
  readonly #emit: Sink;
  readonly #blocks: Blocks;
  readonly #calls: ReturnType<typeof createCallReader>;
  #started = false;
  #salt = '';
  /** Fields of the whole answer said before it has begun, and after. */
  #early: JsonObject = {};
  #late: JsonObject | undefined;
  #ending: Ending | undefined;
  /** Lists that search services repeat with each chunk: the last one counts. */
  #sources: JsonObject | undefined;
  #filter = '';

  constructor(emit: Sink) {
    this.#emit = emit;
    this.#blocks = new Blocks(emit);
    this.#calls = createCallReader(this.#blocks, () => this.#salt);
  }

  /** The stream's plain case, found without looking at all fields: more of the text. */
  text(kind: TextKind, text: string, pieces?: RunPieces): void {
    this.#blocks.text(kind, text, undefined, pieces);
  }

  /** Likewise: more of a call's arguments. */
  arguments(index: number, json: string, pieces?: RunPieces): void {
    if (!this.#calls.more(index, json, pieces)) this.fail(afterEnd());
  }

  /** A chunk, or a whole answer. */
  body(body: JsonObject): void {
    if (this.ended) return;
    if (isErrorBody(body)) return this.fail(readErrorBody(body));
    const choices = objectsIn(body['choices']);
    this.#start(body, choices.length > 0);
    for (const choice of choices) {
      if ((numberIn(choice['index']) ?? 0) === 0) this.#choice(choice);
      else this.#native({ choices: [choice] });
      if (this.ended) return;
    }
    if (body['citations'] !== undefined || body['search_results'] !== undefined) this.#sources = body;
    const usage = this.#started ? usageIn(body) : undefined;
    if (usage !== undefined) this.#emit({ type: 'usage', usage: readUsage(usage) });
  }

  /** True when the server has said why it ended. */
  complete(): boolean {
    return this.#ending !== undefined;
  }

  /** The answer is over. */
  finish(): void {
    if (this.ended) return;
    if (!this.#started) return this.fail(broken('The provider sent no answer.'));
    // Half a call's arguments could mean something else: only an answer that says it was cut may end in them.
    if (this.#ending?.reason !== 'length' && this.#blocks.hasCutCall()) {
      return this.fail(broken('The provider ended its answer in the middle of the arguments of a tool call.'));
    }
    this.#cite();
    const whole = this.#blocks.finish();
    if (!whole) return this.fail(broken('The provider made a tool call without a name.'));
    this.ended = true;
    const late = this.#late;
    this.#emit({ type: 'finish', ...this.#rightEnding(), ...(late !== undefined && { ext: { 'openai-chat': late } }) });
  }

  fail(error: GatewayError): void {
    if (this.ended) return;
    this.ended = true;
    this.#emit({ type: 'error', error });
  }

  #rightEnding(): Ending {
    const ending = this.#ending ?? { reason: 'end' };
    if (this.#blocks.called && (ending.reason === 'end' || ending.reason === 'stop_sequence')) {
      return { reason: 'tool_calls' };
    }
    if (!this.#blocks.called && ending.reason === 'tool_calls') return { reason: 'end' };
    // OpenAI says `stop` and puts the refusal into a field of its own.
    if (this.#blocks.refused && ending.reason === 'end') return { reason: 'refusal' };
    return ending;
  }

  #start(body: JsonObject, hasChoice: boolean): void {
    if (this.#started) return this.#keep(body);
    const id = stringIn(body['id']) ?? '';
    const own: JsonObject = {};
    for (const field in body) {
      const value = body[field];
      if (!bodyFields.has(field) && value !== null) own[field] = value;
    }
    if (id === '' && !hasChoice) {
      this.#early = { ...this.#early, ...own };
      return;
    }
    this.#started = true;
    this.#early = { ...this.#early, ...own };
    this.#salt = `${id}:${String(body['created'])}`;
    const ext = Object.keys(this.#early).length > 0 ? { ext: { 'openai-chat': this.#early } } : undefined;
    this.#emit({ type: 'start', id, model: stringIn(body['model']) ?? '', ...ext });
  }

  /** Fields of the whole answer that come when it has begun: kept for its end. */
  #keep(body: JsonObject): void {
    for (const field in body) {
      if (bodyFields.has(field) || field in this.#early || body[field] === null) continue;
      this.#late ??= {};
      this.#late[field] = body[field];
    }
  }

  #choice(choice: JsonObject): void {
    if (isObject(choice['error'])) return this.fail(readErrorBody({ error: choice['error'] }));
    const content = choice['delta'] ?? choice['message'];
    if (isObject(content)) this.#delta(content);
    if (this.ended) return;
    for (const field in choice) {
      if (!choiceFields.has(field) && choice[field] !== null) this.#choiceField(field, choice[field]);
    }
    const finish = choice['finish_reason'];
    if (typeof finish !== 'string' || finish === '') return;
    if (finish === 'error') return this.fail(broken('The provider reported an error in the middle of its answer.'));
    if (finish === 'insufficient_system_resource') {
      return this.fail(
        new GatewayError('overloaded', 'The provider ran out of resources in the middle of its answer.'),
      );
    }
    this.#ending = readEnding(finish, choice);
  }

  #choiceField(field: string, value: unknown): void {
    if (field === 'content_filter_results') {
      // Azure repeats the same verdict with each chunk; only a new one says something.
      const verdict = JSON.stringify(value);
      if (verdict === '{}' || verdict === this.#filter) return;
      this.#filter = verdict;
    }
    this.#native({ choices: [{ index: 0, [field]: value }] });
  }

  /** In the order in which a whole message must be read: thoughts, words, their sources, calls. */
  #delta(delta: JsonObject): void {
    if (hasReasoning(delta)) this.#reasoning(readReasoning(delta), proofsBeside(delta));
    const content = delta['content'];
    if (typeof content === 'string') this.#blocks.text('text', content);
    else if (content !== null && content !== undefined) for (const part of objectsIn(content)) this.#part(part);
    if (typeof delta['refusal'] === 'string') this.#blocks.text('refusal', delta['refusal']);
    for (const annotation of objectsIn(delta['annotations'])) this.#annotation(annotation);
    for (const image of objectsIn(delta['images'])) this.#part(image);
    const proof = proofIn(delta);
    if (proof !== undefined) this.#blocks.proof(proof);
    for (const entry of objectsIn(delta['tool_calls'])) if (!this.#calls.read(entry)) return this.fail(afterEnd());
    const legacy = delta['function_call'];
    if (isObject(legacy) && !this.#calls.readLegacy(legacy)) return this.fail(afterEnd());
    const rest = proof === undefined ? delta : withoutProof(delta);
    for (const field in rest) {
      if (deltaFields.has(field) || rest[field] === null) continue;
      this.#native({ choices: [{ index: 0, delta: { [field]: rest[field] } }] });
    }
  }

  #part(part: JsonObject): void {
    const reasoning = readReasoningPart(part);
    if (reasoning !== undefined) {
      this.#reasoning(reasoning);
      const others = objectsIn(part['thinking']).filter((one) => typeof one['text'] !== 'string');
      if (others.length > 0)
        this.#native({ choices: [{ index: 0, delta: { content: [{ ...part, thinking: others }] } }] });
      return;
    }
    if (part['type'] === 'reference' && this.#blocks.citation(readAnnotation(part))) return;
    const text = stringIn(part['text']);
    if (text !== undefined && part['type'] !== 'refusal') return this.#blocks.text('text', text);
    if (typeof part['refusal'] === 'string') return this.#blocks.text('refusal', part['refusal']);
    const image = part['type'] === 'image_url' ? part['image_url'] : undefined;
    const url = isObject(image) ? stringIn(image['url']) : stringIn(image);
    if (url !== undefined) return this.#blocks.whole({ type: 'image', source: readUrl(url) });
    this.#native({ choices: [{ index: 0, delta: { content: [part] } }] });
  }

  /** @param beside proofs that are read where they belong. */
  #reasoning(pieces: readonly ReasoningPiece[], beside?: ReadonlySet<string>): void {
    for (const piece of pieces) {
      if (piece.type === 'signature' && beside?.has(piece.signature) === true) continue;
      if (piece.type === 'text') this.#blocks.text('thinking', piece.text, piece.detail);
      else if (piece.type === 'signature') this.#blocks.signature(piece.signature, piece.detail);
      else this.#blocks.encrypted(piece.data, piece.detail);
    }
  }

  #annotation(annotation: JsonObject): void {
    if (this.#blocks.citation(readAnnotation(annotation))) return;
    this.#native({ choices: [{ index: 0, delta: { annotations: [annotation] } }] });
  }

  #cite(): void {
    if (this.#sources === undefined) return;
    for (const source of readSources(this.#sources)) {
      if (this.#blocks.citation(source)) continue;
      this.#late = { ...this.#late, citations: this.#sources['citations'] ?? this.#sources['search_results'] };
      return;
    }
  }

  #native(value: JsonObject): void {
    this.#emit({ type: 'native', dialect: 'openai-chat', value });
  }
}

function broken(message: string): GatewayError {
  return new GatewayError('bad_upstream', message);
}

function afterEnd(): GatewayError {
  return broken("The provider went on with a tool call's arguments after they were complete.");
}
