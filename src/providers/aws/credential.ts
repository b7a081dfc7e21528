import type { Headers } from '../../dialects/dialect.ts';
import type { Credential } from '../credential.ts';
import type { WireCall } from '../provider.ts';
import { type Fetched, Renewed } from '../renewed.ts';
import { type AwsKeys, type SigningScope, signedHeaders } from './sigv4.ts';

/** Keys this young are not why a call was refused: the caller is not allowed to do what it wants. */
const youngMs = 30_000;

/** Whose keys sign what. */
export interface AwsCredentialOptions {
  find(): Promise<Fetched<AwsKeys>>;
  /** True when another search would find the same keys. */
  readonly fixed: boolean;
  readonly scope: SigningScope;
  /** Headers sent along with each call. */
  readonly more: Headers;
  /** Milliseconds since the epoch; a test turns it. */
  readonly now?: () => number;
}

/** Signs every call with keys that are found when they are needed. */
export class AwsCredential implements Credential {
  readonly #keys: Renewed<AwsKeys>;
  readonly #scope: SigningScope;
  readonly #more: Headers;
  readonly #now: () => number;
  readonly #fixed: boolean;
  readonly #signedWith = new WeakMap<Headers, AwsKeys>();
  #foundAt = 0;

  constructor({ find, fixed, scope, more, now = Date.now }: AwsCredentialOptions) {
    const noted = async (): Promise<Fetched<AwsKeys>> => {
      const found = await find();
      this.#foundAt = now();
      return found;
    };
    this.#keys = new Renewed(noted, now);
    this.#scope = scope;
    this.#more = more;
    this.#now = now;
    this.#fixed = fixed;
  }

  authorize(call?: WireCall, signal?: AbortSignal): Headers | Promise<Headers> {
    if (call === undefined) throw new Error('A call that is to be signed must be shown.');
    const keys = this.#keys.get(signal);
    return keys instanceof Promise ? keys.then((found) => this.#sign(call, found)) : this.#sign(call, keys);
  }

  refused(headers: Headers): boolean {
    const keys = this.#signedWith.get(headers);
    if (keys === undefined || this.#fixed || this.#now() - this.#foundAt < youngMs) return false;
    this.#keys.giveUp(keys);
    return true;
  }

  #sign(call: WireCall, keys: AwsKeys): Headers {
    const whole = { ...call, headers: { ...call.headers, ...this.#more } };
    const headers = { ...this.#more, ...signedHeaders(whole, keys, this.#scope, this.#now()) };
    this.#signedWith.set(headers, keys);
    return headers;
  }
}
