import { GatewayError } from '../../canon/error.ts';
import { Pieces } from '../../wire/pieces.ts';
import { formQuestion } from '../ask.ts';
import type { Fetched } from '../renewed.ts';
import { askLender, awsKeys, lifeUntil, noKeys, type Search } from './lender.ts';
import { type AwsKeys, signedHeaders } from './sigv4.ts';

/** A role, and where it is taken on. */
export interface Role {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  /** Seconds, as text. */
  readonly duration?: string;
  readonly region: string;
  /** Address of the token service; Amazon's in the region where this is absent. */
  readonly url?: string;
}

const who = 'the security token service';

/** Takes on a role with keys of one's own. @throws GatewayError when the service refuses or cannot be reached. */
export function assumeRole(search: Search, role: Role, own: AwsKeys): Promise<Fetched<AwsKeys>> {
  return askForRole(search, role, { Action: 'AssumeRole' }, own);
}

/** Takes on a role with the token of somebody whom Amazon trusts. @throws as `assumeRole` does. */
export function assumeRoleWithToken(search: Search, role: Role, token: string): Promise<Fetched<AwsKeys>> {
  return askForRole(search, role, { Action: 'AssumeRoleWithWebIdentity', WebIdentityToken: token });
}

async function askForRole(
  search: Search,
  { arn, sessionName, externalId, duration, region, url }: Role,
  action: { readonly [name: string]: string },
  own?: AwsKeys,
): Promise<Fetched<AwsKeys>> {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const question = formQuestion(
    new URL(url ?? `https://sts.${region}.${domain}/`),
    {},
    {
      ...action,
      Version: '2011-06-15',
      RoleArn: arn,
      RoleSessionName: sessionName,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
      ...(duration === undefined ? {} : { DurationSeconds: duration }),
    },
  );
  const { url: to, headers, body = '' } = question;
  const call = { method: 'POST', origin: to.origin, path: to.pathname, headers, body: Pieces.ofText(body) } as const;
  const signed = own === undefined ? {} : signedHeaders(call, own, { region, service: 'sts' }, search.now());
  const { status, text } = await askLender(search, who, {
    ...question,
    headers: { ...headers, accept: 'text/xml', ...signed },
  });
  if (status >= 500)
    throw new GatewayError('bad_upstream', `For the provider "${search.provider}", ${who} fails (status ${status}).`);
  const [id, secret, token] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => element(text, name));
  if (status !== 200 || id === undefined || secret === undefined) {
    throw noKeys(search.provider, `${who} does not let it take on ${arn} (${codeIn(text) ?? `status ${status}`})`);
  }
  return { value: awsKeys(id, secret, token), life: lifeUntil(element(text, 'Expiration'), search.now()) };
}

/** Keys have no characters that XML would have to escape. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1];
}

/** Only the machine-readable code is repeated: messages quote who asked for what. */
function codeIn(xml: string): string | undefined {
  return /<Code>\s*([A-Za-z]{1,60})\s*<\/Code>/.exec(xml)?.[1];
}
