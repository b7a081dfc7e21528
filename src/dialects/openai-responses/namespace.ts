import type { Ext } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, stringIn } from '../../canon/json.ts';
import { ownFields } from './ext.ts';

/** Most characters that every language takes in a tool's name. */
const longestName = 64;

/** Where a tool stands in a namespace, and what it is called there; an `ext` remembers it in the field `namespace`. */
export interface Membership {
  readonly name: string;
  readonly member: string;
}

/** The one name of a tool in a namespace, for languages without namespaces. */
export function flatName({ name, member }: Membership): string {
  const whole = `${name}__${member}`;
  return whole.length <= longestName ? whole : marked(whole);
}

/** Another name for the same tool, where the first is taken. */
export function otherFlatName({ name, member }: Membership): string {
  return marked(`${name}__${member}`);
}

function marked(name: string): string {
  const mark = `_${fingerprint(name, 8)}`;
  return name.slice(0, longestName - mark.length) + mark;
}

/** The membership that an `ext` remembers; nothing for a tool that is called otherwise by now, and so has become another. */
export function membershipOf({ name, ext }: { readonly name: string; readonly ext?: Ext }): Membership | undefined {
  const { namespace } = ownFields(ext);
  if (!isObject(namespace)) return undefined;
  const membership = { name: stringIn(namespace.name) ?? '', member: stringIn(namespace.member) ?? '' };
  return name === flatName(membership) || name === otherFlatName(membership) ? membership : undefined;
}

/**
 * The name by which a call names its tool, and what its `ext` must remember. A deferred function of no namespace is
 * called with its own name as the namespace.
 * @param renamed canonical names by the flat ones, where these were taken.
 */
export function readCallName(
  item: JsonObject,
  renamed?: ReadonlyMap<string, string>,
): { readonly name: string; readonly ext: JsonObject } {
  const member = stringIn(item.name) ?? '';
  const name = stringIn(item.namespace) ?? '';
  if (name === '') return { name: member, ext: {} };
  if (name === member) return { name: member, ext: { namespace: name } };
  const membership = { name, member };
  const flat = flatName(membership);
  return { name: renamed?.get(flat) ?? flat, ext: { namespace: membership } };
}
