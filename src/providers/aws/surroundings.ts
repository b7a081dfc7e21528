import { isLoopback } from '../../config/checks.ts';
import type { Fetched } from '../renewed.ts';
import { askLender, keysIn, noKeys, type Search } from './lender.ts';
import type { AwsKeys } from './sigv4.ts';

/** Addresses within Amazon's containers to which a container's token may be shown in the clear. */
const containerHosts: ReadonlySet<string> = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

/** The address from which this container gets its keys; nothing outside of one. */
export function containerUrl({ machine, provider }: Search): URL | undefined {
  const relative = machine.variable('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  if (relative !== undefined) return new URL(relative, 'http://169.254.170.2');
  const full = machine.variable('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (full === undefined) return undefined;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const safe = url?.protocol === 'https:' || containerHosts.has(url?.hostname ?? '') || isLoopback(url?.hostname ?? '');
  if (url !== undefined && safe) return url;
  throw noKeys(provider, 'AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of a container host');
}

/** Keys of the container this runs in. @throws GatewayError when there are none. */
export async function containerKeys(search: Search, url: URL): Promise<Fetched<AwsKeys>> {
  const { machine } = search;
  const file = machine.variable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token =
    file === undefined ? machine.variable('AWS_CONTAINER_AUTHORIZATION_TOKEN') : machine.readText(file)?.trim();
  const headers = { accept: 'application/json', ...(token === undefined ? {} : { authorization: token }) };
  const who = "the container's credentials endpoint";
  const { status, text } = await askLender(search, who, { method: 'GET', url, headers, nearby: true });
  if (status !== 200) throw noKeys(search.provider, `${who} answers ${status}`);
  return keysIn(text, search, who);
}

/** False where somebody has said that there is no instance, or that it shall not be asked. */
export function mayBeInstance({ machine }: Search): boolean {
  return machine.variable('AWS_EC2_METADATA_DISABLED')?.toLowerCase() !== 'true';
}

/** Keys of the instance this runs on (IMDSv2). @throws GatewayError when there are none. */
export async function instanceKeys(search: Search): Promise<Fetched<AwsKeys>> {
  const origin = search.machine.variable('AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? 'http://169.254.169.254';
  const who = 'the instance metadata service';
  const ask = async (method: 'GET' | 'PUT', path: string, headers: { [name: string]: string }): Promise<string> => {
    const { status, text } = await askLender(search, who, {
      method,
      url: new URL(path, origin),
      headers,
      nearby: true,
    });
    if (status !== 200) throw noKeys(search.provider, `${who} answers ${status} to ${path}`);
    return text.trim();
  };
  const token = await ask('PUT', '/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' });
  const shown = { 'x-aws-ec2-metadata-token': token };
  const path = '/latest/meta-data/iam/security-credentials/';
  const [role = ''] = (await ask('GET', path, shown)).split('\n');
  return keysIn(await ask('GET', path + encodeURIComponent(role.trim()), shown), search, who);
}
