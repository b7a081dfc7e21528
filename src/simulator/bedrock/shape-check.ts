import { isObject, type Json, type JsonObject, numberOf } from '../json.ts';
import { refuse, refuseConstraint } from './refusal.ts';
import { type MemberType, SHAPES } from './shapes.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Refuses an object that is not of this shape; `extra` are further members that may be there. */
export function checkShape(value: Json | undefined, name: string, place: string, extra: readonly string[] = []): void {
  if (!isObject(value)) refuse(`Unexpected value type in payload: an object was expected at '${place || '#'}'.`);
  const shape = SHAPES[name];
  if (shape === undefined) return;
  const present = Object.keys(value).filter((key) => value[key] !== null);
  const unknown = present.find((key) => !Object.hasOwn(shape.members, key) && !extra.includes(key));
  if (unknown !== undefined) {
    refuse(
      `Malformed input request: #${place === '' ? '' : `/${place.replaceAll('.', '/')}`}: extraneous key [${unknown}] is ` +
        'not permitted, please reformat your input and try again.',
    );
  }
  if (shape.union && present.length !== 1) {
    const keys = Object.keys(shape.members).join(', ');
    refuse(`The ${name} object at ${place} must set exactly one of the following keys: ${keys}.`);
  }
  for (const [key, { type, required }] of Object.entries(shape.members)) checkMember(value, key, type, required, place);
}

function checkMember(value: JsonObject, key: string, type: MemberType, required: boolean, place: string): void {
  const member = value[key];
  const at = place === '' ? key : `${place}.${key}`;
  if (member !== undefined && member !== null) checkType(member, type, at);
  else if (required) refuseConstraint(undefined, at, 'Member must not be null');
}

function checkType(value: Json, type: MemberType, place: string): void {
  switch (type.kind) {
    case 'shape':
      return checkShape(value, type.name, place);
    case 'list':
      if (!Array.isArray(value)) return refuseType(place, 'a list');
      for (const [index, item] of value.entries()) checkType(item, type.of, `${place}.${index}`);
      return;
    case 'words':
      if (typeof value !== 'string') return refuseType(place, 'a string');
      if (type.words.includes(value)) return;
      return refuseConstraint(value, place, `Member must satisfy enum value set: [${type.words.join(', ')}]`);
    case 'string':
    case 'boolean':
      return typeof value === type.kind ? undefined : refuseType(place, `a ${type.kind}`);
    case 'number':
      return numberOf(value) === undefined ? refuseType(place, 'a number') : undefined;
    case 'integer':
      return Number.isInteger(value) ? undefined : refuseType(place, 'an integer');
    case 'bytes':
      if (typeof value === 'string' && value.length % 4 === 0 && BASE64.test(value)) return;
      return refuseType(place, 'base64');
    case 'object':
      return isObject(value) ? undefined : refuseType(place, 'an object');
    case 'strings':
      if (isObject(value) && Object.values(value).every((item) => typeof item === 'string')) return;
      return refuseType(place, 'a map of strings');
    case 'json':
  }
}

function refuseType(place: string, wanted: string): never {
  return refuse(`Unexpected value type in payload: ${wanted} was expected at '${place}'.`);
}
