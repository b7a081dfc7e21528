import { GatewayError } from '../canon/error.ts';
import { isObject, type JsonObject, numberIn, parseJson, stringIn } from '../canon/json.ts';
import type { Headers } from '../dialects/dialect.ts';
import type { Ask, Question } from './ask.ts';
import type { Credential } from './credential.ts';
import { keyHeaders } from './key-header.ts';
import type { WireCall } from './provider.ts';
import { type Fetched, Renewed } from './renewed.ts';

/** A bearer token as its service gives it. */
export interface Token {
  readonly token: string;
  /** Milliseconds. */
  readonly life: number;
}

/** A service that issues what shows who is calling, as far as talking with it goes. */
export interface TokenService {
  /** Name of the provider, for messages. */
  readonly provider: string;
  readonly ask: Ask;
  /** What it refuses when it refuses, for messages: `its client id and secret`. */
  readonly shown: string;
}

/** Without `expires_in` a token is taken to live for this long. */
const usualLifeMs = 3_600_000;

/** Asks for a token. @throws GatewayError that says who refused what, without repeating any of it. */
export async function fetchToken(service: TokenService, question: Question): Promise<Token> {
  const answer = await askService(service, question);
  const token = stringIn(answer.access_token);
  if (token === undefined) throw refusal(service, 200, answer);
  return { token, life: lifeOf(answer) };
}

/** An answer that is a JSON object. @throws GatewayError as `fetchToken` does. */
export async function askService(service: TokenService, question: Question): Promise<JsonObject> {
  const { status, text } = await textFrom(service, question);
  const answer = parseJson(text);
  if (status !== 200 || !isObject(answer)) throw refusal(service, status, answer);
  return answer;
}

/** Any answer. @throws GatewayError when there is none. */
export async function textFrom(
  { provider, ask }: TokenService,
  question: Question,
): Promise<{ status: number; text: string }> {
  try {
    const { status, body } = await ask(question);
    return { status, text: Buffer.from(body).toString() };
  } catch (cause) {
    if (cause instanceof GatewayError && cause.kind === 'authentication') throw cause;
    throw new GatewayError('bad_upstream', `The token service of the provider "${provider}" cannot be reached.`, {
      cause,
    });
  }
}

function lifeOf(answer: JsonObject): number {
  const seconds = numberIn(Number(answer.expires_in));
  return seconds === undefined || seconds <= 0 ? usualLifeMs : seconds * 1000;
}

/** Only the machine-readable code is repeated: descriptions have been seen to quote what was sent. */
export function refusal({ provider, shown }: TokenService, status: number, answer: unknown): GatewayError {
  if (status >= 500) {
    return new GatewayError(
      'bad_upstream',
      `The token service of the provider "${provider}" fails (status ${status}).`,
    );
  }
  const said = isObject(answer) ? stringIn(answer.error) : undefined;
  const code = said !== undefined && /^[a-z_]{1,40}$/.test(said) ? said : `status ${status}`;
  const message = `The token service of the provider "${provider}" refuses ${shown} (${code}).`;
  return new GatewayError('authentication', message, { shouldRetry: false });
}

/** Shows a bearer token that is fetched when it is needed. */
export class TokenCredential implements Credential {
  readonly #headers: Renewed<Headers>;

  /** @param more headers sent along with the token. */
  constructor(fetch: () => Promise<Token>, more: Headers, now?: () => number) {
    const fetchHeaders = async (): Promise<Fetched<Headers>> => {
      const { token, life } = await fetch();
      return { value: Object.freeze({ ...more, ...keyHeaders('bearer', token) }), life };
    };
    this.#headers = new Renewed(fetchHeaders, now);
  }

  authorize(_call?: WireCall, signal?: AbortSignal): Headers | Promise<Headers> {
    return this.#headers.get(signal);
  }

  refused(headers: Headers): boolean {
    this.#headers.giveUp(headers);
    return true;
  }
}
