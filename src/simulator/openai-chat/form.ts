import type { IncomingHttpHeaders } from 'node:http';
import { refuse } from './refusal.ts';

/** One part of a form. */
export interface FormPart {
  readonly name: string;
  /** Set for files. */
  readonly filename: string | undefined;
  readonly value: Buffer;
}

/** Reads a form. Refuses what is none. */
export function formParts(headers: IncomingHttpHeaders, body: Buffer): FormPart[] {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) return refuse('Could not parse multipart form');
  // One character a byte, so that nothing of a file is lost.
  const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`);
  if (!(pieces.at(-1) ?? '').startsWith('--')) refuse('Could not parse multipart form');
  return pieces.slice(1, -1).map((piece) => {
    const cut = piece.indexOf('\r\n\r\n');
    const head = piece.slice(0, cut);
    return {
      name: /[; ]name="([^"]*)"/i.exec(head)?.[1] ?? '',
      filename: /filename="([^"]*)"/i.exec(head)?.[1],
      value: Buffer.from(piece.slice(cut + 4), 'latin1'),
    };
  });
}

/** The text of a field; empty where there is none. */
export function fieldIn(parts: readonly FormPart[], name: string): string {
  return parts.find((part) => part.name === name && part.filename === undefined)?.value.toString() ?? '';
}

/** The file of that name. Refuses its absence. */
export function fileIn(parts: readonly FormPart[], name: string): FormPart {
  const found = parts.find((part) => part.name === name || part.name === `${name}[]`);
  return found ?? refuse(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter');
}
