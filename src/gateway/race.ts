import { judge } from '../policy/verdict.ts';
import { attempt } from './attempt.ts';
import type { Call, Reply } from './call.ts';
import { ClientAnswer } from './client-answer.ts';
import type { Delivered } from './delivery.ts';
import type { Gateway } from './gateway.ts';
import type { Incoming } from './incoming.ts';
import type { Journey } from './journey.ts';

/**
 * Asks the journey's target, and when that has not begun to answer in time, another one beside it. The first that begins
 * has the client; the other is given up. Costs up to twice as much, and saves whoever waits for the slowest answers.
 * @param afterMs when the second one is asked.
 */
export async function race(gateway: Gateway, journey: Journey, afterMs: number): Promise<Delivered> {
  const track = new Track(journey.source.call.reply);
  const first = contenderOf(journey.source, track);
  const asked = attempt(gateway, first.source, journey.target);
  if (await answersWithin(afterMs, asked, track)) {
    journey.turnTo(first.source);
    return asked;
  }
  const target = journey.spare();
  if (target === undefined || track.isOver) {
    const result = await asked;
    journey.turnTo(first.source);
    return result;
  }
  const health = gateway.health.of(target.provider, target.model);
  const began = performance.now();
  health.began();
  const second = contenderOf(journey.source, track);
  const also = attempt(gateway, second.source, target);
  const [one, other] = await Promise.all([asked, also]);
  const now = performance.now();
  const secondWon = track.winner === second.reply || (track.winner === undefined && !one.delivered && other.delivered);
  if (!secondWon) {
    if (other.delivered) health.left();
    else health.failed(now, judge(other.error));
    journey.turnTo(first.source);
    return one;
  }
  journey.overtaken(one, target, began);
  journey.turnTo(second.source);
  return other;
}

/** Whether it is over, or has the client, before the time is. */
async function answersWithin(ms: number, asked: Promise<Delivered>, track: Track): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(track.winner !== undefined), ms);
  const settled = (): void => resolve(true);
  asked.then(settled, settled);
  const isDone = await promise;
  clearTimeout(timer);
  return isDone;
}

/** The call as one of several who answer it has it: what it records counts only if it wins. */
function contenderOf(source: Incoming, track: Track): { readonly source: Incoming; readonly reply: ContenderReply } {
  const reply = new ContenderReply(track);
  const { record } = source.call;
  const call: Call = {
    ...source.call,
    reply,
    record: { ...record, mends: [...record.mends], healed: [...record.healed] },
  };
  const answer = source.answer === undefined ? {} : { answer: new ClientAnswer(call) };
  return { source: { ...source, call, ...answer }, reply };
}

/** The client's reply, which the first of several to begin may have. */
class Track {
  readonly reply: Reply;
  winner: ContenderReply | undefined;
  readonly #contenders: ContenderReply[] = [];

  constructor(reply: Reply) {
    this.reply = reply;
    reply.onGone(() => {
      for (const contender of this.#contenders) contender.leave();
    });
  }

  get isOver(): boolean {
    return this.reply.gone || this.winner !== undefined;
  }

  enter(contender: ContenderReply): void {
    this.#contenders.push(contender);
  }

  /** Whether the contender has the client from now on. */
  claim(contender: ContenderReply): boolean {
    if (this.winner === undefined) {
      this.winner = contender;
      for (const other of this.#contenders) if (other !== contender) other.leave();
    }
    return this.winner === contender;
  }
}

/** A reply that reaches the client only if it is the first. */
class ContenderReply implements Reply {
  readonly #track: Track;
  #isOut = false;
  #onGone: (() => void) | undefined;

  constructor(track: Track) {
    this.#track = track;
    track.enter(this);
  }

  /** The client is gone, or somebody else's. */
  leave(): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#onGone?.();
  }

  head(status: number, headers: { readonly [name: string]: string | number }): void {
    if (this.#track.claim(this)) this.#track.reply.head(status, headers);
  }

  write(bytes: Uint8Array): boolean {
    return this.#isOut || this.#track.reply.write(bytes);
  }

  end(bytes?: Uint8Array): void {
    if (!this.#isOut) this.#track.reply.end(bytes);
  }

  destroy(): void {
    if (!this.#isOut) this.#track.reply.destroy();
  }

  onDrain(resume: () => void): void {
    // Only who has the client can be held up by it.
    this.#track.reply.onDrain(() => {
      if (!this.#isOut) resume();
    });
  }

  onGone(leave: () => void): void {
    this.#onGone = leave;
    if (this.#isOut) leave();
  }

  get headSent(): boolean {
    return !this.#isOut && this.#track.reply.headSent;
  }

  get gone(): boolean {
    return this.#isOut || this.#track.reply.gone;
  }
}
