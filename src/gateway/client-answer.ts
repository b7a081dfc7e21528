import type { GatewayError } from '../canon/error.ts';
import type { Event } from '../canon/event.ts';
import { summedUsage, totalInput, type Usage } from '../canon/usage.ts';
import type { CallRecord } from '../observe/call.ts';
import type { CutPolicy, Target } from '../policy/plan.ts';
import { bytesPerToken } from '../policy/prompt-media.ts';
import { type Break, breakOf, lengthOf, lengthOfBlock } from './break.ts';
import type { Call } from './call.ts';
import type { ClientWriter } from './client-writer.ts';
import { Seam } from './seam.ts';
import { Told, type ToldAnswer } from './told.ts';

/** US dollars that a call costs by its usage; nothing where nobody knows. */
type CostOf = (record: CallRecord) => number | undefined;

/** A break, and what is to be done about it. */
export interface BreakOptions {
  readonly error: GatewayError;
  readonly from: Target;
  readonly policy: CutPolicy;
  /** Stands for the proof of reasoning that was cut, and is known again when it comes back. */
  readonly unproven: string;
  readonly costOf: CostOf;
  /** About how many tokens the prompt has, where its provider has not said so. */
  readonly promptTokens: () => number;
}

/** Where an answer broke off. */
interface Breach {
  readonly error: GatewayError;
  readonly from: Target;
  readonly block: number;
  readonly at: number;
}

/**
 * A streamed answer as its client gets it: from one provider, or from several one after the other, each going on where the
 * one before broke off.
 */
export class ClientAnswer {
  readonly told: Told;
  /** Set as soon as something has been said in events and not in a provider's own bytes. */
  writer: ClientWriter | undefined;
  /** The client has been sent its beginning: from now on a failure can only be told in the stream. */
  isBegun = false;
  /** Where the next provider goes on; absent with the first one. */
  seam: Seam | undefined;
  readonly #call: Call;
  /** What the parts that are over have cost. */
  #usage: Usage | undefined;
  #cost: number | undefined;
  #breach: Breach | undefined;
  /** Nothing is missing of it but the end. */
  #isWhole = false;

  constructor(call: Call) {
    this.#call = call;
    this.told = new Told(call.dialect.upstream);
  }

  /** Takes stock after a break: what has been said, and what it has cost. False when nobody can, or is to, go on. */
  breakOff(options: BreakOptions): boolean {
    const { error, from, policy, unproven } = options;
    const told = this.told.read();
    const { writer } = this;
    if (told === undefined || writer === undefined) return false;
    const broken = this.#breakOf(told, writer);
    const last = told.blocks.at(-1);
    const saidTokens = Math.ceil(lengthOf(told) / bytesPerToken);
    const usage = this.#settlePart(options, saidTokens);
    this.#isWhole = broken.type === 'called';
    this.#breach = { error, from, block: Math.max(0, writer.index), at: last === undefined ? 0 : lengthOfBlock(last) };
    if (broken.type === 'lost' || broken.type === 'called') return false;
    if (policy === 'restart_if_silent' && told.blocks.length > 0) return false;
    this.seam = new Seam({ writer, broken, saidTokens, usage, unproven });
    return true;
  }

  /** A call of which the client has seen a part can be gone on with only where parts can be written. */
  #breakOf(told: ToldAnswer, writer: ClientWriter): Break {
    const broken = breakOf(told, writer.call);
    const isShown = broken.type === 'call' && broken.call === told.blocks.at(-1);
    return isShown && this.#call.dialect.client.wholeCalls === true ? { type: 'lost' } : broken;
  }

  /** Somebody goes on: the receipt says where, in the log, and in the stream where the client's language lets it. */
  goOn(to: Target): void {
    if (this.#breach === undefined) return;
    const { error, from, block, at } = this.#breach;
    this.#breach = undefined;
    const seam = {
      block,
      at,
      from: `${from.provider}/${from.model}`,
      to: `${to.provider}/${to.model}`,
      why: error.kind,
      ms: Math.round(performance.now() - this.#call.began),
    };
    const { record, reply, dialect } = this.#call;
    record.seams ??= [];
    const last = record.seams.at(-1);
    // One that has added nothing has no part in the answer.
    if (last?.block === block && last.at === at) record.seams[record.seams.length - 1] = { ...seam, from: last.from };
    else record.seams.push(seam);
    const { remark } = dialect.client;
    if (remark === undefined) return;
    const text = `dragoman seam block=${block} at=${at} from=${seam.from} to=${seam.to} why=${seam.why}`;
    reply.write(Buffer.from(remark(text.replace(/[^\x20-\x7e]/g, '?'))));
  }

  /** Nobody goes on: the client is told so, or nothing at all where nothing is missing but the end. */
  end(failed: GatewayError): void {
    const { reply, record } = this.#call;
    const { writer } = this;
    if (reply.gone) return;
    if (writer === undefined) return reply.destroy();
    const error = this.#breach?.error ?? failed;
    const events = this.#isWhole ? this.#ending(writer) : [{ type: 'error', error } as const];
    if (!this.#isWhole) {
      record.error = error.kind;
      record.errorMessage = error.message;
      record.cause = error.cause;
    }
    for (const event of events) writer.sink(event);
    reply.end(writer.take());
  }

  /** What the whole answer has cost, in the record of its call. */
  settle(costOf: CostOf): void {
    if (this.#usage === undefined) return;
    const { record } = this.#call;
    const cost = record.cost ?? costOf(record);
    record.usage = summedUsage([this.#usage, record.usage]);
    if (cost !== undefined || this.#cost !== undefined) record.cost = (cost ?? 0) + (this.#cost ?? 0);
  }

  *#ending(writer: ClientWriter): Iterable<Event> {
    if (writer.open !== undefined) yield { type: 'close', index: writer.index };
    if (this.#usage !== undefined) yield { type: 'usage', usage: this.#usage };
    yield { type: 'finish', reason: 'tool_calls' };
  }

  /** A provider that breaks off has mostly not said how much it has read and answered; it charges for that all the same. */
  #settlePart({ costOf, promptTokens }: BreakOptions, saidTokens: number): Usage {
    const { record } = this.#call;
    const before = this.#usage?.output ?? 0;
    const output = Math.max(record.usage.output ?? 0, saidTokens - before);
    const input = totalInput(record.usage) > 0 ? {} : { input: promptTokens() };
    const usage = { ...record.usage, ...input, output };
    const cost = costOf({ ...record, usage });
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    this.#usage = summedUsage([this.#usage ?? {}, usage]);
    record.usage = {};
    return this.#usage;
  }
}
