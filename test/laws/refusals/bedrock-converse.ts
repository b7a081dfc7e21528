import { type Break, type Refusal, under } from './refusal.ts';

const named = (name: string): { readonly [name: string]: string } => ({
  'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
});

export const bedrockRefusals: readonly Refusal[] = under('bedrock-converse', 'Bedrock', [
  {
    status: 429,
    body: { message: 'Too many tokens, please wait before trying again.' },
    headers: named('ThrottlingException'),
    kind: 'rate_limit',
  },
  {
    status: 429,
    body: {
      message:
        'Too many requests, please wait before trying again. You have sent too many requests. Wait before trying again.',
    },
    headers: named('ThrottlingException'),
    kind: 'rate_limit',
  },
  {
    status: 400,
    body: { message: 'Your request exceeds the service quota for your account.' },
    headers: named('ServiceQuotaExceededException'),
    kind: 'rate_limit',
  },
  {
    status: 503,
    body: { message: 'Bedrock is unable to process your request.' },
    headers: named('ServiceUnavailableException'),
    kind: 'overloaded',
  },
  {
    status: 429,
    body: { message: 'The model is not ready to serve inference requests. Please try again.' },
    headers: named('ModelNotReadyException'),
    kind: 'unavailable',
  },
  {
    status: 424,
    body: { message: 'The model returned an error.', originalStatusCode: 500, resourceName: 'x' },
    headers: named('ModelErrorException'),
    kind: 'internal',
  },
  {
    status: 408,
    body: { message: 'Model has timed out in processing the request. Try your request again.' },
    headers: named('ModelTimeoutException'),
    kind: 'upstream_timeout',
  },
  {
    status: 500,
    body: { message: 'The system encountered an unexpected error during processing. Try your request again.' },
    headers: named('InternalServerException'),
    kind: 'internal',
  },
  {
    status: 403,
    body: { message: 'The security token included in the request is invalid.' },
    headers: named('UnrecognizedClientException'),
    kind: 'authentication',
  },
  {
    status: 403,
    body: { message: 'The security token included in the request is expired' },
    headers: named('ExpiredTokenException'),
    kind: 'authentication',
  },
  {
    status: 403,
    body: { message: "You don't have access to the model with the specified model ID." },
    headers: named('AccessDeniedException'),
    kind: 'permission',
  },
  {
    status: 403,
    body: {
      message: 'Model access is denied due to INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.',
    },
    headers: named('AccessDeniedException'),
    kind: 'billing',
  },
  {
    status: 400,
    body: { message: 'The provided model identifier is invalid.' },
    headers: named('ValidationException'),
    kind: 'not_found',
  },
  {
    status: 404,
    body: { message: 'Model not found.' },
    headers: named('ResourceNotFoundException'),
    kind: 'not_found',
  },
  {
    status: 400,
    body: { message: 'Input is too long for requested model.' },
    headers: named('ValidationException'),
    kind: 'context_overflow',
  },
  {
    status: 400,
    body: { message: 'Output blocked by content filtering policy' },
    headers: named('ValidationException'),
    kind: 'content_policy',
  },
  {
    status: 400,
    body: { message: 'A conversation must start with a user message.' },
    headers: named('ValidationException'),
    kind: 'invalid_request',
  },
]);

export const bedrockBreaks: readonly Break[] = [
  ...(
    [
      ['throttlingException', { message: 'Too many tokens, please wait before trying again.' }, 'rate_limit'],
      ['serviceUnavailableException', { message: 'Bedrock is unable to process your request.' }, 'overloaded'],
      [
        'internalServerException',
        { message: 'The system encountered an unexpected error during processing. Try your request again.' },
        'internal',
      ],
      [
        'modelStreamErrorException',
        { message: 'The model stream was closed unexpectedly.', originalStatusCode: 424, originalMessage: 'x' },
        'bad_upstream',
      ],
      [
        'modelStreamErrorException',
        { message: 'Overloaded', originalStatusCode: 529, originalMessage: 'Overloaded' },
        'overloaded',
      ],
      ['modelTimeoutException', { message: 'The model timed out.' }, 'upstream_timeout'],
      ['validationException', { message: 'Output blocked by content filtering policy' }, 'content_policy'],
      ['validationException', { message: 'Input is too long for requested model.' }, 'context_overflow'],
      ['modelNotReadyException', { message: 'The model is not ready.' }, 'unavailable'],
      [
        'serviceQuotaExceededException',
        { message: 'Your request exceeds the service quota for your account.' },
        'rate_limit',
      ],
    ] as const
  ).map(([name, event, kind]): Break => ({ from: 'Bedrock', dialect: 'bedrock-converse', name, event, kind })),
];
