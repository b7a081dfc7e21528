import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { GatewayError } from '../../canon/error.ts';
import type { Secret } from '../../config/secret.ts';
import { type Ask, formQuestion } from '../ask.ts';
import type { Machine } from '../machine.ts';
import { fetchToken, type Token, type TokenService } from '../token-service.ts';
import { type GoogleAccount, usualTokenUrl } from './account.ts';
import { findAccount, type GoogleSettings } from './found.ts';

/** Whatever tokens are made of. */
export interface GoogleSources extends GoogleSettings {
  /** The provider's name, for messages. */
  readonly provider: string;
  /** A token that somebody else has fetched. */
  readonly accessToken?: Secret;
  /** Where tokens are fetched, instead of where the account says. */
  readonly tokenUrl?: string;
  readonly machine: Machine;
  readonly ask: Ask;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';
/** Seconds for which a token is asked; Google gives no more. */
const lifeSeconds = 3600;

/** A token of the account that is configured, else of the machine's own. @throws GatewayError that says what to do. */
export function fetchGoogleToken(sources: GoogleSources): Promise<Token> {
  const found = findAccount(sources, sources.machine);
  if (found === undefined) return instanceToken(sources);
  const { where, account } = found;
  if ('complaint' in account) throw noToken(sources.provider, `${where} ${account.complaint}`);
  return account.type === 'service_account'
    ? serviceToken(sources, account, where)
    : userToken(sources, account, where);
}

/** A service account signs that it is itself. */
function serviceToken(
  sources: GoogleSources,
  account: GoogleAccount & { type: 'service_account' },
  where: string,
): Promise<Token> {
  const to = sources.tokenUrl ?? account.tokenUrl;
  const now = Math.floor(sources.now() / 1000);
  const assertion = signedToken(
    { alg: 'RS256', typ: 'JWT', ...(account.keyId === undefined ? {} : { kid: account.keyId }) },
    { iss: account.email, scope, aud: account.tokenUrl, iat: now, exp: now + lifeSeconds },
    privateKey(sources.provider, account.privateKey, where),
  );
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  return fetchToken(service(sources, `the service account of ${where}`), formQuestion(new URL(to), {}, form));
}

function privateKey(provider: string, pem: string, where: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause could quote the key.
    throw noToken(provider, `the private_key in ${where} is not a key`);
  }
}

function signedToken(header: object, claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

/** A user who has logged in with `gcloud`. */
function userToken(
  sources: GoogleSources,
  account: GoogleAccount & { type: 'authorized_user' },
  where: string,
): Promise<Token> {
  const { clientId, clientSecret, refreshToken } = account;
  const form = {
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  };
  const question = formQuestion(new URL(sources.tokenUrl ?? usualTokenUrl), {}, form);
  const shown = `the login of ${where}: run gcloud auth application-default login again`;
  return fetchToken(service(sources, shown), question);
}

/** On Google's own machines the metadata server knows who is calling. */
async function instanceToken(sources: GoogleSources): Promise<Token> {
  const { machine, provider, ask } = sources;
  const host = machine.variable('GCE_METADATA_HOST') ?? 'metadata.google.internal';
  const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
  const headers = { accept: 'application/json', 'metadata-flavor': 'Google' };
  const nearby: Ask = async (question) => {
    try {
      return await ask(question);
    } catch {
      throw noToken(
        provider,
        'set GOOGLE_APPLICATION_CREDENTIALS to the file of a service account, or run gcloud auth application-default login, or write credentials_file',
      );
    }
  };
  return fetchToken({ provider, ask: nearby, shown: 'this machine' }, { method: 'GET', url, headers, nearby: true });
}

function service({ provider, ask }: GoogleSources, shown: string): TokenService {
  return { provider, ask, shown };
}

function noToken(provider: string, why: string): GatewayError {
  return new GatewayError('authentication', `The provider "${provider}" has no Google credentials: ${why}.`, {
    shouldRetry: false,
  });
}
