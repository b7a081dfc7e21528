/** A form that cannot be read. */
export class NotForm extends Error {}

/** Where a field's value stands in a form, bytes. */
export interface FormField {
  readonly start: number;
  readonly end: number;
}

/** Parts that a form may have, and bytes that the headers of one may have. */
const mostParts = 1000;
const longestHead = 16 * 1024;

/** What parts the fields of a form, as its content type says; nothing where it is no form. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /^\s*multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/**
 * Finds plain fields of a form by their names, without reading what is in the others: files are leapt over. A name that
 * stands twice is refused, since two readers could disagree on which counts.
 */
export function scanForm(body: Buffer, boundary: string, names: readonly string[]): ReadonlyMap<string, FormField> {
  const found = new Map<string, FormField>();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const bare = delimiter.subarray(2);
  // The first one has no line before it, or words that say nothing.
  let mark: Mark | undefined = body.indexOf(bare) === 0 ? markAt(body, 0, bare.length) : nextMark(body, 0, delimiter);
  if (mark === undefined) throw new NotForm('The form has no part.');
  for (let parts = 0; !mark.last; parts++) {
    if (parts === mostParts) throw new NotForm(`The form has more than ${mostParts} parts.`);
    const start = endOfHead(body, mark.after);
    const next = nextMark(body, start - 2, delimiter);
    if (next === undefined) throw new NotForm('A part of the form does not end.');
    const name = nameIn(body.toString('latin1', mark.after, start));
    if (name !== undefined && names.includes(name)) {
      if (found.has(name)) throw new NotForm(`The field "${name}" stands twice.`);
      found.set(name, { start, end: Math.max(start, next.at) });
    }
    mark = next;
  }
  return found;
}

/** The form with another value in a field, every other byte as it was. */
export function spliceField(body: Buffer, { start, end }: FormField, value: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(value), body.subarray(end)]);
}

/** A line that parts two fields. */
interface Mark {
  /** Where it begins, and the line behind it. */
  readonly at: number;
  readonly after: number;
  /** Whether it ends the form. */
  readonly last: boolean;
}

/** The next one from there. What only begins like it belongs to a field. */
function nextMark(body: Buffer, from: number, delimiter: Buffer): Mark | undefined {
  for (let at = body.indexOf(delimiter, from); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    const mark = markAt(body, at, delimiter.length);
    if (mark !== undefined) return mark;
  }
  return undefined;
}

/** Behind it there are two dashes, or perhaps blanks and then a new line. */
function markAt(body: Buffer, at: number, length: number): Mark | undefined {
  let end = at + length;
  if (body[end] === 0x2d && body[end + 1] === 0x2d) return { at, after: end + 2, last: true };
  while (body[end] === 0x20 || body[end] === 0x09) end += 1;
  return body[end] === 0x0d && body[end + 1] === 0x0a ? { at, after: end + 2, last: false } : undefined;
}

/** Where the headers of a part are over: behind an empty line, which may be the first. */
function endOfHead(body: Buffer, head: number): number {
  const end = body.subarray(head - 2, head + longestHead).indexOf('\r\n\r\n');
  if (end < 0) throw new NotForm('The headers of a part of the form do not end.');
  return head - 2 + end + 4;
}

/** The name of a plain field; nothing for a file. */
function nameIn(head: string): string | undefined {
  const line = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1];
  if (line === undefined || /;\s*filename\*?=/i.test(`;${line}`)) return undefined;
  const found = /(?:^|;)\s*name=(?:"([^"]*)"|([^\s;"]+))/i.exec(line);
  return found?.[1] ?? found?.[2];
}
