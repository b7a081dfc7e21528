/** Request headers that belong to the language: the SDK's name, and what share of a customer's capacity to use. */
export const requestHeaders: readonly string[] = [
  'x-goog-api-client',
  'x-vertex-ai-llm-request-type',
  'x-vertex-ai-llm-shared-request-type',
];

/** Response headers that clients of the language may look at. */
export const responseHeaders: readonly string[] = ['retry-after', 'server-timing', 'x-gemini-service-tier'];
