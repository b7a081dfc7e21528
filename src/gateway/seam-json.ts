/**
 * What is missing of a call's arguments, given their beginning as it was sent and a second, whole saying of them: nothing
 * where the second does not begin as the first did. White space between tokens, and how characters are escaped, may differ.
 */
export function missingJson(sent: string, whole: string): string | undefined {
  if (whole.startsWith(sent)) return whole.slice(sent.length);
  const [a, b] = [new JsonCursor(sent), new JsonCursor(whole)];
  for (;;) {
    a.skipSpace();
    if (a.isOver) return b.rest();
    b.skipSpace();
    const said = a.next();
    // The beginning may end in the middle of an escape, and only one that is spelt the same can be gone on with.
    if (said === undefined) return a.isOver ? undefined : b.sameFrom(a.rest());
    if (said !== b.next()) return undefined;
  }
}

/** Whether two texts of arguments mean the same. */
export function isSameJson(a: string, b: string): boolean {
  return missingJson(a, b)?.trim() === '' && missingJson(b, a)?.trim() === '';
}

/** Goes through the text of JSON by what its characters mean. */
class JsonCursor {
  readonly #text: string;
  #at = 0;
  #inString = false;

  constructor(text: string) {
    this.#text = text;
  }

  get isOver(): boolean {
    return this.#at >= this.#text.length;
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }

  skipSpace(): void {
    if (this.#inString) return;
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  /** The next character, quotes told apart from those that are escaped; nothing where an escape is not whole. */
  next(): string | undefined {
    const char = this.#text[this.#at];
    if (char === undefined) return undefined;
    if (!this.#inString || char !== '\\') {
      this.#at += 1;
      if (char !== '"') return this.#inString ? `'${char}` : char;
      this.#inString = !this.#inString;
      return char;
    }
    const length = this.#text[this.#at + 1] === 'u' ? 6 : 2;
    const spelt = this.#text.slice(this.#at, this.#at + length);
    if (spelt.length < length) return undefined;
    this.#at += length;
    try {
      return `'${JSON.parse(`"${spelt}"`) as string}`;
    } catch {
      return `\\${spelt}`;
    }
  }

  /** What follows this very text here. */
  sameFrom(text: string): string | undefined {
    return this.#text.startsWith(text, this.#at) ? this.#text.slice(this.#at + text.length) : undefined;
  }
}
