import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '../problem.ts';

/** The API key of a request that is not signed. */
export function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? [] : [bearer];
}

/** Why a request without a good key is refused. */
export function unauthorized({ headers }: { readonly headers: IncomingHttpHeaders }): Problem {
  if (headers.authorization === undefined) {
    return { status: 403, type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  }
  if (keysIn(headers).length === 0) {
    const message = 'The security token included in the request is invalid.';
    return { status: 403, type: 'UnrecognizedClientException', message };
  }
  const message = 'Authentication failed: Please make sure your API Key is valid.';
  return { status: 403, type: 'AccessDeniedException', message };
}
