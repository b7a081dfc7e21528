/** Members of a request's body that stay the same while a conversation goes on. */
const prefixes: ReadonlySet<string> = new Set([
  'system',
  'instructions',
  'tools',
  'systemInstruction',
  'system_instruction',
  'preamble',
]);

/** Members that hold the conversation. */
const conversations: ReadonlySet<string> = new Set(['messages', 'input', 'contents', 'prompt', 'message']);

/** Clients set their marks anew with each call. */
const marks = /,?\s*(?:"cache_control"\s*:\s*\{[^{}]*\}|\{\s*"cachePoint"\s*:\s*\{[^{}]*\}\s*\})/g;

/**
 * What a body begins with and goes on having while the conversation grows: instructions and tools, if they come first, and
 * the messages up to the user's first one. Nothing where none of this is in it.
 * @param text the beginning of a JSON object. @param most characters of each part that count.
 */
export function stableText(text: string, most: number): string | undefined {
  let found = '';
  let at = skip(text, text.indexOf('{') + 1);
  while (text[at] === '"') {
    const nameEnd = stringEnd(text, at);
    const name = text.slice(at + 1, nameEnd - 1);
    const start = skip(text, nameEnd);
    if (conversations.has(name)) return found + firstWords(text, start, most);
    const end = valueEnd(text, start);
    if (prefixes.has(name)) found += part(text, start, end, most);
    at = skip(text, end);
  }
  return found === '' ? undefined : found;
}

/** A text, or the elements of a list up to the first that the user has said. */
function firstWords(text: string, start: number, most: number): string {
  if (text[start] !== '[') return part(text, start, valueEnd(text, start), most);
  let found = '';
  let at = skip(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const end = valueEnd(text, at);
    const element = part(text, at, end, most);
    found += element;
    // Where a language names no roles, all are the user's.
    if (!/"role"\s*:/.test(element) || /"role"\s*:\s*"user"/.test(text.slice(at, end))) return found;
    at = skip(text, end);
  }
  return found;
}

function part(text: string, start: number, end: number, most: number): string {
  const found = text.slice(start, Math.min(end, start + most));
  return found.includes('"cache') ? found.replace(marks, '') : found;
}

/** Behind blanks, commas and colons: what is read is known to be JSON, or will be refused by somebody else. */
function skip(text: string, at: number): number {
  let next = at;
  while (' \n\r\t,:'.includes(text[next] ?? '#')) next++;
  return next;
}

/** Behind the value that begins here, or the end of the text. */
function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  if (first !== '{' && first !== '[') {
    const rest = /[,\]}\s]/g;
    rest.lastIndex = start;
    return rest.exec(text)?.index ?? text.length;
  }
  const structure = /["[\]{}]/g;
  structure.lastIndex = start;
  let depth = 0;
  for (let next = structure.exec(text); next !== null; next = structure.exec(text)) {
    const [mark] = next;
    if (mark === '"') structure.lastIndex = stringEnd(text, next.index);
    else depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth === 0) return structure.lastIndex;
  }
  return text.length;
}

/** Behind the quote that closes the string, or the end of the text. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === '\\') before--;
    if ((end - before) % 2 === 1) return end + 1;
  }
  return text.length;
}
