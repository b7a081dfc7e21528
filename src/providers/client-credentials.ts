import { GatewayError } from '../canon/error.ts';
import { isObject, numberIn, parseJson, stringIn } from '../canon/json.ts';
import type { Secret } from '../config/secret.ts';
import type { Headers } from '../dialects/dialect.ts';
import { type Credential, keyHeaders } from './credential.ts';

/** Posts a form and gathers the answer, whatever its status; fails when there is none. */
export type PostForm = (url: URL, headers: Headers, form: string) => Promise<{ status: number; body: Uint8Array }>;

/** Where and as whom tokens are fetched. */
export interface ClientCredentialsOptions {
  /** For messages. */
  readonly provider: string;
  readonly tokenUrl: URL;
  readonly clientId: Secret;
  readonly clientSecret: Secret;
  readonly scope: string;
  readonly post: PostForm;
  /** Sent along with the token. */
  readonly headers: Headers;
  /** Milliseconds since the epoch; a test turns it. */
  readonly now?: () => number;
}

interface Token {
  readonly headers: Headers;
  /** From here on another one is fetched in the background, while this one is still used. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** Without `expires_in` a token is taken to live for this long. */
const usualLifeMs = 3_600_000;
/** A token is not used in its last moments: it must not expire on its way. */
const marginMs = 30_000;
/** After a renewal failed, the next try waits: a token service that is down is not hammered while the old token lives. */
const retryAfterMs = 10_000;

/** OAuth client credentials: one token for all calls, fetched once however many wait for it, renewed before it expires. */
export class ClientCredentials implements Credential {
  readonly #options: ClientCredentialsOptions;
  readonly #now: () => number;
  #token: Token | undefined;
  #fetching: Promise<Headers> | undefined;
  #notBefore = 0;

  constructor(options: ClientCredentialsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  authorize(signal?: AbortSignal): Headers | Promise<Headers> {
    const now = this.#now();
    const token = this.#token;
    if (token === undefined || now >= token.expiresAt) return untilAborted(this.#fetchOnce(), signal);
    if (now >= token.renewAt && now >= this.#notBefore && this.#fetching === undefined) {
      this.#fetchOnce().catch(() => {
        this.#notBefore = this.#now() + retryAfterMs;
      });
    }
    return token.headers;
  }

  /** Only the refused token is given up: another call may have fetched a new one meanwhile. */
  refused(headers: Headers): boolean {
    if (this.#token?.headers === headers) this.#token = undefined;
    return true;
  }

  /** The fetch belongs to all who wait for it, so that no one of them can abort it. */
  #fetchOnce(): Promise<Headers> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<Headers> {
    const { status, text } = await this.#post();
    const answer = parseJson(text);
    const token = isObject(answer) ? stringIn(answer.access_token) : undefined;
    if (status !== 200 || token === undefined) throw this.#refusal(status, answer);
    const seconds = isObject(answer) ? numberIn(Number(answer.expires_in)) : undefined;
    const life = seconds === undefined || seconds <= 0 ? usualLifeMs : seconds * 1000;
    const now = this.#now();
    const expiresAt = now + Math.max(life - marginMs, life / 2);
    const headers = Object.freeze({ ...this.#options.headers, ...keyHeaders('bearer', token) });
    this.#token = { headers, expiresAt, renewAt: now + Math.min(life * 0.8, expiresAt - now) };
    return headers;
  }

  async #post(): Promise<{ status: number; text: string }> {
    const { tokenUrl, clientId, clientSecret, scope, provider, post } = this.#options;
    const basic = Buffer.from(`${clientId.reveal()}:${clientSecret.reveal()}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, accept: 'application/json' };
    const form = new URLSearchParams({ grant_type: 'client_credentials', scope }).toString();
    try {
      const { status, body } = await post(tokenUrl, headers, form);
      return { status, text: Buffer.from(body).toString() };
    } catch (cause) {
      throw unreachable(provider, cause);
    }
  }

  /** Only the machine-readable code is repeated: descriptions have been seen to quote what was sent. */
  #refusal(status: number, answer: unknown): GatewayError {
    const { provider } = this.#options;
    if (status >= 500) {
      return new GatewayError(
        'bad_upstream',
        `The token service of the provider "${provider}" fails (status ${status}).`,
      );
    }
    const said = isObject(answer) ? stringIn(answer.error) : undefined;
    const code = said !== undefined && /^[a-z_]{1,40}$/.test(said) ? said : `status ${status}`;
    const message = `The token service of the provider "${provider}" refuses its client id and secret (${code}).`;
    return new GatewayError('authentication', message, { shouldRetry: false });
  }
}

function unreachable(provider: string, cause: unknown): GatewayError {
  return new GatewayError('bad_upstream', `The token service of the provider "${provider}" cannot be reached.`, {
    cause,
  });
}

/** The same promise, except that an aborted caller stops waiting for it. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
