/** `claude-sonnet-4-5-20250929` is `anthropic/claude-sonnet-4.5` where models are named by vendor, and so on. */
export const vendorNames: readonly (readonly [RegExp, string])[] = [
  [/^claude-(\d)-(\d)-([a-z]+)(?:-\d{8}|-latest)?$/, 'anthropic/claude-$1.$2-$3'],
  [/^claude-([a-z]+)-(\d+)-(\d{1,2})(?:-\d{8})?$/, 'anthropic/claude-$1-$2.$3'],
  [/^claude-([a-z]+)-(\d+)-\d{8}$/, 'anthropic/claude-$1-$2'],
  [/^claude-/, 'anthropic/claude-'],
  [/^(gpt-|chatgpt-|codex-|o\d|text-embedding-(?:3|ada))/, 'openai/$1'],
  [/^gemini-/, 'google/gemini-'],
];

/** `claude-sonnet-4-5-20250929` and `claude-sonnet-4.5` are `databricks-claude-sonnet-4-5`; dates and dots are not used there. */
export const databricksNames: readonly (readonly [RegExp, string])[] = [
  [/^claude-(\d+)[.-](\d+)-([a-z]+)(?:-\d{8}|-latest)?$/, 'databricks-claude-$1-$2-$3'],
  [/^claude-([a-z]+)-(\d+)[.-](\d{1,2})(?:-\d{8})?$/, 'databricks-claude-$1-$2-$3'],
  [/^claude-([a-z]+)-(\d+)(?:-\d{8})?$/, 'databricks-claude-$1-$2'],
  [/^(gpt|gemini)-(\d+)\.(\d+)/, 'databricks-$1-$2-$3'],
  [/^(gpt|gemini)-/, 'databricks-$1-'],
];

/** Anthropic writes versions with a dash. */
export const anthropicNames: readonly (readonly [RegExp, string])[] = [
  [/^claude-([a-z]+)-(\d+)\.(\d{1,2})/, 'claude-$1-$2-$3'],
  [/^claude-(\d)\.(\d)-/, 'claude-$1-$2-'],
];

/** Google's own lists have a folder before each name. */
export const geminiNames: readonly (readonly [RegExp, string])[] = [[/^models\//, '']];

/**
 * `claude-sonnet-4-5` is `us.anthropic.claude-sonnet-4-5-20250929-v1:0` at Amazon, where `{profiles}` is the group of
 * regions. The older ones have dates and versions of their own; the newer ones have neither.
 */
export const bedrockNames: readonly (readonly [RegExp, string])[] = [
  [/^claude-haiku-4[.-]5(-20251001)?$/, '{profiles}anthropic.claude-haiku-4-5-20251001-v1:0'],
  [/^claude-sonnet-4[.-]5(-20250929)?$/, '{profiles}anthropic.claude-sonnet-4-5-20250929-v1:0'],
  [/^claude-opus-4[.-]5(-20251101)?$/, '{profiles}anthropic.claude-opus-4-5-20251101-v1:0'],
  [/^claude-opus-4[.-]1(-20250805)?$/, '{profiles}anthropic.claude-opus-4-1-20250805-v1:0'],
  [/^claude-(opus|sonnet)-4(?:-0|-20250514)?$/, '{profiles}anthropic.claude-$1-4-20250514-v1:0'],
  [/^claude-opus-4[.-]6$/, '{profiles}anthropic.claude-opus-4-6-v1'],
  [/^claude-3[.-]7-sonnet(-latest|-20250219)?$/, '{profiles}anthropic.claude-3-7-sonnet-20250219-v1:0'],
  [/^claude-3[.-]5-sonnet(-latest|-20241022)?$/, '{profiles}anthropic.claude-3-5-sonnet-20241022-v2:0'],
  [/^claude-3[.-]5-haiku(-latest|-20241022)?$/, '{profiles}anthropic.claude-3-5-haiku-20241022-v1:0'],
  [/^claude-(.+-\d{8})$/, '{profiles}anthropic.claude-$1-v1:0'],
  [/^claude-([a-z]+)-(\d+)[.-](\d{1,2})$/, '{profiles}anthropic.claude-$1-$2-$3'],
  [/^claude-/, '{profiles}anthropic.claude-'],
];

/** `claude-sonnet-4-5-20250929` is `claude-sonnet-4-5@20250929` at Google; Google's own models go by their bare names. */
export const vertexNames: readonly (readonly [RegExp, string])[] = [
  [/^(?:publishers\/(?:google|anthropic)\/)?models\//, ''],
  [/^claude-([a-z]+)-(\d+)\.(\d{1,2})/, 'claude-$1-$2-$3'],
  [/^claude-(.+)-(\d{8})$/, 'claude-$1@$2'],
];
