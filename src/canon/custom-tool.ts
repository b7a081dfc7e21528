import { isObject, type JsonObject, parseJson, stringIn } from './json.ts';
import type { CustomTool, FunctionTool } from './request.ts';

/** The one argument of a function that stands for a tool of free text. */
const field = 'input';

/** A tool of free text as a function, for languages that have no other: its grammar is told in the description. */
export function functionFor({ name, description, format, cache }: CustomTool): FunctionTool {
  const grammar = format?.['type'] === 'grammar' ? grammarNote(format) : undefined;
  const told = [description, grammar].filter((text) => text !== undefined).join('\n\n');
  return {
    type: 'function',
    name,
    ...(told !== '' && { description: told }),
    schema: { type: 'object', properties: { [field]: { type: 'string' } }, required: [field] },
    ...(cache !== undefined && { cache }),
  };
}

function grammarNote(format: JsonObject): string {
  const inner = isObject(format['grammar']) ? format['grammar'] : {};
  const { syntax, definition } = { ...format, ...inner };
  return `The input follows this ${String(syntax)} grammar:\n${String(definition)}`;
}

/** The arguments of that function, as JSON text. */
export function argumentsFor(text: string): string {
  return JSON.stringify({ [field]: text });
}

/** The free text in that function's arguments; the arguments themselves where a model has written it without an object around it. */
export function textIn(json: string): string {
  const parsed = parseJson(json);
  if (typeof parsed === 'string') return parsed;
  return (isObject(parsed) ? stringIn(parsed[field]) : undefined) ?? json;
}
