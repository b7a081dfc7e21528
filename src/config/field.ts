import { z } from 'zod';
import { bytesIn, millisecondsIn, quantileIn, tokensIn } from './quantity.ts';
import { Secret } from './secret.ts';

// Each schema checks once: to compile a checker for it takes longer than to check. Schemas are made of fields, so that
// this comes before all of them.
z.config({ jitless: true });

/** Other ways to write a field, which the editor's schema must know although checking has normalized them away. */
export const otherForms = z.registry<{ readonly forms: readonly object[] }>();

const variable = { type: 'string', pattern: '\\$\\{' };

function withForms<T extends z.ZodType>(schema: T, ...forms: readonly object[]): T {
  otherForms.add(schema, { forms });
  return schema;
}

/** A whole number; its text is taken too, since `${PORT}` gives text. */
export function wholeNumber(min: number, max: number) {
  return withForms(
    z.preprocess((value) => (isDigits(value) ? Number(value) : value), z.int().min(min).max(max)),
    variable,
  );
}

/** A part of a whole, from 0 to 1. */
export function part() {
  const error = 'write a number from 0 to 1, such as 0.2';
  return withForms(
    z.preprocess(
      (value) => (typeof value === 'string' && /^\s*\d?\.?\d{1,9}\s*$/.test(value) ? Number(value) : value),
      z.number({ error }).min(0, { error }).max(1, { error }),
    ),
    variable,
  );
}

/** A number of processes, or `auto`: one for each core. */
export function processes(max: number) {
  const error = `write a number from 1 to ${max}, or "auto" for one process a core`;
  return withForms(
    z.preprocess(
      (value) => (isDigits(value) ? Number(value) : value),
      z.union([z.int().min(1).max(max), z.literal('auto')], { error }),
    ),
    variable,
  );
}

/** True or false; `"true"` and `"false"` are taken too, since `${NAME}` gives text. */
export function flag() {
  return withForms(
    z.preprocess((value) => (value === 'true' || value === 'false' ? value === 'true' : value), z.boolean()),
    variable,
  );
}

/** One of some words, in any case. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return withForms(
    z.preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(words)),
    variable,
  );
}

/** A number of bytes, as a number or `32mb`. */
export function size(min: number) {
  return quantity(bytesIn, min, 'bytes', 'write a size such as "32mb", "512kb" or a number of bytes');
}

/** A length of time in milliseconds, as a number or `10s`. */
export function duration(min: number) {
  return quantity(millisecondsIn, min, 'ms', 'write a time such as "10s", "5m" or a number of milliseconds');
}

/** A number of tokens, as a number or `100k`. */
export function tokens() {
  return quantity(tokensIn, 1, 'token', 'write a number of tokens such as "100k", "1m" or 8192');
}

/** A quantile from one half to 1, `p95` or 0.95, or `off`: `false`. */
export function quantile() {
  const advice = 'write a quantile such as "p95" or 0.95, from 0.5 to less than 1, or "off"';
  return z.union([z.number(), z.string(), z.boolean()], { error: advice }).transform((value, context) => {
    if (value === false || (typeof value === 'string' && /^(off|false)$/i.test(value.trim()))) return false;
    const share = value === true ? undefined : quantileIn(value);
    if (share !== undefined) return share;
    context.addIssue({ code: 'custom', message: advice });
    return z.NEVER;
  });
}

function quantity(read: (value: number | string) => number | undefined, min: number, unit: string, advice: string) {
  return z.union([z.number(), z.string()], { error: advice }).transform((value, context) => {
    const amount = read(value);
    if (amount !== undefined && amount >= min) return amount;
    const message = amount === undefined ? advice : `must be at least ${min} ${unit}; ${advice}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** A credential. White space around it is dropped: keys read from files end in a line break. */
export function secret() {
  return z.string().transform((value, context) => {
    const text = value.trim();
    if (text !== '' && headerText.test(text)) return new Secret(text);
    const message = text === '' ? 'is empty' : 'has characters that cannot stand in a header: a line break, perhaps';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** A credential that is a text of several lines, such as the JSON of a key file. */
export function secretText() {
  return z
    .string()
    .trim()
    .min(1, { error: 'is empty' })
    .transform((value) => new Secret(value));
}

/** The address of a Redis, which may hold a password. */
export function redisAddress() {
  return z.string().transform((value, context) => {
    const text = value.trim();
    if (/^rediss?:\/\//i.test(text) && URL.canParse(text)) return new Secret(text);
    context.addIssue({ code: 'custom', message: 'write the whole address, "redis://host:6379" or "rediss://..."' });
    return z.NEVER;
  });
}

const headerText = /^[\x20-\x7e]+$/;

/** The address of a server, without the slash at its end. */
export function address() {
  return z.string().transform((value, context) => {
    const complaint = addressComplaint(value);
    if (complaint === undefined) return value.trim().replace(/\/+$/, '');
    context.addIssue({ code: 'custom', message: complaint });
    return z.NEVER;
  });
}

function addressComplaint(value: string): string | undefined {
  const text = value.trim();
  if (!/^https?:\/\//i.test(text)) return `write the whole address, "http://..." or "https://..."`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') return 'is not an address';
  if (url.username !== '' || url.password !== '') return 'holds a credential; write it as api_key, or in headers';
  if (url.hash !== '') return 'must not have a part after "#"';
  const end = /\/(chat\/completions|messages)\/*$/.exec(url.pathname)?.[1];
  return end === undefined ? undefined : `leave out "/${end}": the path of a call is appended to base_url`;
}

/** Something that may be written alone instead of as a list of one. */
export function oneOrMore<T extends z.ZodType>(item: T, max: number) {
  return withForms(
    z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item).min(1).max(max)),
    { type: 'string' },
  );
}

/** An object of which one field alone may be written, as text, instead of the whole. */
export function shorthand<T extends z.ZodType>(field: string, whole: T) {
  return withForms(
    z.preprocess((value) => (typeof value === 'string' ? { [field]: value } : value), whole),
    {
      type: 'string',
    },
  );
}

/** The same where the field may be a list, too. */
export function listShorthand<T extends z.ZodType>(field: string, whole: T) {
  return withForms(
    z.preprocess((value) => (Array.isArray(value) ? { [field]: value } : value), shorthand(field, whole)),
    { type: 'array', items: { type: ['string', 'object'] } },
  );
}

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,15}$/.test(value);
}
