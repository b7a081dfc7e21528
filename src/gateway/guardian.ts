import { totalInput } from '../canon/usage.ts';
import type { CacheMiss, CallRecord } from '../observe/call.ts';
import { type Cached, cachedAfter, leastTokens, lostTokens, unreadTokens, usageWithout } from '../policy/cache-loss.ts';
import type { BodyScan } from '../wire/body-scan.ts';
import type { Pieces } from '../wire/pieces.ts';
import type { Incoming } from './incoming.ts';
import { type KeptPrompt, KeptPrompts } from './kept-prompts.ts';
import { isExpired, type Reason, reasonFor, unknownReason } from './miss.ts';
import { goesOn, likeness, type Opening, openingOf } from './opening.ts';
import type { Outgoing } from './outgoing.ts';

/** US dollars that a call costs with its usage; nothing where nobody knows. */
type CostOf = (call: CallRecord) => number | undefined;

/** What a guardian needs to know. */
export interface GuardianOptions {
  /** As `priceBy` sets it. */
  readonly costOf?: CostOf;
  /** Bytes of prompts that are kept to be compared. */
  readonly memory: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A lost cache and whose it was. */
export interface SeenMiss extends CacheMiss {
  readonly time: string;
  readonly session: string;
  readonly provider: string;
  readonly model: string;
}

/** One conversation of a session; its agents have others. */
interface Strand {
  opening: Opening;
  cached: Cached;
  provider: string;
  model: string;
  /** The model that the client named. */
  asked: string;
  /** When it was sent, and when the first byte of the answer came: earlier, nobody could read what it wrote. */
  sentAt: number;
  readyAt: number;
  prompt: KeptPrompt;
  calls: number;
  /** Nothing was found when nothing was read: this provider does not cache, or not this. */
  fruitless: boolean;
  /** The cache has held at least once. */
  held: boolean;
}

/** A call under way. */
interface Sent {
  readonly session: string;
  readonly strands: Strand[];
  /** The conversation that it goes on with. */
  readonly strand: Strand | undefined;
  readonly opening: Opening;
  readonly prompt: KeptPrompt;
  readonly at: number;
}

/** The least tokens that any provider caches are no fewer bytes than this in any language: shorter prompts are let be. */
const leastBytes = 3 * leastTokens;

/** Characters of what a session is known by; nobody's are longer. */
const longestId = 512;

const maxSessions = 5000;
const maxStrands = 64;
const maxRecent = 20;

/** How long a prompt may be of use: as long as caches live, and a while to say that it was too long. */
const shortUse = 15 * 60_000;
const longUse = 75 * 60_000;

/** The share of a conversation's turns below which a call may be an aside to it. */
const aside = 0.6;

/** The share of what was not read that must have stood in the prompt before, so that one may speak of a loss. */
const worthwhile = 0.1;

/**
 * Looking for a reason takes milliseconds, in which other calls wait: it may take this share of the time, and so many
 * milliseconds at once.
 */
const spared = 0.04;
const mostSpare = 200;

/**
 * Watches that what a session's calls repeat is read from the provider's cache, and says why when it is not. While all
 * is well, it compares a few numbers; the prompts themselves are kept as they came, and looked into only after a loss.
 */
export class CacheGuardian {
  #costOf: CostOf;
  readonly #now: () => number;
  readonly #kept: KeptPrompts;
  readonly #sessions = new Map<string, Strand[]>();
  readonly #sent = new Map<CallRecord, Sent>();
  readonly #recent: SeenMiss[] = [];
  /** Milliseconds that looking for reasons may take, as of when. */
  #spare = mostSpare;
  #sparedAt = 0;

  constructor(options: GuardianOptions) {
    this.#costOf = options.costOf ?? ((): undefined => undefined);
    this.#now = options.now ?? ((): number => Date.now());
    this.#kept = new KeptPrompts(options.memory);
  }

  /** A call is about to be sent; the last time counts. Without a session, or where the prompt is short, nothing is done. */
  before(source: Incoming, outgoing: Outgoing): void {
    const { call } = source;
    const { record, body } = call;
    const scan = body.length < leastBytes ? undefined : source.scan();
    if (scan === undefined) return;
    const id = record.session ?? scan.cacheKey;
    if (id === undefined || id.length > longestId || scan.turns === 0) return;
    const earlier = this.#sent.get(record);
    if (earlier !== undefined) this.#kept.forget(earlier.prompt);
    const at = this.#now();
    const session = `${call.caller}\n${id}`;
    const strands = this.#strandsOf(session);
    const opening = openingOf(body, scan);
    const strand = bestOf(strands, opening, body, scan);
    const prompt = this.#kept.keep(outgoing.body, outgoing.mode === 'passed' ? undefined : body, at + longUse);
    this.#sent.set(record, { session, strands, strand, opening, prompt, at });
    this.#kept.tidy(at);
  }

  /** From now on losses are priced so. */
  priceBy(costOf: CostOf): void {
    this.#costOf = costOf;
  }

  /** A call is over: says in its record whether the cache was lost. */
  after(record: CallRecord): void {
    const sent = this.#sent.get(record);
    if (sent === undefined) return;
    this.#sent.delete(record);
    const { provider, upstreamModel: model, usage } = record;
    // Counts of several answers say nothing of any.
    const known = totalInput(usage) >= leastTokens && record.seams === undefined;
    if (!known || provider === undefined || model === undefined) return this.#kept.forget(sent.prompt);
    const { strands, strand } = sent;
    if (strand === undefined) return this.#begin(strands, sent, record, provider, model);
    // Nothing can be read before it is there, and who was overtaken says nothing of what is there now.
    if (sent.at >= strand.readyAt) this.#judge(strand, sent, record);
    else if (sent.at < strand.sentAt) return this.#kept.forget(sent.prompt);
    // What is much shorter may be an aside, and the conversation go on.
    if (sent.opening.count < strand.opening.count * aside) return this.#begin(strands, sent, record, provider, model);
    const index = strands.indexOf(strand);
    if (index !== -1) strands.push(...strands.splice(index, 1));
    this.#kept.forget(strand.prompt);
    const isSame = strand.provider === provider && strand.model === model;
    const fresh = isSame ? undefined : { provider, model, calls: 0, fruitless: false, held: false };
    Object.assign(strand, this.#state(sent, record, isSame ? strand : undefined), fresh);
    strand.calls += 1;
  }

  /** The last caches that were lost, the latest first. */
  recent(): readonly SeenMiss[] {
    return this.#recent.toReversed();
  }

  #strandsOf(session: string): Strand[] {
    const strands = this.#sessions.get(session) ?? [];
    this.#sessions.delete(session);
    this.#sessions.set(session, strands);
    if (this.#sessions.size > maxSessions) this.#forgetSession(this.#sessions.keys().next().value as string);
    return strands;
  }

  #forgetSession(session: string): void {
    for (const { prompt } of this.#sessions.get(session) ?? []) this.#kept.forget(prompt);
    this.#sessions.delete(session);
  }

  #begin(strands: Strand[], sent: Sent, record: CallRecord, provider: string, model: string): void {
    strands.push({ ...this.#state(sent, record), provider, model, calls: 1, fruitless: false, held: false });
    const oldest = strands.length > maxStrands ? strands.shift() : undefined;
    if (oldest !== undefined) this.#kept.forget(oldest.prompt);
  }

  #state(
    { opening, prompt, at }: Sent,
    { usage, model, ms, firstByteMs }: CallRecord,
    before?: Strand,
  ): Omit<Strand, 'provider' | 'model' | 'calls' | 'fruitless' | 'held'> {
    const cached = cachedAfter(usage, before?.cached);
    prompt.until = at + (cached.certain && cached.hour === false ? shortUse : longUse);
    const readyAt = this.#now() - ms + (firstByteMs ?? ms);
    return { opening, cached, asked: model, sentAt: at, readyAt, prompt };
  }

  #judge(strand: Strand, sent: Sent, record: CallRecord): void {
    const { usage } = record;
    const isSame = strand.provider === record.provider && strand.model === record.upstreamModel;
    const held = isSame ? strand.cached : { ...strand.cached, certain: false };
    const shown = lostTokens(usage, held);
    // What was never read may never have been kept: that it was lost has to be proven by what differs.
    const mayProve = isSame && !held.certain && strand.calls > 1 && !strand.fruitless && usage.cacheRead !== undefined;
    const lost = shown > 0 || !mayProve ? shown : unreadTokens(usage, held);
    if (lost === 0) {
      strand.held ||= isSame && held.tokens >= leastTokens;
      return;
    }
    const reason = this.#reason(strand, sent, record, isSame);
    if (shown === 0 && reason.by !== 'client' && reason.by !== 'gateway') {
      strand.fruitless = reason.by === 'provider';
      return;
    }
    const tokens = Math.min(lost, Math.round(totalInput(usage) * reason.repeated));
    // What stands behind the change is new, and would have been paid for in any case.
    if (tokens < leastTokens || tokens < lost * worthwhile) return;
    this.#tell(sent.session, record, reason, tokens);
  }

  #reason(strand: Strand, sent: Sent, record: CallRecord, isSame: boolean): Reason {
    const { usage } = record;
    const expired = isExpired(strand.prompt, sent.at - strand.sentAt, strand.cached.hour);
    if (expired !== true && !isSame) return movedTo(strand, record);
    if (expired === undefined) return unknownReason;
    if (expired) return { at: 'expired', by: 'provider', repeated: 1 };
    const began = performance.now();
    this.#spare = Math.min(mostSpare, this.#spare + (began - this.#sparedAt) * spared);
    this.#sparedAt = began;
    if (this.#spare <= 0) return unknownReason;
    const reason = reasonFor(
      strand.prompt,
      sent.prompt,
      { read: usage.cacheRead ?? 0, all: totalInput(usage) },
      strand.held,
    );
    this.#spare -= performance.now() - began;
    return reason;
  }

  #tell(session: string, record: CallRecord, { at, how, by }: Reason, tokens: number): void {
    const { usage, provider = '', upstreamModel = '' } = record;
    const paid = this.#costOf({ ...record, usage: usageWithout(0, usage) });
    const due = this.#costOf({ ...record, usage: usageWithout(tokens, usage) });
    const cost = paid === undefined || due === undefined ? undefined : Math.max(0, paid - due);
    record.cacheMiss = { at, ...(how !== undefined && { how }), by, tokens, ...(cost !== undefined && { cost }) };
    const time = new Date(this.#now()).toISOString();
    const name = session.slice(session.indexOf('\n') + 1);
    this.#recent.push({ time, session: name, provider, model: upstreamModel, ...record.cacheMiss });
    if (this.#recent.length > maxRecent) this.#recent.shift();
  }
}

/** The conversation that a call goes on with: the longest that ends within it, else the latest of those most like it. */
function bestOf(strands: readonly Strand[], opening: Opening, body: Pieces, scan: BodyScan): Strand | undefined {
  let best: Strand | undefined;
  let most = 0;
  for (const strand of strands) {
    let like = likeness(strand.opening, opening);
    if (like > 0 && goesOn(strand.opening, body, scan)) like += strand.opening.count;
    if (like === 0 || like < most) continue;
    best = strand;
    most = like;
  }
  return best;
}

/** The call went to another model or provider, which has its own cache. */
function movedTo({ asked }: Strand, { model, failures, tries }: CallRecord): Reason {
  if (asked !== model) return { at: 'model', by: 'client', repeated: 1 };
  return { at: 'target', by: failures !== undefined || tries > 1 ? 'provider' : 'gateway', repeated: 1 };
}
