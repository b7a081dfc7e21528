import type { ProviderConfig } from '../../config/config.ts';
import type { Credential } from '../credential.ts';
import type { IdentitySources } from '../identity-sources.ts';
import { AwsCredential } from './credential.ts';
import { findKeys, type KeySettings } from './keys.ts';
import { awsKeys } from './lender.ts';

/** Who calls Amazon's cloud: keys that are given, or those that are found, by which every call is signed. */
export function awsIdentity(
  { name, settings, values, machine, ask }: IdentitySources,
  more: { readonly [name: string]: string },
): Credential {
  const region = values['region'] ?? '';
  const chosen = keySettings(settings, region);
  const search = { provider: name, machine, ask, now: Date.now };
  return new AwsCredential({
    find: () => findKeys(search, chosen),
    fixed: chosen.keys !== undefined && chosen.roleArn === undefined,
    scope: { region, service: 'bedrock' },
    more,
  });
}

function keySettings(settings: ProviderConfig, region: string): KeySettings {
  const { access_key_id: id, secret_access_key: secret, session_token: token } = settings;
  const { profile, role_arn: roleArn, web_identity_token_file: tokenFile, token_url: tokenUrl } = settings;
  return {
    region,
    ...(id === undefined || secret === undefined
      ? {}
      : { keys: awsKeys(id.reveal(), secret.reveal(), token?.reveal()) }),
    ...(profile === undefined ? {} : { profile }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
  };
}
