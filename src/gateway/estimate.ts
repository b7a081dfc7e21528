import type { Block } from '../canon/content.ts';
import type { ChatRequest } from '../canon/request.ts';

/** A guess at a number of tokens. */
export interface Estimate {
  readonly tokens: number;
  /** How far off it may be, as a share of `tokens`. */
  readonly error: number;
  /** Answers that taught it. */
  readonly samples: number;
}

/** Tokens a byte of request is worth before anything is known of a model: English and JSON lie near 3.6 bytes a token. */
const firstRatio = 1 / 3.6;
const firstError = 0.3;
/** Weight of one more answer once enough are known. */
const learningRate = 0.1;
/** What an image or a page-sized attachment costs, roughly, whatever its bytes. */
const tokensPerMedia = 1500;
const maxModels = 1000;

interface Learnt {
  ratio: number;
  error: number;
  samples: number;
}

/** Counts tokens by bytes, corrected by what real usage has taught for each model. */
export class Estimator {
  readonly #models = new Map<string, Learnt>();

  /** @param bytes of the request as it would be sent. */
  estimate(model: string, request: ChatRequest, bytes: number): Estimate {
    const { ratio, error, samples } = this.#models.get(model) ?? { ratio: firstRatio, error: firstError, samples: 0 };
    const media = mediaIn(request);
    const tokens = Math.max(1, Math.round((bytes - media.bytes) * ratio + media.count * tokensPerMedia));
    return { tokens, error: Math.max(0.02, error), samples };
  }

  /** Takes note of what a request of that size really was. Requests with media teach nothing of text. */
  learn(model: string, request: ChatRequest, bytes: number, tokens: number): void {
    if (tokens <= 0 || bytes <= 0 || mediaIn(request).count > 0) return;
    const known = this.#models.get(model);
    const seen = tokens / bytes;
    if (known === undefined) {
      if (this.#models.size >= maxModels) this.#models.delete(this.#models.keys().next().value as string);
      this.#models.set(model, { ratio: seen, error: firstError / 2, samples: 1 });
      return;
    }
    const rate = Math.max(learningRate, 1 / (known.samples + 1));
    // Twice the mean deviation covers most answers, which is what a bound is for.
    const off = (2 * Math.abs(seen - known.ratio)) / seen;
    known.error += rate * (off - known.error);
    known.ratio += rate * (seen - known.ratio);
    known.samples += 1;
  }
}

function mediaIn(request: ChatRequest): { count: number; bytes: number } {
  const found = { count: 0, bytes: 0 };
  const look = (blocks: readonly Block[]): void => {
    for (const block of blocks) {
      if (block.type === 'tool_result') look(block.content);
      if (block.type !== 'image' && block.type !== 'document' && block.type !== 'audio') continue;
      if (block.source.type === 'text' || block.source.type === 'parts') continue;
      found.count += 1;
      if (block.source.type === 'base64') found.bytes += block.source.data.length;
    }
  };
  for (const turn of request.turns) look(turn.content);
  return found;
}
