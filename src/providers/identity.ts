import type { ProviderConfig } from '../config/config.ts';
import { findAbsent } from '../config/document.ts';
import { pathText } from '../config/problem.ts';
import type { Headers } from '../dialects/dialect.ts';
import { awsIdentity } from './aws/identity.ts';
import { fetchClientToken } from './client-credentials.ts';
import { type Credential, missingCredential, revealed, staticCredential } from './credential.ts';
import { googleIdentity } from './google/identity.ts';
import type { IdentitySources } from './identity-sources.ts';
import { keyHeaders } from './key-header.ts';
import type { Identity, Kind } from './kind.ts';
import { languages } from './language.ts';
import { filled, unfilled, type Values } from './template.ts';
import { TokenCredential } from './token-service.ts';

/** How the provider is shown who is calling; `missing` says what has to be given first. */
export function identityOf(sources: IdentitySources): { readonly credential: Credential; readonly missing?: string } {
  const missing = missingOf(sources);
  if (missing !== undefined) return { credential: missingCredential(sources.name, missing), missing };
  return { credential: credentialOf(sources) };
}

function credentialOf(sources: IdentitySources): Credential {
  const { settings, kind, speaks } = sources;
  const headers = revealed(settings.headers ?? {});
  const { api_key: key } = settings;
  if (key === undefined && !authorizesItself(settings)) {
    if (kind?.identity !== undefined) return identities[kind.identity](sources, headers);
    const fetched = clientToken(sources, headers);
    if (fetched !== undefined) return fetched;
  }
  const shown = [kind?.keyHeader ?? languages[speaks].keyHeader].flat();
  const keys = key === undefined ? [] : shown.map((header) => keyHeaders(header, key.reveal()));
  return staticCredential(Object.assign({}, ...keys, headers) as Headers);
}

const identities: {
  readonly [identity in Identity]: (sources: IdentitySources, headers: Headers) => Credential;
} = { aws: awsIdentity, google: googleIdentity };

function clientToken(
  { name, settings, kind, baseUrl, values, ask }: IdentitySources,
  more: Headers,
): Credential | undefined {
  const { client_id: clientId, client_secret: clientSecret, token_url: ownUrl } = settings;
  if (kind?.token === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const { url, scope, secretIn } = kind.token;
  const tokenUrl = new URL(ownUrl ?? filled(url, values), baseUrl);
  const options = { provider: name, tokenUrl, clientId, clientSecret, scope, secretIn, ask };
  return new TokenCredential(() => fetchClientToken(options), more);
}

/** What must be set or written before the provider can be called; a key that is there makes up for everything else. */
function missingOf({ name, settings, kind, config, values }: IdentitySources): string | undefined {
  if (settings.api_key !== undefined || authorizesItself(settings)) return undefined;
  const path = (field: string): string => pathText(['providers', name, field]);
  const absent = credentialFields
    .map((field) => findAbsent(config.absent, ['providers', name, field]))
    .find((item) => item !== undefined);
  if (absent !== undefined) return `${absent.path} takes ${absent.variable}, which is not set`;
  const wanted = wantedBy(kind, settings, values);
  if (kind === undefined || wanted === undefined) return undefined;
  const variable = kind.variables[wanted]?.[0];
  return config.file === undefined ? `set ${variable}` : `write ${path(wanted)}, or set ${variable}`;
}

/** The field that a credential still lacks. */
function wantedBy(kind: Kind | undefined, settings: ProviderConfig, values: Values): string | undefined {
  const lacks = (fields: readonly string[]): string | undefined => {
    const given = fields.filter((field) => settings[field as keyof ProviderConfig] !== undefined);
    return given.length === 0 ? undefined : fields.find((field) => !given.includes(field));
  };
  // Where a cloud knows the caller by many ways, only what is begun can be seen to lack something.
  if (kind?.identity === 'aws') return lacks(['access_key_id', 'secret_access_key']);
  if (kind?.needsKey !== true) return undefined;
  const { token } = kind;
  if (token === undefined) return 'api_key';
  const begun = settings.client_id !== undefined || settings.client_secret !== undefined;
  if (!begun) return 'api_key';
  const places = settings.token_url === undefined ? unfilled(token.url, values) : [];
  return places[0] ?? lacks(['client_id', 'client_secret']);
}

const credentialFields = [
  'api_key',
  'client_id',
  'client_secret',
  'access_key_id',
  'secret_access_key',
  'access_token',
  'credentials',
] as const;

/** A credential may stand in `headers`, too. */
function authorizesItself({ headers = {} }: ProviderConfig): boolean {
  return Object.keys(headers).some((name) => /^(authorization|x-api-key|api-key|x-goog-api-key)$/i.test(name));
}
