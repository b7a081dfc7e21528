/** `claude-sonnet-4-5-20250929` is `anthropic/claude-sonnet-4.5` where models are named by vendor, and so on. */
export const vendorNames: readonly (readonly [RegExp, string])[] = [
  [/^claude-(\d)-(\d)-([a-z]+)(?:-\d{8}|-latest)?$/, 'anthropic/claude-$1.$2-$3'],
  [/^claude-([a-z]+)-(\d+)-(\d{1,2})(?:-\d{8})?$/, 'anthropic/claude-$1-$2.$3'],
  [/^claude-([a-z]+)-(\d+)-\d{8}$/, 'anthropic/claude-$1-$2'],
  [/^claude-/, 'anthropic/claude-'],
  [/^(gpt-|chatgpt-|codex-|o\d)/, 'openai/$1'],
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
