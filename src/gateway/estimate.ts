import type { ChatRequest } from '../canon/request.ts';
import { bytesPerToken, mediaIn, tokensPerMedia } from '../policy/prompt-media.ts';
import { type PromptContent, promptContent } from './prompt-content.ts';
import { createTokenCounter, type Extract, extractOf, type TokenCounter } from './token-count.ts';
import { TokenFactors } from './token-factors.ts';
import { type TokenFamily, tokenFamilyOf } from './token-family.ts';
import type { CountedTokens } from './token-worker.ts';

/** A guess at a number of tokens. */
export interface Estimate {
  readonly tokens: number;
  /** How far off it may be, as a share of `tokens`. */
  readonly error: number;
  /** Answers that taught it. */
  readonly samples: number;
}

/** A request that was answered; every word of it is asked for now and then only. */
export interface Asked {
  request(): ChatRequest;
  outline(): ChatRequest;
}

/** What the estimator works with. */
export interface EstimatorOptions {
  readonly counter?: TokenCounter;
  /** A clock, milliseconds. */
  readonly now?: () => number;
}

/** Tokens a byte of request is worth before anything is known of a model. */
const firstRatio = 1 / bytesPerToken;
const firstError = 0.3;
const leastError = 0.02;
/** Media are counted by rules of thumb. */
const mediaError = 0.5;
/** Weight of one more answer once enough are known. */
const learningRate = 0.1;
const maxModels = 1000;

/** How often, and how much of, a request is kept to be compared with what it really was. */
const sampleEveryMs = 10_000;
const sampleCharacters = 16_000;
const samplePart = 500;
const maxPending = 2;
/** Below, the frame of a prompt counts for more than its text. */
const leastSampleTokens = 100;

/** Parts of a request that was answered, with what the provider counted. */
interface Sample {
  readonly extract: Extract;
  readonly frame: number;
  readonly tokens: number;
}

interface Learnt {
  /** Tokens for each byte of the request. */
  readonly perByte: Average;
  /** By what its tokens differ from those of the local tokenizer. */
  readonly factors: TokenFactors;
  /** Not counted yet: nothing is, before somebody asks. */
  pending: Sample[];
  sampledAt: number;
}

/**
 * Counts tokens for providers that do not: by a tokenizer of its own, corrected by what real usage has taught for each
 * model. What it learns from an answer costs a few divisions; now and then some parts of the request are put aside, and
 * counted when an estimate is asked for, so that who never asks never loads the tokenizer.
 */
export class Estimator {
  readonly #models = new Map<string, Learnt>();
  readonly #counter: TokenCounter;
  readonly #now: () => number;

  constructor({ counter = createTokenCounter(), now = () => performance.now() }: EstimatorOptions = {}) {
    this.#counter = counter;
    this.#now = now;
  }

  /**
   * The tokens of a prompt, counted. A guess when the counter has too much to do.
   * @param model with its provider before it; @param bytes of the request as it would be sent.
   */
  async estimate(model: string, request: ChatRequest, bytes: number): Promise<Estimate> {
    const family = tokenFamilyOf(model);
    const { texts, frame, media } = promptContent(request, family);
    let counted: CountedTokens;
    try {
      await this.#study(model);
      counted = framed(await this.#counter.count(texts), frame);
    } catch {
      return this.guess(model, request, bytes);
    }
    const factors = this.#models.get(model)?.factors ?? new TokenFactors(family.factor, family.error);
    const text = factors.tokens(counted);
    const error = (text * factors.error(counted) + media * mediaError) / Math.max(1, text + media);
    return { tokens: Math.max(1, Math.round(text + media)), error, samples: factors.samples };
  }

  /** The tokens of a prompt by its length alone, at once. */
  guess(model: string, request: ChatRequest, bytes: number): Estimate {
    const { value, error, samples } = this.#models.get(model)?.perByte ?? new Average(firstRatio, firstError);
    const media = mediaIn(request);
    const tokens = Math.max(1, Math.round((bytes - media.bytes) * value + media.count * tokensPerMedia));
    return { tokens, error: Math.max(leastError, error), samples };
  }

  /** Takes note of what a request of that size really was. Requests with media teach nothing of text. */
  learn(model: string, asked: Asked, bytes: number, tokens: number): void {
    if (tokens <= 0 || bytes <= 0 || mediaIn(asked.outline()).count > 0) return;
    const learnt = this.#learntOf(model);
    learnt.perByte.learn(tokens / bytes);
    const now = this.#now();
    if (now - learnt.sampledAt < sampleEveryMs || tokens < leastSampleTokens) return;
    learnt.sampledAt = now;
    learnt.pending = [...learnt.pending, sampleOf(promptContent(asked.request(), tokenFamilyOf(model)), tokens)].slice(
      -maxPending,
    );
  }

  /** Ends the counter's thread. */
  async close(): Promise<void> {
    await this.#counter.close();
  }

  #learntOf(model: string): Learnt {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    if (this.#models.size >= maxModels) this.#models.delete(this.#models.keys().next().value as string);
    const { factor, error }: TokenFamily = tokenFamilyOf(model);
    const learnt: Learnt = {
      perByte: new Average(firstRatio, firstError),
      factors: new TokenFactors(factor, error),
      pending: [],
      sampledAt: Number.NEGATIVE_INFINITY,
    };
    this.#models.set(model, learnt);
    return learnt;
  }

  /** Counts what was put aside, and compares. */
  async #study(model: string): Promise<void> {
    const learnt = this.#models.get(model);
    for (let sample = learnt?.pending.shift(); sample !== undefined; sample = learnt?.pending.shift()) {
      const { texts, scale } = sample.extract;
      const { plain, other } = await this.#counter.count(texts);
      learnt?.factors.learn(framed({ plain: plain * scale, other: other * scale }, sample.frame), sample.tokens);
    }
  }
}

function framed({ plain, other }: CountedTokens, frame: number): CountedTokens {
  return { plain: plain + frame, other };
}

/** A mean that follows what it sees, and how far off it mostly is. */
class Average {
  value: number;
  error: number;
  samples = 0;

  constructor(value: number, error: number) {
    this.value = value;
    this.error = error;
  }

  learn(seen: number): void {
    if (this.samples === 0) {
      this.value = seen;
      this.error /= 2;
    } else {
      const rate = Math.max(learningRate, 1 / (this.samples + 1));
      // Twice the mean deviation covers most answers, which is what a bound is for.
      const off = (2 * Math.abs(seen - this.value)) / seen;
      this.error += rate * (off - this.error);
      this.value += rate * (seen - this.value);
    }
    this.samples += 1;
  }
}

/** Copies, since a part of a text would keep the whole. */
function sampleOf({ texts, frame }: PromptContent, tokens: number): Sample {
  const { texts: parts, scale } = extractOf(texts, sampleCharacters, samplePart);
  const copies = parts.map((part) => Buffer.from(part).toString());
  return { extract: { texts: copies, scale }, frame, tokens };
}
