import { type Break, type Refusal, under } from './refusal.ts';

export const cohereRefusals: readonly Refusal[] = under('cohere', 'Cohere', [
  {
    status: 429,
    body: { message: 'You are using a Trial key, which is limited to 10 API calls / minute.' },
    kind: 'rate_limit',
  },
  {
    status: 429,
    body: { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' },
    kind: 'billing',
    shouldRetry: false,
  },
  {
    status: 402,
    body: {
      message:
        'Please add or update your payment method at https://dashboard.cohere.com/billing?tab=payment to continue',
    },
    kind: 'billing',
    shouldRetry: false,
  },
  { status: 401, body: { message: 'invalid api token' }, kind: 'authentication' },
  { status: 403, body: { message: 'your token does not have access to this resource' }, kind: 'permission' },
  {
    status: 404,
    body: {
      message: "model 'x' not found, make sure the correct model ID was used and that you have access to the model.",
    },
    kind: 'not_found',
  },
  {
    status: 400,
    body: {
      message:
        'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292. Try using a shorter prompt, or enable prompt truncation.',
    },
    kind: 'context_overflow',
  },
  {
    status: 498,
    body: { message: 'blocked output: the generated text contains a denied token' },
    kind: 'content_policy',
  },
  { status: 499, body: { message: 'request cancelled by server' }, kind: 'bad_upstream' },
  {
    status: 500,
    body: { message: 'internal server error, this has been reported to our developers.' },
    kind: 'internal',
  },
  { status: 503, body: { message: 'The server is overloaded, please try again later' }, kind: 'overloaded' },
  { status: 504, body: { message: 'Gateway Timeout' }, kind: 'upstream_timeout' },
  { status: 422, body: { message: 'unknown parameter: x' }, kind: 'invalid_request' },
]);

export const cohereBreaks: readonly Break[] = [
  ...(
    [
      [{ message: 'internal server error, this has been reported to our developers.' }, 'internal'],
      [{ message: 'The server is overloaded, please try again later' }, 'overloaded'],
      [{ error: 'You are using a Trial key, which is limited to 10 API calls / minute.' }, 'rate_limit'],
      [{ message: 'request timed out' }, 'upstream_timeout'],
    ] as const
  ).map(([event, kind]): Break => ({ from: 'Cohere', dialect: 'cohere', event, kind })),
];
