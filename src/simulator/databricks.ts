import type { Problem } from './problem.ts';

/** True for paths of a Databricks workspace, whose door is the same for every language behind it. */
export function isDatabricksPath(path: string): boolean {
  return /\/(?:serving-endpoints|ai-gateway)\//.test(path);
}

/** How a workspace refuses at its door: 403 for a token that is wrong or has expired, 401 when there is none. */
export function databricksUnauthorized(given: boolean): Problem {
  const code = given ? 403 : 401;
  const message = given
    ? 'Invalid access token.'
    : 'Credential was not sent or was of an unsupported type for this API.';
  return { status: code, message, body: { error_code: code, message } };
}
