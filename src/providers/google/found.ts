import { join } from 'node:path';
import type { Secret } from '../../config/secret.ts';
import type { Machine } from '../machine.ts';
import { readAccount } from './account.ts';

/** Where the configuration says that a credential is. */
export interface GoogleSettings {
  /** The JSON of a credential file itself. */
  readonly credentials?: Secret;
  readonly credentialsFile?: string;
}

/** The text of the credential that was configured or that `gcloud` has left, and what to call it; nothing where there is none. */
export function findAccount(
  { credentials, credentialsFile }: GoogleSettings,
  machine: Machine,
): { readonly where: string; readonly account: ReturnType<typeof readAccount> } | undefined {
  if (credentials !== undefined) return { where: 'credentials', account: readAccount(credentials.reveal()) };
  if (credentialsFile !== undefined) {
    const text = machine.readText(credentialsFile);
    const account = text === undefined ? { complaint: 'cannot be read' } : readAccount(text);
    return { where: credentialsFile, account };
  }
  const path = wellKnownFile(machine);
  const text = machine.readText(path);
  return text === undefined ? undefined : { where: path, account: readAccount(text) };
}

/** Projects that the account tells of: its own, and the one that is charged for its calls. */
export function projectsOf(
  settings: GoogleSettings,
  machine: Machine,
): { readonly own?: string | undefined; readonly charged?: string | undefined } {
  const account = findAccount(settings, machine)?.account;
  if (account === undefined || 'complaint' in account) return {};
  return account.type === 'service_account' ? { own: account.project } : { charged: account.quotaProject };
}

/** Where `gcloud auth application-default login` puts it. */
function wellKnownFile(machine: Machine): string {
  const windows = machine.variable('APPDATA');
  const folder =
    machine.variable('CLOUDSDK_CONFIG') ??
    (windows === undefined ? join(machine.home, '.config', 'gcloud') : join(windows, 'gcloud'));
  return join(folder, 'application_default_credentials.json');
}
