/** What is told in words where a language has no block for it. */
import type { DocumentBlock, SearchResultBlock } from './content.ts';

export function toolReferenceText(name: string): string {
  return `Tool ${name} is now available.`;
}

export function searchResultText({ title, source, content }: SearchResultBlock): string {
  return [title, source, '', ...content.map((block) => (block.type === 'text' ? block.text : ''))].join('\n');
}

/** The lines that say what a document is, before its text; none where nothing is known of it. */
export function documentLines({ title, context }: Pick<DocumentBlock, 'title' | 'context'>): string[] {
  const lines = title === undefined ? [] : [`Document: ${title}`];
  if (context !== undefined) lines.push(context);
  return lines.length > 0 ? [...lines, ''] : [];
}

/** What stands where something could not be sent: the model shall know that it was there. */
export function omitted(what: string, why: string): string {
  return `[${what} omitted: ${why}]`;
}

/** Introduces what came with a tool's result and had to follow it in a turn of its own. */
export function fromResult(callId: string): string {
  return `From the result of tool call ${callId}:`;
}

/** The text of a failed result, for languages that cannot mark it; as it is where it says so itself. */
export function failureText(text: string): string {
  return /error/i.test(text.slice(0, 40)) ? text : `Error: ${text}`;
}

/** Stands in for a result that the client never gave, where every call must be answered. */
export const noResult = '(no result)';
