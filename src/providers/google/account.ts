import { isObject, type JsonObject, parseJson, stringIn } from '../../canon/json.ts';

/** What Google's credential files hold. */
export type GoogleAccount =
  | {
      readonly type: 'service_account';
      readonly email: string;
      readonly privateKey: string;
      readonly keyId?: string;
      readonly tokenUrl: string;
      readonly project?: string;
    }
  | {
      readonly type: 'authorized_user';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string;
      /** The project that is charged, where it is not the one that is called. */
      readonly quotaProject?: string;
    };

/** Where tokens are fetched unless the file says otherwise. */
export const usualTokenUrl = 'https://oauth2.googleapis.com/token';

/** The account in a file's text. Where it is none that is known here: why, without any of what it holds. */
export function readAccount(text: string): GoogleAccount | { readonly complaint: string } {
  const file = parseJson(text);
  if (!isObject(file)) return { complaint: 'is not JSON' };
  if (file.type === 'service_account') return serviceAccount(file);
  if (file.type === 'authorized_user') return authorizedUser(file);
  const type = stringIn(file.type) ?? 'no type';
  const shown = /^[a-z_]{1,40}$/.test(type) ? type : 'another type';
  return { complaint: `holds ${shown}; Dragoman knows service_account and authorized_user` };
}

function serviceAccount(file: JsonObject): GoogleAccount | { readonly complaint: string } {
  const {
    client_email: email,
    private_key: privateKey,
    private_key_id: keyId,
    token_uri: url,
    project_id: project,
  } = texts(file);
  if (email === undefined || privateKey === undefined) return { complaint: 'has no client_email and private_key' };
  return {
    type: 'service_account',
    email,
    privateKey,
    tokenUrl: url ?? usualTokenUrl,
    ...(keyId === undefined ? {} : { keyId }),
    ...(project === undefined ? {} : { project }),
  };
}

function authorizedUser(file: JsonObject): GoogleAccount | { readonly complaint: string } {
  const {
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
    quota_project_id: quotaProject,
  } = texts(file);
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined) {
    return { complaint: 'has no client_id, client_secret and refresh_token' };
  }
  return {
    type: 'authorized_user',
    clientId,
    clientSecret,
    refreshToken,
    ...(quotaProject === undefined ? {} : { quotaProject }),
  };
}

function texts(file: JsonObject): { readonly [field: string]: string | undefined } {
  return Object.fromEntries(Object.entries(file).map(([field, value]) => [field, stringIn(value)]));
}
