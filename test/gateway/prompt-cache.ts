import type { Scenario, Step } from '../../src/simulator/index.ts';

type Json = { readonly [name: string]: unknown };

/** One piece of a prompt as a provider reads it, and whether the client wants what ends there to be kept. */
interface Piece {
  readonly text: string;
  readonly keep: boolean;
}

/** Blocks that a provider looks back from a mark for something that it has kept. */
const lookBack = 20;

/** A provider's cache of prompts, made after what Anthropic and OpenAI write about theirs. Tokens are a quarter of the characters. */
export class PromptCache {
  readonly #kept = new Map<string, number>();
  readonly #lifeMs: number;
  readonly #least: number;

  constructor({ lifeMs = 300_000, least = 1024 }: { lifeMs?: number; least?: number } = {}) {
    this.#lifeMs = lifeMs;
    this.#least = least;
  }

  /** Forgets everything, as providers may. */
  evict(): void {
    this.#kept.clear();
  }

  /** Answers with the usage that Anthropic would count: what is kept ends at marks. */
  marked(): Scenario {
    return { strict: false, answer: ({ body }) => this.#answer(anthropicPieces(body), false) };
  }

  /** Answers as those who keep whatever they have seen. */
  implicit(pieces: (body: Json) => readonly Piece[] = chatPieces): Scenario {
    return { strict: false, answer: ({ body }) => this.#answer(pieces(body), true) };
  }

  #answer(pieces: readonly Piece[], implicit: boolean): Step {
    const now = Date.now();
    const ends: { readonly prefix: string; readonly tokens: number }[] = [];
    let prefix = '';
    for (const { text } of pieces) {
      prefix += `${text}\n`;
      ends.push({ prefix, tokens: Math.round(prefix.length / 4) });
    }
    const all = ends.at(-1)?.tokens ?? 0;
    let read = 0;
    let held = 0;
    ends.forEach(({ prefix: upTo, tokens }, i) => {
      const near = implicit || pieces.slice(i, i + lookBack).some(({ keep }) => keep);
      if (near && (this.#kept.get(upTo) ?? 0) > now) read = tokens;
    });
    ends.forEach(({ prefix: upTo, tokens }, i) => {
      if (tokens < this.#least) return;
      if (implicit || pieces[i]?.keep === true) {
        held = tokens;
        this.#kept.set(upTo, now + this.#lifeMs);
      } else if (tokens <= read && this.#kept.has(upTo)) this.#kept.set(upTo, now + this.#lifeMs);
    });
    if (implicit) {
      const rounded = Math.floor(read / 128) * 128;
      return { parts: ['ok'], usage: { input: all - rounded, cacheRead: rounded, output: 2 } };
    }
    const written = Math.max(0, held - read);
    const cacheWriteHour = this.#lifeMs > 300_000 ? written : 0;
    const usage = { input: all - read - written, cacheRead: read, cacheWrite: written, cacheWriteHour, output: 2 };
    return { parts: ['ok'], usage };
  }
}

function anthropicPieces({ tools, system, messages }: Json): Piece[] {
  const turns = list(messages).flatMap(({ role, content }) =>
    (typeof content === 'string' ? [{ type: 'text', text: content }] : list(content)).map((block) => ({
      role,
      ...block,
    })),
  );
  const instructions = typeof system === 'string' ? [{ type: 'text', text: system }] : list(system);
  return [...list(tools), ...instructions, ...turns].map(({ cache_control: mark, ...block }: Json) => ({
    text: JSON.stringify(block),
    keep: mark !== undefined,
  }));
}

function chatPieces({ tools, messages }: Json): Piece[] {
  return [...list(tools), ...list(messages)].map((block) => ({ text: JSON.stringify(block), keep: true }));
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}
