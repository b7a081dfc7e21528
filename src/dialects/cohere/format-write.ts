import type { JsonObject } from '../../canon/json.ts';
import type { OutputFormat } from '../../canon/request.ts';
import type { Writing } from './writing.ts';

/** The form of the answer: a field, or words where the field cannot be used. */
export interface WrittenFormat {
  readonly fields: JsonObject;
  readonly instruction?: string;
}

/** @param crowded there are tools or documents, beside which the service refuses the field. */
export function writeFormat(format: OutputFormat | undefined, crowded: boolean, writing: Writing): WrittenFormat {
  if (format === undefined) return { fields: {} };
  if (crowded) {
    writing.lose('approximated', 'format', 'beside tools or documents it is told in the instructions');
    return { fields: {}, instruction: instructionFor(format) };
  }
  if (format.type === 'json') return { fields: { response_format: { type: 'json_object' } } };
  if (writing.quirks.json_schema === false) {
    writing.lose('approximated', 'format', 'the schema is told in the instructions');
    return { fields: { response_format: { type: 'json_object' } }, instruction: instructionFor(format) };
  }
  if (format.description !== undefined)
    writing.lose('dropped', 'format.description', 'a format has no description here');
  return { fields: { response_format: { type: 'json_object', json_schema: format.schema } } };
}

function instructionFor(format: OutputFormat): string {
  const told = 'Answer with one JSON object and nothing else: no prose around it, no code fence.';
  if (format.type === 'json') return told;
  const about = format.description === undefined ? '' : ` It is: ${format.description}`;
  return `${told}${about} It must satisfy this JSON Schema:\n${JSON.stringify(format.schema)}`;
}
