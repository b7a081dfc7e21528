import type { ImageSize } from '../canon/image-size.ts';

/** How a maker's models count, compared with o200k, before their own answers have told. */
export interface TokenFamily {
  /** Tokens for each one of o200k. */
  readonly factor: number;
  /** How far off that may be, as a share. */
  readonly error: number;
  /** Tokens that tools cost beyond their text, once. */
  readonly toolPrompt: number;
  /** Tokens of an image, pixels. */
  image(size: ImageSize): number;
}

const claude: TokenFamily = { factor: 1.13, error: 0.15, toolPrompt: 300, image: byArea };

/** Factors were found by comparing what providers counted with what o200k gives. The first that matches counts. */
const families: readonly (readonly [names: RegExp, family: TokenFamily])[] = [
  [/claude/, claude],
  [/gemini|gemma/, { factor: 1.05, error: 0.2, toolPrompt: 0, image: bySquaresOf768 }],
  [/(^|[/.-])(gpt-|chatgpt|o\d|codex)/, { factor: 1, error: 0.1, toolPrompt: 0, image: byTilesOf512 }],
  [/deepseek|qwen|llama|sonar/, { factor: 1.01, error: 0.15, toolPrompt: 0, image: byArea }],
  [/mistral|mixtral|magistral|devstral|codestral|pixtral/, { factor: 1.03, error: 0.15, toolPrompt: 0, image: byArea }],
];

const unknown: TokenFamily = { factor: 1.05, error: 0.25, toolPrompt: 0, image: byArea };

/** Claude's newer tokenizer makes more tokens of the same text. */
const newClaude: TokenFamily = { ...claude, factor: 1.47 };
const lastOfOld = 4.6;

/** How a model counts, by its name, with or without a provider's before it. */
export function tokenFamilyOf(model: string): TokenFamily {
  const name = model.toLowerCase();
  const family = families.find(([names]) => names.test(name))?.[1] ?? unknown;
  return family === claude && claudeVersion(name) > lastOfOld ? newClaude : family;
}

/** The number in `claude-opus-4-6-20260205` or `claude-3.5-haiku`; a name without one means the latest. */
function claudeVersion(name: string): number {
  const [, major, minor = '0'] = /claude-(?:[a-z]+-)?v?(\d{1,2})(?:[.-](\d{1,2}))?(?!\d)/.exec(name) ?? [];
  return major === undefined ? Number.POSITIVE_INFINITY : Number(`${major}.${minor}`);
}

/** Anthropic: made to fit 1568 pixels, then 750 pixels a token. */
function byArea({ width, height }: ImageSize): number {
  const shrunk = Math.min(1, 1568 / Math.max(width, height));
  return Math.min(1600, Math.ceil((width * height * shrunk * shrunk) / 750));
}

/** OpenAI: made to fit 2048 pixels, the short side 768, then 170 tokens for each tile of 512, and 85 for all. */
function byTilesOf512({ width, height }: ImageSize): number {
  const fitted = Math.min(1, 2048 / Math.max(width, height));
  const shrunk = fitted * Math.min(1, 768 / (Math.min(width, height) * fitted));
  return 85 + 170 * Math.ceil((width * shrunk) / 512) * Math.ceil((height * shrunk) / 512);
}

/** Google: 258 tokens for a small image, or for each square of 768 pixels. */
function bySquaresOf768({ width, height }: ImageSize): number {
  if (Math.max(width, height) <= 384) return 258;
  return 258 * Math.ceil(width / 768) * Math.ceil(height / 768);
}
