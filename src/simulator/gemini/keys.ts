import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorContext } from '../dialect.ts';
import type { Problem } from '../problem.ts';

function bearerIn(headers: IncomingHttpHeaders): string | undefined {
  return /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** The keys that Google looks for: a header, the query, or an OAuth token. */
export function keysIn(headers: IncomingHttpHeaders, query: URLSearchParams): string[] {
  const given = [headers['x-goog-api-key'], query.get('key'), bearerIn(headers)];
  return given.filter((value): value is string => typeof value === 'string' && value !== '');
}

/** Why a request without a good key is refused. */
export function unauthorized({ headers, query }: Omit<ErrorContext, 'requestId'>): Problem {
  if (keysIn(headers, query).length === 0) {
    return {
      status: 403,
      message:
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other " +
        'form of API consumer identity to call this API.',
    };
  }
  if (bearerIn(headers) !== undefined) {
    return {
      status: 401,
      message:
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
        'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    };
  }
  return {
    status: 400,
    message: 'API key not valid. Please pass a valid API key.',
    details: {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
  };
}
