import type { BlockHead, Event, RunPieces, Sink } from '../../canon/event.ts';
import { isObject, type JsonObject, objectsIn } from '../../canon/json.ts';
import { urlOf } from '../../canon/media.ts';
import type { ChatRequest } from '../../canon/request.ts';
import { writtenRun } from '../../canon/run.ts';
import { mergeUsage, type Usage } from '../../canon/usage.ts';
import { type AnswerHead, answerHead } from './answer-head.ts';
import { withTextOnly } from './choice-join.ts';
import { Annotations } from './citation.ts';
import { writeError } from './error-write.ts';
import { writeEnding } from './finish.ts';
import { withProofOf } from './proof.ts';
import { writeDetail } from './reasoning-detail.ts';
import { asksForFunctions } from './tools-read.ts';
import { writeUsage } from './usage.ts';

/** Writes an answer as `chat.completion.chunk`s. */
export function writeStream(write: (piece: string | Uint8Array) => void, request: ChatRequest): Sink {
  const writer = new ChunkWriter(write, request);
  return (event) => writer.event(event);
}

/** What a text block's pieces are called in a delta. */
const textFields = { text: 'content', refusal: 'refusal' } as const;

/**
 * What is the same in all chunks is put together once; per event only the string that changes is made into JSON.
 */
class ChunkWriter {
  readonly #write: (piece: string | Uint8Array) => void;
  readonly #request: ChatRequest;
  readonly #legacy: boolean;
  /** From `data: ` to the first choice's delta, and from its end to the end of the frame. */
  #head = '';
  #deltaHead = '';
  #deltaTail = '';
  #usageNull = '';
  /** The open block: what precedes its pieces, and what follows them. */
  #pieceHead = '';
  /** Between a piece and the same piece once more; empty where it is said once. */
  #pieceAgain = '';
  #pieceTail = '';
  #open: BlockHead | undefined;
  #calls = -1;
  #argued = false;
  #details = -1;
  /** Whether the open thought has words. */
  #told = false;
  /** Proofs that wait for what they belong to: a call, if that is what follows. */
  #proofs: { readonly detail: JsonObject; readonly bare: string | undefined; readonly afterText: boolean }[] = [];
  #afterText = false;
  /** The answer is of this language, whose servers have said of their proofs what they want to see again. */
  #own = false;
  #refused = false;
  readonly #annotations = new Annotations();
  #usage: Usage | undefined;

  constructor(write: (piece: string | Uint8Array) => void, request: ChatRequest) {
    this.#write = write;
    this.#request = request;
    this.#legacy = asksForFunctions(request);
  }

  event(event: Event): void {
    switch (event.type) {
      case 'text':
        return this.#text(event);
      case 'json':
        return this.#json(event.json, event.pieces);
      case 'start':
        this.#own = event.ext?.['openai-chat'] !== undefined;
        return this.#start(answerHead(event, this.#request));
      case 'open':
        return this.#openBlock(event.block);
      case 'close':
        return this.#close();
      case 'signature':
        return this.#signature(event.signature);
      case 'citation':
        return this.#annotations.cite(event.citation);
      case 'usage':
        this.#usage = this.#usage === undefined ? event.usage : mergeUsage(this.#usage, event.usage);
        return;
      case 'native':
        return this.#native(event);
      case 'finish':
        return this.#finish(event);
      case 'error':
        return this.#write(`data: ${JSON.stringify(writeError(event.error))}\n\n`);
    }
  }

  #start({ fields, once }: AnswerHead): void {
    this.#head = `data: ${JSON.stringify(fields).slice(0, -1)}`;
    this.#usageNull = this.#request.usageInStream === true ? ',"usage":null' : '';
    this.#deltaHead = `${this.#head},"choices":[{"index":0,"delta":`;
    this.#deltaTail = `,"finish_reason":null}]${this.#usageNull}}\n\n`;
    const first = JSON.stringify({ role: 'assistant', content: '' });
    const extra = Object.keys(once).length > 0 ? `,${JSON.stringify(once).slice(1, -1)}` : '';
    this.#write(`${this.#deltaHead}${first},"finish_reason":null}]${this.#usageNull}${extra}}\n\n`);
  }

  #delta(delta: JsonObject): void {
    this.#write(this.#deltaHead + JSON.stringify(delta) + this.#deltaTail);
  }

  #text({ text, pieces }: Extract<Event, { type: 'text' }>): void {
    if (this.#pieceHead === '') return;
    // Entries keep their order: what is to be told now follows the proofs that wait.
    if (this.#proofs.length > 0) this.#prove();
    this.#told = true;
    if (this.#open?.type === 'text') this.#annotations.text(text);
    if (pieces === undefined) this.#piece(JSON.stringify(text));
    else if (this.#pieceAgain === '') this.#write(writtenRun(this.#pieceHead, pieces, this.#pieceTail));
    else for (const piece of pieces.list()) this.#piece(`"${piece}"`);
  }

  /** @param json a string. */
  #piece(json: string): void {
    const again = this.#pieceAgain === '' ? '' : this.#pieceAgain + json;
    this.#write(this.#pieceHead + json + again + this.#pieceTail);
  }

  #openBlock(block: BlockHead): void {
    this.#open = block;
    this.#pieceHead = '';
    this.#pieceAgain = '';
    const isThought = block.type === 'thinking' || block.type === 'redacted';
    if (!isThought && block.type !== 'tool_call') this.#prove();
    switch (block.type) {
      case 'text':
      case 'refusal':
        this.#refused ||= block.type === 'refusal';
        this.#afterText = block.type === 'text';
        this.#pieceHead = `${this.#deltaHead}{"${textFields[block.type]}":`;
        this.#pieceTail = `}${this.#deltaTail}`;
        return;
      case 'thinking':
        return this.#openThought(block);
      case 'tool_call':
        return this.#openCall(block);
      case 'redacted':
        this.#details += 1;
        return this.#hold(writeDetail({ text: '', redacted: block.data, ...extOf(block) }, this.#details), undefined);
      case 'image':
        if (block.source.type === 'file') return;
        return this.#delta({ images: [{ type: 'image_url', image_url: { url: urlOf(block.source) } }] });
      case 'native':
        return;
    }
  }

  /** Each piece is said twice: as text, and in the entry that its proof will follow. */
  #openThought(block: Extract<BlockHead, { type: 'thinking' }>): void {
    this.#details += 1;
    this.#told = false;
    const { text, summary, ...detail } = writeDetail({ text: '-', ...extOf(block) }, this.#details);
    const { type, ...rest } = detail;
    const field = summary === undefined ? 'text' : 'summary';
    this.#pieceHead = `${this.#deltaHead}{"reasoning_content":`;
    this.#pieceAgain = `,"reasoning_details":[{"type":${JSON.stringify(type)},"${field}":`;
    this.#pieceTail = `,${JSON.stringify(rest).slice(1)}]}${this.#deltaTail}`;
  }

  #signature(signature: string): void {
    if (this.#open?.type !== 'thinking' || signature === '') return;
    const detail = writeDetail({ text: '', signature, ...extOf(this.#open) }, this.#details);
    this.#hold(detail, this.#told ? undefined : signature);
  }

  /** @param bare the proof itself, where there is nothing else of the thought. */
  #hold(detail: JsonObject, bare: string | undefined): void {
    this.#proofs.push({ detail, bare, afterText: this.#afterText });
  }

  /** Proofs that no call follows. */
  #prove(): void {
    if (this.#proofs.length === 0) return;
    const { bare, afterText } = this.#proofs.at(-1) ?? {};
    const behind = bare !== undefined && afterText === true ? withProofOf(bare) : undefined;
    this.#delta({ reasoning_details: this.#proofs.map(({ detail }) => detail), ...behind });
    this.#proofs = [];
  }

  #openCall(block: Extract<BlockHead, { type: 'tool_call' }>): void {
    this.#calls += 1;
    this.#argued = false;
    const ext = block.ext?.['openai-chat'];
    if (this.#legacy) {
      this.#prove();
      this.#pieceHead = `${this.#deltaHead}{"function_call":{"arguments":`;
      this.#pieceTail = `}}${this.#deltaTail}`;
      return this.#delta({ function_call: { name: block.name, arguments: '' } });
    }
    this.#afterText = false;
    const isCustom = block.kind === 'custom';
    const [type, field] = isCustom ? ['custom', 'input'] : ['function', 'arguments'];
    this.#pieceHead = `${this.#deltaHead}{"tool_calls":[{"index":${this.#calls},"${type}":{"${field}":`;
    this.#pieceTail = `}}]}${this.#deltaTail}`;
    const call = { index: this.#calls, id: block.id, type, [type]: { name: block.name, [field]: '' }, ...ext };
    const proofs = this.#proofs;
    this.#proofs = [];
    const bare = proofs.at(-1)?.bare;
    this.#delta({
      ...(proofs.length > 0 && {
        reasoning_details: proofs.map(({ detail }) => (this.#own ? detail : { id: block.id, ...detail })),
      }),
      tool_calls: [bare === undefined ? call : withProofOf(bare, call)],
    });
  }

  #json(json: string, pieces?: RunPieces): void {
    if (this.#open?.type !== 'tool_call') return;
    this.#argued = true;
    if (pieces === undefined) this.#piece(JSON.stringify(json));
    else this.#write(writtenRun(this.#pieceHead, pieces, this.#pieceTail));
  }

  /** Arguments that never came are none, and "none" is written `{}`. */
  #close(): void {
    if (this.#open?.type === 'tool_call' && this.#open.kind !== 'custom' && !this.#argued) this.#json('{}');
    if (this.#open?.type === 'text') this.#annotations.close();
    this.#open = undefined;
    this.#pieceHead = '';
    this.#pieceAgain = '';
  }

  /** Our own language's: other choices, log probabilities, fields of a delta. */
  #native({ dialect, value }: Extract<Event, { type: 'native' }>): void {
    if (dialect !== 'openai-chat') return;
    const { choices, ...rest } = value;
    const written = objectsIn(choices).map(({ index, delta, message, finish_reason, ...more }) => ({
      index: index ?? 0,
      delta: withTextOnly(isObject(message) ? deltaOf(message) : objectIn(delta)),
      ...more,
      finish_reason: finish_reason ?? null,
    }));
    const fields = JSON.stringify({ choices: written, ...rest }).slice(1, -1);
    this.#write(`${this.#head},${fields}${this.#usageNull}}\n\n`);
  }

  #finish(event: Extract<Event, { type: 'finish' }>): void {
    this.#close();
    this.#prove();
    const annotations = this.#annotations.all();
    if (annotations.length > 0) this.#delta({ annotations });
    const ending = writeEnding(event, { refused: this.#refused, legacy: this.#legacy });
    const late = event.ext?.['openai-chat'];
    const choice = JSON.stringify({ index: 0, delta: {}, ...ending });
    const extra = late === undefined ? '' : `,${JSON.stringify(late).slice(1, -1)}`;
    this.#write(`${this.#head},"choices":[${choice}]${this.#usageNull}${extra}}\n\n`);
    if (this.#request.usageInStream === true && this.#usage !== undefined) {
      this.#write(`${this.#head},"choices":[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`);
    }
    this.#write('data: [DONE]\n\n');
  }
}

function extOf<T extends object>(block: { readonly ext?: T }): { ext?: T } {
  return block.ext === undefined ? {} : { ext: block.ext };
}

/** A whole message as the one delta that says it all. */
function deltaOf(message: JsonObject): JsonObject {
  const calls = objectsIn(message['tool_calls']);
  return calls.length === 0 ? message : { ...message, tool_calls: calls.map((call, index) => ({ index, ...call })) };
}

function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
