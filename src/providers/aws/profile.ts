import { join } from 'node:path';
import type { Machine } from '../machine.ts';

/** A profile's settings, as the files have them: `aws_access_key_id`, `role_arn`, `region`, ... */
export type Profile = { readonly [setting: string]: string };

/** The profile of that name from the files that Amazon's tools share, nothing where there is none. */
export function readProfile(machine: Machine, name: string): Profile | undefined {
  const file = (variable: string, usual: string): string =>
    machine.variable(variable) ?? join(machine.home, '.aws', usual);
  const credentials = sections(machine.readText(file('AWS_SHARED_CREDENTIALS_FILE', 'credentials')) ?? '');
  const config = sections(machine.readText(file('AWS_CONFIG_FILE', 'config')) ?? '');
  const inConfig = config.get(`profile ${name}`) ?? (name === 'default' ? config.get('default') : undefined);
  const inCredentials = credentials.get(name);
  return inConfig === undefined && inCredentials === undefined ? undefined : { ...inConfig, ...inCredentials };
}

/** Sections of an INI file by their names; blanks in a name count once. */
function sections(text: string): Map<string, { [setting: string]: string }> {
  const found = new Map<string, { [setting: string]: string }>();
  let section: { [setting: string]: string } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim().replaceAll(/\s+/g, ' ');
    if (title !== undefined) {
      section = found.get(title) ?? {};
      found.set(title, section);
      continue;
    }
    // Indented lines belong to a setting that has several parts; none of those is looked at here.
    const [, name, value] = /^([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section !== undefined && name !== undefined && value !== undefined) {
      section[name.toLowerCase()] = value.replace(/\s[#;].*$/, '').trim();
    }
  }
  return found;
}
