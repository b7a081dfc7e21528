import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from './json.ts';

/** The client that the token endpoint knows. */
export interface OAuthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Seconds that a token is good for; the default is 3600. */
  readonly expiresIn?: number;
}

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Databricks' path (workspace or account), and Microsoft's. */
const PATH = /\/oidc\/(?:accounts\/[^/]+\/)?v1\/token$|\/oauth2\/v2\.0\/token$/;

/** True for a path of the token endpoint. */
export function isTokenPath(path: string): boolean {
  return PATH.test(path);
}

/** Gives and knows tokens of the client-credentials flow. */
export class TokenIssuer {
  readonly #options: OAuthOptions;
  readonly #expiries = new Map<string, number>();
  #calls = 0;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  /** How often a token was asked for, well or badly. */
  get calls(): number {
    return this.#calls;
  }

  /** True while a token that was given is good. */
  isGood(token: string): boolean {
    return (this.#expiries.get(token) ?? 0) > performance.now();
  }

  /** Ends every token at once, as a server does that forgets its sessions. */
  expireAll(): void {
    this.#expiries.clear();
  }

  /** Answers a request for a token: form body, credentials in it or in a Basic header. */
  answer(headers: IncomingHttpHeaders, body: string): TokenAnswer {
    this.#calls += 1;
    const form = new URLSearchParams(body);
    if (form.get('grant_type') !== 'client_credentials') {
      return failure(400, 'unsupported_grant_type', 'The grant type is not supported.');
    }
    const basic = /^basic (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const [id = '', ...secret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(':');
    const clientId = basic === undefined ? form.get('client_id') : decodeURIComponent(id);
    const clientSecret = basic === undefined ? form.get('client_secret') : decodeURIComponent(secret.join(':'));
    if (clientId !== this.#options.clientId || clientSecret !== this.#options.clientSecret) {
      return failure(401, 'invalid_client', 'Client authentication failed');
    }
    return { status: 200, body: this.#issue(form.get('scope') ?? 'all-apis') };
  }

  #issue(scope: string): JsonObject {
    const seconds = this.#options.expiresIn ?? 3600;
    const now = performance.now();
    for (const [token, expiry] of this.#expiries) if (expiry <= now) this.#expiries.delete(token);
    const token = `simulated.${randomBytes(24).toString('base64url')}`;
    this.#expiries.set(token, now + seconds * 1000);
    return { access_token: token, token_type: 'Bearer', expires_in: seconds, scope };
  }
}

function failure(status: number, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description } };
}
