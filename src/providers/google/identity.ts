import type { ProviderConfig } from '../../config/config.ts';
import { type Credential, staticCredential } from '../credential.ts';
import type { IdentitySources } from '../identity-sources.ts';
import { keyHeaders } from '../key-header.ts';
import { TokenCredential } from '../token-service.ts';
import { type GoogleSettings, projectsOf } from './found.ts';
import { fetchGoogleToken } from './token.ts';

/** Who calls Google's cloud: a token that is given, or one that is fetched for an account. */
export function googleIdentity(
  { name, settings, machine, ask }: IdentitySources,
  headers: { readonly [name: string]: string },
): Credential {
  const { charged } = projectsOf(googleSettings(settings), machine);
  const more = { ...(charged === undefined ? {} : { 'x-goog-user-project': charged }), ...headers };
  const { access_token: given, token_url: tokenUrl } = settings;
  if (given !== undefined) return staticCredential({ ...keyHeaders('bearer', given.reveal()), ...more });
  const sources = {
    ...googleSettings(settings),
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
    ...{ provider: name, machine, ask, now: Date.now },
  };
  return new TokenCredential(() => fetchGoogleToken(sources), more);
}

/** Where the configuration says that the credential is. */
export function googleSettings({ credentials, credentials_file: credentialsFile }: ProviderConfig): GoogleSettings {
  return {
    ...(credentials === undefined ? {} : { credentials }),
    ...(credentialsFile === undefined ? {} : { credentialsFile }),
  };
}
