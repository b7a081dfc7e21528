/** Request headers that belong to the language, its agents or its relays, and are sent on: lower case. */
export const requestHeaders: readonly string[] = [
  'openai-organization',
  'openai-project',
  'openai-beta',
  'idempotency-key',
  'x-client-request-id',
  'originator',
  'session-id',
  'session_id',
  'thread-id',
  'conversation_id',
  'x-codex-window-id',
  'x-codex-turn-metadata',
  'x-codex-turn-state',
  'x-codex-beta-features',
  'x-openai-subagent',
  'http-referer',
  'x-title',
  'x-openrouter-title',
  'x-session-id',
];

/** Response headers that are sent back. Rate limits, and the names of whoever pays, are the gateway's own affair. */
export const responseHeaders: readonly string[] = [
  'x-request-id',
  'openai-processing-ms',
  'openai-version',
  'openai-model',
  'x-codex-turn-state',
  'x-models-etag',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
];
