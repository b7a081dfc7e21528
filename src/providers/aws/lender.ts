import { GatewayError } from '../../canon/error.ts';
import { isObject, parseJson, stringIn } from '../../canon/json.ts';
import type { Ask, Question } from '../ask.ts';
import type { Machine } from '../machine.ts';
import type { Fetched } from '../renewed.ts';
import type { AwsKeys } from './sigv4.ts';

/** What whoever looks for keys needs. */
export interface Search {
  /** The provider's name, for messages. */
  readonly provider: string;
  readonly machine: Machine;
  readonly ask: Ask;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** No keys: why, and what to do. */
export function noKeys(provider: string, why: string): GatewayError {
  return new GatewayError('authentication', `The provider "${provider}" has no AWS credentials: ${why}.`, {
    shouldRetry: false,
  });
}

/** Keys in an answer in JSON, as containers and instances give them. @throws GatewayError when they are none. */
export function keysIn(text: string, search: Search, who: string): Fetched<AwsKeys> {
  const answer = parseJson(text);
  const [id, secret, token, end] = isObject(answer)
    ? [answer.AccessKeyId, answer.SecretAccessKey, answer.Token ?? answer.SessionToken, answer.Expiration].map(stringIn)
    : [];
  if (id === undefined || secret === undefined) throw noKeys(search.provider, `${who} gives none`);
  return { value: awsKeys(id, secret, token), life: lifeUntil(end, search.now()) };
}

/** Keys, with a token when they are lent. */
export function awsKeys(accessKeyId: string, secretAccessKey: string, sessionToken?: string): AwsKeys {
  return Object.freeze({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
}

/** Milliseconds until then; without end where none is said. */
export function lifeUntil(end: string | undefined, now: number): number {
  const at = end === undefined ? Number.NaN : Date.parse(end);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : Math.max(0, at - now);
}

/** Asks somebody who lends keys. @throws GatewayError when it does not answer. */
export async function askLender(
  { provider, ask }: Search,
  who: string,
  question: Question,
): Promise<{ status: number; text: string }> {
  try {
    const { status, body } = await ask(question);
    return { status, text: Buffer.from(body).toString() };
  } catch (cause) {
    throw new GatewayError(
      'bad_upstream',
      `The AWS credentials of the provider "${provider}": ${who} cannot be reached.`,
      {
        cause,
      },
    );
  }
}
