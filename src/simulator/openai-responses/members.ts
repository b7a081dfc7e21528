import type { JsonObject } from '../json.ts';
import { checkKnown, refuse } from '../openai-chat/refusal.ts';

/** Refuses an object that has other members than these, or lacks one that is marked with `!`; `type` may always be there. */
export function checkMembers(value: JsonObject, members: readonly string[], place: string): void {
  for (const member of members) {
    const name = member.replace('!', '');
    if (member.endsWith('!') && value[name] === undefined) refuseMissing(`${place}.${name}`);
  }
  checkKnown(value, ['type', ...members.map((member) => member.replace('!', ''))], place);
}

/** Leaves the check since a field is missing. */
export function refuseMissing(place: string): never {
  return refuse(`Missing required parameter: '${place}'.`, place, 'missing_required_parameter');
}
