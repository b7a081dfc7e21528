import { GatewayError } from '../canon/error.ts';

const untrusted = "The provider's certificate comes from nobody whom this machine trusts.";

const words: { readonly [code: string]: string } = {
  ECONNREFUSED: 'The provider refuses connections.',
  ENOTFOUND: "The provider's host name is not known.",
  EAI_AGAIN: "The provider's host name could not be looked up.",
  ENETUNREACH: 'The provider cannot be reached over the network.',
  EHOSTUNREACH: 'The provider cannot be reached over the network.',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_HAS_EXPIRED: "The provider's certificate has expired.",
  CERT_NOT_YET_VALID: "The provider's certificate is not valid yet.",
  CERT_REVOKED: "The provider's certificate has been revoked.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The provider's certificate belongs to another host.",
  ERR_SSL_WRONG_VERSION_NUMBER: 'The provider does not speak TLS at this address.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'The provider does not speak TLS at this address.',
};

const timeouts: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/** A connection's failure in words for the client; its cause, which names addresses, stays in the log. */
export function connectionError(cause: Error, answered: boolean): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const { code = '' } = cause as { code?: string };
  if (answered) {
    return new GatewayError('bad_upstream', 'The connection to the provider broke in the middle of its answer.', {
      cause,
    });
  }
  if (timeouts.has(code)) return unreachedInTime(cause);
  const message = words[code] ?? 'The connection to the provider broke before it answered.';
  return new GatewayError('bad_upstream', message, { cause, code, place: 'connection' });
}

/** No connection came about. */
export function unreachedInTime(cause?: Error): GatewayError {
  return new GatewayError('upstream_timeout', 'The provider could not be reached in time.', {
    cause,
    place: 'connection',
  });
}
