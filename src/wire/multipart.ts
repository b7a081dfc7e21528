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
  // The first one has no line before it.
  let at = body.indexOf(delimiter.subarray(2));
  if (at !== 0 && body.indexOf(delimiter) !== at - 2) at = -1;
  if (at < 0) throw new NotForm('The form has no part.');
  at += delimiter.length - 2;
  for (let parts = 0; !isLast(body, at); parts++) {
    if (parts === mostParts) throw new NotForm(`The form has more than ${mostParts} parts.`);
    const head = endOfLine(body, at);
    const start = endOfHead(body, head);
    const end = body.indexOf(delimiter, start - 2);
    if (end < 0) throw new NotForm('A part of the form does not end.');
    const name = nameIn(body.toString('latin1', head, start));
    if (name !== undefined && names.includes(name)) {
      if (found.has(name)) throw new NotForm(`The field "${name}" stands twice.`);
      found.set(name, { start, end: Math.max(start, end) });
    }
    at = end + delimiter.length;
  }
  return found;
}

/** The form with another value in a field, every other byte as it was. */
export function spliceField(body: Buffer, { start, end }: FormField, value: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(value), body.subarray(end)]);
}

/** Two dashes behind a boundary end the form. */
function isLast(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d;
}

/** Behind a boundary there may be blanks, and then a new line. */
function endOfLine(body: Buffer, at: number): number {
  let end = at;
  while (body[end] === 0x20 || body[end] === 0x09) end += 1;
  if (body[end] !== 0x0d || body[end + 1] !== 0x0a) throw new NotForm('A boundary of the form does not end its line.');
  return end + 2;
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
