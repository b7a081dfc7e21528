import { type Schema, Validator } from '@cfworker/json-schema';
import type { OutputFormat } from '../canon/request.ts';

/** What came of looking at an answer that should be JSON. */
export type CheckedAnswer =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly problem: string };

/** Whether a text is the JSON that was asked for. */
export function checkAnswer(text: string, format: OutputFormat): CheckedAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'It is not JSON.' };
  }
  if (format.type === 'json') return { ok: true, json: text };
  const { valid, errors } = new Validator(format.schema as Schema, '2020-12').validate(value);
  return valid ? { ok: true, json: text } : { ok: false, problem: errors.map(({ error }) => error).join(' ') };
}
