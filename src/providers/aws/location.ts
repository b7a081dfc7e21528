import type { ProviderConfig } from '../../config/config.ts';
import type { Machine } from '../machine.ts';
import type { Values } from '../template.ts';
import { readProfile } from './profile.ts';

/** What Bedrock's addresses and the names of its models need: region, domain, group of inference profiles. */
export function bedrockLocation(settings: ProviderConfig, machine: Machine): Values {
  const region =
    settings.region ?? readProfile(machine, settings.profile ?? 'default')?.['region'] ?? regionIn(settings.base_url);
  if (region === undefined) return { region };
  const aws = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    region,
    aws,
    profiles: profilesFor(region, settings.inference_profile),
    // Models are listed at another host than they are called, unless there is one of the user's own.
    control: settings.base_url === undefined ? `https://bedrock.${region}.${aws}` : '',
  };
}

/** An address of Amazon's says its region; at any other one it matters to the signature alone. */
function regionIn(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined) return undefined;
  return /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(baseUrl)?.[1] ?? 'us-east-1';
}

/** Claude is called by a profile that leads to a group of regions: the one around this region, else all of them. */
function profilesFor(region: string, chosen: string | undefined): string {
  if (chosen !== undefined) return chosen === 'none' ? '' : `${chosen}.`;
  const around = /^(us-gov|us|eu)-/.exec(region)?.[1];
  return around === undefined ? 'global.' : `${around}.`;
}
