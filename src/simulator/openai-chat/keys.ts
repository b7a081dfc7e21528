import type { IncomingHttpHeaders } from 'node:http';
import { databricksUnauthorized, isDatabricksPath } from '../databricks.ts';
import type { ErrorContext } from '../dialect.ts';
import type { Problem } from '../problem.ts';
import { flavorOf } from './flavor.ts';

/** The keys that OpenAI's services look for: a bearer token, or Azure's own header. */
export function keysIn(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['api-key'];
  return [bearer, key].filter((value): value is string => typeof value === 'string');
}

/** Why a request without a good key is refused. */
export function unauthorized(call: Omit<ErrorContext, 'requestId'>): Problem {
  const given = keysIn(call.headers).length > 0;
  if (flavorOf(call) === 'databricks' || isDatabricksPath(call.path)) return databricksUnauthorized(given);
  if (given) return { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.' };
  return {
    status: 401,
    message:
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
      '(i.e. Authorization: Bearer YOUR_KEY).',
  };
}
