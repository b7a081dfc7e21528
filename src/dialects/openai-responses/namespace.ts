import type { Ext } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { type JsonObject, stringIn } from '../../canon/json.ts';
import { ownFields } from './ext.ts';

/** Most characters that every language takes in a tool's name. */
const longestName = 64;

/** Where a tool stands in a namespace, and what it is called there. */
export interface Membership {
  readonly namespace: string;
  readonly member: string;
}

/** The one name of a tool in a namespace, for languages without namespaces. */
export function flatName({ namespace, member }: Membership): string {
  const whole = `${namespace}__${member}`;
  return whole.length <= longestName ? whole : marked(whole);
}

/** Another name for the same tool, where the first is taken. */
export function otherFlatName({ namespace, member }: Membership): string {
  return marked(`${namespace}__${member}`);
}

function marked(name: string): string {
  const mark = `_${fingerprint(name, 8)}`;
  return name.slice(0, longestName - mark.length) + mark;
}

/** The fields of an `ext` that remember a membership. */
export function membershipFields({ namespace, member }: Membership): JsonObject {
  return { namespace, member };
}

/** The membership that an `ext` remembers; nothing for a tool that is called otherwise by now, and so has become another. */
export function membershipOf({ name, ext }: { readonly name: string; readonly ext?: Ext }): Membership | undefined {
  const own = ownFields(ext);
  const namespace = stringIn(own.namespace);
  const member = stringIn(own.member);
  if (namespace === undefined || member === undefined) return undefined;
  const membership = { namespace, member };
  return name === flatName(membership) || name === otherFlatName(membership) ? membership : undefined;
}

/**
 * The name by which a call names its tool, and what its `ext` must remember. A deferred function of no namespace is
 * called with its own name as the namespace.
 */
export function readCallName(item: JsonObject, known?: ReadonlyMap<string, string>): { name: string; ext: JsonObject } {
  const name = stringIn(item.name) ?? '';
  const namespace = stringIn(item.namespace) ?? '';
  if (namespace === '') return { name, ext: {} };
  if (namespace === name) return { name, ext: { namespace } };
  const membership = { namespace, member: name };
  return { name: known?.get(flatName(membership)) ?? flatName(membership), ext: membershipFields(membership) };
}
