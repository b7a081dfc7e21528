/** Request headers that belong to the language or to its relays, and are sent on: lower case. */
export const requestHeaders: readonly string[] = [
  'openai-organization',
  'openai-project',
  'openai-beta',
  'idempotency-key',
  'http-referer',
  'x-title',
  'x-openrouter-title',
  'x-openrouter-categories',
  'x-session-id',
  'x-client-request-id',
];

/** Response headers that are sent back. Rate limits, and the names of whoever pays, are the gateway's own affair. */
export const responseHeaders: readonly string[] = [
  'x-request-id',
  'openai-processing-ms',
  'openai-version',
  'openai-model',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
];
