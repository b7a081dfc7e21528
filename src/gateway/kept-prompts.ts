import { isObject, type JsonObject, parseJson } from '../canon/json.ts';
import type { Pieces } from '../wire/pieces.ts';

/** The bodies of a call, for when its conversation's next one has to be compared to them. */
export interface KeptPrompt {
  /** What went to the provider; nothing when it has been forgotten. */
  outgoing: readonly Buffer[] | undefined;
  /** What the client sent, where that is something else. */
  client: readonly Buffer[] | undefined;
  readonly bytes: number;
  /** When it is of no use any more, milliseconds since the epoch. */
  until: number;
}

/** Bodies with more bytes than this are not kept: to compare them would make other calls wait. */
const maxPrompt = 8 * 1024 * 1024;

/** Keeps bodies as they are, in no more bytes than it may; the oldest are forgotten first. Nothing is copied. */
export class KeptPrompts {
  readonly #most: number;
  readonly #kept = new Set<KeptPrompt>();
  #bytes = 0;

  /** @param most bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  keep(outgoing: Pieces, client: Pieces | undefined, until: number): KeptPrompt {
    const bytes = outgoing.length + (client?.length ?? 0);
    const prompt: KeptPrompt = { outgoing: outgoing.list, client: client?.list, bytes, until };
    if (bytes > maxPrompt) return { ...prompt, outgoing: undefined, client: undefined };
    this.#kept.add(prompt);
    this.#bytes += bytes;
    return prompt;
  }

  forget(prompt: KeptPrompt): void {
    if (!this.#kept.delete(prompt)) return;
    this.#bytes -= prompt.bytes;
    prompt.outgoing = undefined;
    prompt.client = undefined;
  }

  /** Forgets what is too much, and what is too old. */
  tidy(now: number): void {
    for (const oldest of this.#kept) {
      if (this.#bytes <= this.#most && oldest.until > now) return;
      this.forget(oldest);
    }
  }
}

/** A body that has been kept, as text; nothing when it has been forgotten. */
export function textOf(kept: readonly Buffer[] | undefined): string | undefined {
  if (kept === undefined) return undefined;
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? only.toString() : Buffer.concat(kept).toString();
}

/** That text as JSON; nothing where it is none. */
export function bodyIn(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const parsed = parseJson(text.startsWith('\ufeff') ? text.slice(1) : text);
  return isObject(parsed) ? parsed : undefined;
}
