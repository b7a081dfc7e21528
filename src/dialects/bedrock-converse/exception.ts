import { type ErrorKind, errorKindOf, errorKinds } from '../../canon/error.ts';

/** What the service calls a failure, and under what HTTP status. */
export interface Exception {
  readonly name: string;
  readonly status: number;
}

/** The exception that a client of this language expects for each kind. */
export const exceptionOf: { readonly [kind in ErrorKind]: Exception } = {
  invalid_request: { name: 'ValidationException', status: 400 },
  context_overflow: { name: 'ValidationException', status: 400 },
  content_policy: { name: 'ValidationException', status: 400 },
  authentication: { name: 'UnrecognizedClientException', status: 403 },
  billing: { name: 'AccessDeniedException', status: 402 },
  permission: { name: 'AccessDeniedException', status: 403 },
  not_found: { name: 'ResourceNotFoundException', status: 404 },
  timeout: { name: 'RequestTimeoutException', status: 408 },
  conflict: { name: 'ConflictException', status: 400 },
  too_large: { name: 'RequestEntityTooLargeException', status: 413 },
  rate_limit: { name: 'ThrottlingException', status: 429 },
  internal: { name: 'InternalServerException', status: 500 },
  not_supported: { name: 'UnsupportedOperationException', status: 501 },
  bad_upstream: { name: 'ModelErrorException', status: 424 },
  unavailable: { name: 'ServiceUnavailableException', status: 503 },
  upstream_timeout: { name: 'ModelTimeoutException', status: 408 },
  overloaded: { name: 'ServiceUnavailableException', status: 503 },
};

/** Exceptions that may stand in a stream, by the kinds they say; all others are told as the model's, with their status beside. */
export const streamExceptions: { readonly [kind in ErrorKind]?: string } = {
  invalid_request: 'validationException',
  context_overflow: 'validationException',
  content_policy: 'validationException',
  rate_limit: 'throttlingException',
  internal: 'internalServerException',
  unavailable: 'serviceUnavailableException',
  overloaded: 'serviceUnavailableException',
};

/** Names in lower case: in streams they begin with a small letter. */
const kindOfName: ReadonlyMap<string, ErrorKind> = new Map([
  ['validationexception', 'invalid_request'],
  ['serializationexception', 'invalid_request'],
  ['invalidparameterexception', 'invalid_request'],
  ['badrequestexception', 'invalid_request'],
  ['accessdeniedexception', 'permission'],
  ['accessdenied', 'permission'],
  ['forbiddenexception', 'permission'],
  ['notauthorizedexception', 'permission'],
  ['optinrequired', 'permission'],
  ['unrecognizedclientexception', 'authentication'],
  ['invalidsignatureexception', 'authentication'],
  ['signaturedoesnotmatch', 'authentication'],
  ['incompletesignature', 'authentication'],
  ['incompletesignatureexception', 'authentication'],
  ['missingauthenticationtoken', 'authentication'],
  ['missingauthenticationtokenexception', 'authentication'],
  ['invalidclienttokenid', 'authentication'],
  ['expiredtoken', 'authentication'],
  ['expiredtokenexception', 'authentication'],
  ['requestexpired', 'authentication'],
  ['unauthorizedexception', 'authentication'],
  ['resourcenotfoundexception', 'not_found'],
  ['unknownoperationexception', 'not_found'],
  ['requesttimeout', 'timeout'],
  ['requesttimeoutexception', 'timeout'],
  ['conflictexception', 'conflict'],
  ['requestentitytoolargeexception', 'too_large'],
  ['requesttoolargeexception', 'too_large'],
  ['throttlingexception', 'rate_limit'],
  ['throttling', 'rate_limit'],
  ['throttledexception', 'rate_limit'],
  ['toomanyrequestsexception', 'rate_limit'],
  ['requestlimitexceeded', 'rate_limit'],
  ['limitexceededexception', 'rate_limit'],
  ['provisionedthroughputexceededexception', 'rate_limit'],
  ['servicequotaexceededexception', 'rate_limit'],
  ['internalserverexception', 'internal'],
  ['internalservererror', 'internal'],
  ['internalfailure', 'internal'],
  ['unsupportedoperationexception', 'not_supported'],
  ['notimplementedexception', 'not_supported'],
  ['modelerrorexception', 'bad_upstream'],
  ['modelstreamerrorexception', 'bad_upstream'],
  // The model is being loaded: nobody has called too often.
  ['modelnotreadyexception', 'unavailable'],
  ['modeltimeoutexception', 'upstream_timeout'],
  ['serviceunavailableexception', 'overloaded'],
  ['serviceunavailable', 'overloaded'],
]);

/** The kind of a named failure; nothing for a name this dialect does not know. @param original the model's own status, beside its errors. */
export function kindOfException(name: string, original?: number): ErrorKind | undefined {
  const kind = kindOfName.get(name.toLowerCase());
  if (kind !== 'bad_upstream' || original === undefined || original < 400) return kind;
  const exact = Object.entries(errorKinds).find(([, status]) => status === original && original !== 400)?.[0];
  return (exact as ErrorKind | undefined) ?? errorKindOf(original);
}
