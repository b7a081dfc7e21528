import type { IncomingCall } from '../dialect.ts';
import { isObject, type Json, type JsonObject, listOf, textOf } from '../json.ts';
import { Refused } from '../problem.ts';

/** The versions of the API by the names that clouds take in the body. */
const VERSIONS: Readonly<Record<string, string>> = {
  'bedrock-2023-05-31': '2023-06-01',
  'vertex-2023-10-16': '2023-06-01',
  '2023-06-01': '2023-06-01',
  '2026-10-21': '2026-10-21',
};

/** What a cloud keeps in the body that the service itself has in headers and path. */
export interface CloudBody {
  readonly body: JsonObject;
  readonly model: string;
  readonly stream: boolean;
}

/** The call as the service itself would get it: version and betas in headers, model and stream in the body. */
export function asOwnCall(call: IncomingCall, { body, model, stream }: CloudBody): IncomingCall {
  const { anthropic_version: version, anthropic_beta: betas, ...rest } = body;
  const names = [...listOf(betas).map(textOf), ...textOf(call.headers['anthropic-beta']).split(',')];
  const headers = {
    ...call.headers,
    'anthropic-version': VERSIONS[textOf(version)] ?? textOf(version),
    'anthropic-beta': names.filter((name) => name.trim() !== '').join(','),
  };
  return { ...call, headers, body: { ...rest, model, ...(stream ? { stream } : {}) } };
}

/** Refuses a version that is none, and versions of another cloud, told by how they begin. */
export function checkCloudVersion(version: Json | undefined, cloud: 'bedrock' | 'vertex'): void {
  const name = textOf(version);
  const isForeign = /^[a-z]/.test(name) && !name.startsWith(`${cloud}-`);
  if (Object.hasOwn(VERSIONS, name) && !isForeign) return;
  const shown = isObject(version) || Array.isArray(version) ? JSON.stringify(version) : String(version);
  throw new Refused({
    status: 400,
    message:
      version === undefined
        ? 'anthropic_version: Field required'
        : `anthropic_version: "${shown}" is not a valid version`,
  });
}
