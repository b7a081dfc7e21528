import type { z } from 'zod';
import { isObject, type JsonObject } from '../canon/json.ts';
import { configJsonSchema } from './json-schema.ts';
import type { Path, Problem, Source } from './problem.ts';
import { suggest } from './suggestion.ts';

/** What the schema found wrong, with the line and with what to write. `raw` is what was checked. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], raw: unknown, source: Source): Problem[] {
  const schema = configJsonSchema();
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      const known = keysOf(schemaAt(schema, path));
      return issue.keys.map((key) => source.keyProblem([...path, key], `unknown key "${key}".${suggest(key, known)}`));
    }
    if (issue.code === 'invalid_key') {
      return [source.keyProblem(path, issue.issues[0]?.message ?? issue.message)];
    }
    const message = messageOf(issue, valueAt(raw, path));
    const description = schemaAt(schema, path)
      .map((form) => form.description)
      .find((text) => typeof text === 'string');
    const advised = issue.code === 'custom' || description === undefined;
    return [source.problem(path, advised ? message : `${message.replace(/\.$/, '')}. ${description}`)];
  });
}

/** Values are shown only where words are chosen from: anything else may be a credential. */
function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? 'is missing'
        : `expected ${typeWords[issue.expected] ?? issue.expected}, found ${typeOf(value)}`;
    case 'invalid_value':
      return `"${String(value)}" is not one of its words.${suggest(String(value), issue.values.map(String))}`;
    case 'too_small':
      return `must ${sizeWords[issue.origin] ?? 'be'} at least ${issue.minimum}`;
    case 'too_big':
      return `must ${sizeWords[issue.origin] ?? 'be'} at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const typeWords: { readonly [type: string]: string } = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
};

const sizeWords: { readonly [origin: string]: string } = { array: 'have', string: 'be as long as', set: 'have' };

function typeOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of settings';
  return typeWords[typeof value] ?? typeof value;
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as { [key: string | number]: unknown })[part];
  }
  return value;
}

/** Every form the schema allows at this path. */
function schemaAt(schema: object, path: Path): JsonObject[] {
  let forms = formsOf(schema);
  for (const part of path) {
    forms = forms.flatMap((form) => {
      const { properties, additionalProperties, items } = form;
      const inner =
        typeof part === 'number'
          ? items
          : ((isObject(properties) ? properties[part] : undefined) ?? additionalProperties);
      return isObject(inner) ? formsOf(inner) : [];
    });
  }
  return forms;
}

function formsOf(schema: object): JsonObject[] {
  const form = schema as JsonObject;
  return Array.isArray(form.anyOf) ? [form, ...form.anyOf.filter(isObject).flatMap(formsOf)] : [form];
}

function keysOf(forms: readonly JsonObject[]): string[] {
  return forms.flatMap((form) => (isObject(form.properties) ? Object.keys(form.properties) : []));
}
