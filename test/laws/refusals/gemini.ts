import { type Break, googleError, googleQuota, quotaFailure, type Refusal, retryInfo, under } from './refusal.ts';

export const geminiRefusals: readonly Refusal[] = under('gemini', 'Google', [
  {
    status: 429,
    body: googleError(
      429,
      'RESOURCE_EXHAUSTED',
      googleQuota,
      quotaFailure('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
      retryInfo('34.07s'),
    ),
    kind: 'rate_limit',
    retryAfter: 34.07,
  },
  {
    status: 429,
    body: googleError(
      429,
      'RESOURCE_EXHAUSTED',
      googleQuota,
      quotaFailure('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      retryInfo('34.07s'),
    ),
    kind: 'rate_limit',
    retryAfter: 34.07,
    shouldRetry: false,
  },
  {
    status: 429,
    body: googleError(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.'),
    kind: 'rate_limit',
  },
  {
    status: 429,
    body: googleError(
      429,
      'RESOURCE_EXHAUSTED',
      'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
    ),
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 403,
    body: googleError(403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.', {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'BILLING_DISABLED',
      domain: 'googleapis.com',
    }),
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 503,
    body: googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    kind: 'overloaded',
  },
  {
    status: 503,
    body: googleError(
      503,
      'UNAVAILABLE',
      'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
    ),
    kind: 'overloaded',
  },
  { status: 503, body: googleError(503, 'UNAVAILABLE', 'The service is currently unavailable.'), kind: 'unavailable' },
  {
    status: 500,
    body: googleError(
      500,
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
    kind: 'internal',
  },
  {
    status: 504,
    body: googleError(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
    kind: 'upstream_timeout',
  },
  { status: 499, body: googleError(499, 'CANCELLED', 'The operation was cancelled.'), kind: 'bad_upstream' },
  {
    status: 400,
    body: googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    }),
    kind: 'authentication',
  },
  {
    status: 401,
    body: googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    kind: 'authentication',
  },
  {
    status: 403,
    body: googleError(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied on resource"),
    kind: 'permission',
  },
  {
    status: 400,
    body: googleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    kind: 'permission',
  },
  {
    status: 404,
    body: googleError(404, 'NOT_FOUND', 'models/gemini-0 is not found for API version v1beta'),
    kind: 'not_found',
  },
  {
    status: 400,
    body: googleError(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    kind: 'context_overflow',
  },
  {
    status: 400,
    body: googleError(400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
    kind: 'too_large',
  },
  {
    status: 400,
    body: googleError(400, 'INVALID_ARGUMENT', 'Invalid value at contents[0].role'),
    kind: 'invalid_request',
  },
  { status: 502, body: '<html><title>Error 502 (Server Error)!!1</title></html>', kind: 'bad_upstream' },
]);

export const geminiBreaks: readonly Break[] = [
  ...(
    [
      [googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'), 'overloaded'],
      [googleError(429, 'RESOURCE_EXHAUSTED', googleQuota, retryInfo('34.07s')), 'rate_limit', 34.07],
      [googleError(500, 'INTERNAL', 'Internal error encountered.'), 'internal'],
      [googleError(499, 'CANCELLED', 'The operation was cancelled.'), 'bad_upstream'],
      [googleError(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'), 'upstream_timeout'],
    ] as const
  ).map(
    ([event, kind, retryAfter]): Break => ({
      from: 'Google',
      dialect: 'gemini',
      event,
      kind,
      ...(retryAfter !== undefined && { retryAfter }),
    }),
  ),
];
