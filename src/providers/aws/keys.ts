import type { GatewayError } from '../../canon/error.ts';
import type { Fetched } from '../renewed.ts';
import { awsKeys, noKeys, type Search } from './lender.ts';
import { type Profile, readProfile } from './profile.ts';
import { assumeRole, assumeRoleWithToken, type Role } from './role.ts';
import type { AwsKeys } from './sigv4.ts';
import { containerKeys, containerUrl, instanceKeys, mayBeInstance } from './surroundings.ts';

/** What was said about whose keys to use. */
export interface KeySettings {
  readonly region: string;
  readonly keys?: AwsKeys;
  readonly profile?: string;
  readonly roleArn?: string;
  /** File with the token of somebody whom Amazon trusts, for `roleArn`. */
  readonly tokenFile?: string;
  /** Address of the token service, instead of Amazon's. */
  readonly tokenUrl?: string;
}

/** Profiles that lead to each other are followed so far. */
const maxProfiles = 5;

const sources = ['Environment', 'EcsContainer', 'Ec2InstanceMetadata'] as const;

/** Finds the keys that settings and machine give. @throws GatewayError that says what to set when there are none. */
export async function findKeys(search: Search, settings: KeySettings): Promise<Fetched<AwsKeys>> {
  const { roleArn, tokenFile } = settings;
  if (roleArn === undefined) return ownKeys(search, settings);
  const role = roleOf(search, settings, { role_arn: roleArn });
  if (tokenFile !== undefined) return assumeRoleWithToken(search, role, tokenIn(search, tokenFile));
  return assumeRole(search, role, (await ownKeys(search, settings)).value);
}

async function ownKeys(search: Search, settings: KeySettings): Promise<Fetched<AwsKeys>> {
  if (settings.keys !== undefined) return { value: settings.keys, life: Number.POSITIVE_INFINITY };
  const profile = readProfile(search.machine, settings.profile ?? 'default');
  // A default profile may be there for its region alone.
  const useful = profile !== undefined && Object.keys(profile).some((name) => shows.test(name));
  if (settings.profile !== undefined || useful) {
    return profileKeys(search, settings, settings.profile ?? 'default', []);
  }
  return surroundingKeys(search, settings);
}

const shows = /^(aws_access_key_id|role_arn|sso_|credential_process|login_session)/;

async function surroundingKeys(search: Search, settings: KeySettings): Promise<Fetched<AwsKeys>> {
  // Kubernetes sets both.
  const [arn, tokenFile] = [
    search.machine.variable('AWS_ROLE_ARN'),
    search.machine.variable('AWS_WEB_IDENTITY_TOKEN_FILE'),
  ];
  if (arn !== undefined && tokenFile !== undefined) {
    return assumeRoleWithToken(search, roleOf(search, settings, { role_arn: arn }), tokenIn(search, tokenFile));
  }
  const url = containerUrl(search);
  if (url !== undefined) return containerKeys(search, url);
  const advice =
    'set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or write them ' +
    'as api_key, access_key_id and secret_access_key, or profile';
  if (!mayBeInstance(search)) throw noKeys(search.provider, advice);
  try {
    return await instanceKeys(search);
  } catch (cause) {
    if ((cause as GatewayError).kind === 'bad_upstream') throw noKeys(search.provider, advice);
    throw cause;
  }
}

/** Keys of a profile, or of the role that it names. */
async function profileKeys(
  search: Search,
  settings: KeySettings,
  name: string,
  before: readonly string[],
): Promise<Fetched<AwsKeys>> {
  const { provider } = search;
  const profile = readProfile(search.machine, name);
  if (profile === undefined)
    throw noKeys(provider, `there is no profile "${name}" in ~/.aws/credentials or ~/.aws/config`);
  const { role_arn: roleArn, web_identity_token_file: tokenFile, source_profile: source } = profile;
  // A profile may be its own source: then its keys take on its role.
  if (roleArn === undefined || before.includes(name)) return plainKeys(search, profile, name);
  if (before.length >= maxProfiles) throw noKeys(provider, `the profiles after "${before[0]}" have no end`);
  if (profile['mfa_serial'] !== undefined)
    throw noKeys(provider, `the profile "${name}" asks for a second factor (mfa_serial), which Dragoman cannot give`);
  const role = roleOf(search, settings, profile);
  if (tokenFile !== undefined) return assumeRoleWithToken(search, role, tokenIn(search, tokenFile));
  const own =
    source === undefined
      ? await keysFrom(search, profile['credential_source'], name)
      : await profileKeys(search, settings, source, [...before, name]);
  return assumeRole(search, role, own.value);
}

function plainKeys({ provider }: Search, profile: Profile, name: string): Fetched<AwsKeys> {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile;
  if (id !== undefined && secret !== undefined)
    return { value: awsKeys(id, secret, token), life: Number.POSITIVE_INFINITY };
  const other = Object.keys(profile).find((setting) => /^(sso_|credential_process|login_session)/.test(setting));
  const why =
    other === undefined
      ? `the profile "${name}" has no aws_access_key_id and aws_secret_access_key`
      : `the profile "${name}" has ${other}, which Dragoman does not know: run aws configure export-credentials --profile ${name} --format env, and set what it prints`;
  throw noKeys(provider, why);
}

async function keysFrom(search: Search, source: string | undefined, name: string): Promise<Fetched<AwsKeys>> {
  const { machine, provider } = search;
  if (source === 'Environment') {
    const [id, secret] = [machine.variable('AWS_ACCESS_KEY_ID'), machine.variable('AWS_SECRET_ACCESS_KEY')];
    if (id === undefined || secret === undefined)
      throw noKeys(provider, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
    return { value: awsKeys(id, secret, machine.variable('AWS_SESSION_TOKEN')), life: Number.POSITIVE_INFINITY };
  }
  if (source === 'EcsContainer') {
    const url = containerUrl(search);
    if (url === undefined)
      throw noKeys(provider, `the profile "${name}" wants the keys of a container, and there is none`);
    return containerKeys(search, url);
  }
  if (source === 'Ec2InstanceMetadata') return instanceKeys(search);
  throw noKeys(
    provider,
    `the profile "${name}" has a role_arn and neither source_profile nor credential_source (${sources.join(', ')})`,
  );
}

function roleOf({ machine }: Search, settings: KeySettings, profile: Profile): Role {
  const { role_arn: arn = '', external_id: externalId, duration_seconds: duration } = profile;
  return {
    arn,
    sessionName: profile['role_session_name'] ?? machine.variable('AWS_ROLE_SESSION_NAME') ?? 'dragoman',
    ...(externalId === undefined ? {} : { externalId }),
    ...(duration === undefined ? {} : { duration }),
    region: profile['region'] ?? settings.region,
    ...(settings.tokenUrl === undefined ? {} : { url: settings.tokenUrl }),
  };
}

function tokenIn({ machine, provider }: Search, file: string): string {
  const token = machine.readText(file)?.trim();
  if (token === undefined || token === '') throw noKeys(provider, `the token file ${file} cannot be read or is empty`);
  return token;
}
