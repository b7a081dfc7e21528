import { isObject, type Json, numberOf } from '../json.ts';
import { refuse, refuseType } from './refusal.ts';

/** Refuses a number outside its bounds; nothing and null pass. */
export function checkRange(value: Json | undefined, name: string, least: number, most: number): void {
  if (value === undefined || value === null) return;
  const number = numberOf(value) ?? refuseType(name, 'a decimal', value);
  const expected = (side: string, bound: string): string =>
    `Invalid '${name}': decimal ${side} value. Expected a value ${bound}, but got ${number} instead.`;
  if (number < least) refuse(expected('below minimum', `>= ${least}`), name, 'decimal_below_min_value');
  if (number > most) refuse(expected('above maximum', `<= ${most}`), name, 'decimal_above_max_value');
}

/** Refuses a limit, in tokens, that is no whole number or too small; nothing and null pass. */
export function checkTokenLimit(value: Json | undefined, name: string, least: number): void {
  if (value === undefined || value === null) return;
  const number = numberOf(value) ?? Number.NaN;
  if (!Number.isInteger(number)) refuseType(name, 'an integer', value);
  if (number >= least) return;
  refuse(
    `Invalid '${name}': integer below minimum value. Expected a value >= ${least}, but got ${number} instead.`,
    name,
    'integer_below_min_value',
  );
}

/** Refuses metadata whose values are no strings, or too long. */
export function checkMetadata(metadata: Json | undefined): void {
  if (!isObject(metadata)) return;
  if (Object.values(metadata).every((value) => typeof value === 'string' && value.length <= 512)) return;
  refuse("Invalid type for 'metadata': expected strings of at most 512 characters.", 'metadata', 'invalid_type');
}
