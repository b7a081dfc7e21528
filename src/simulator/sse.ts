import type { Manner } from './scenario.ts';

/** Writes one server-sent event; data must hold no line end. */
export type FrameWriter = (data: string, event?: string) => string;

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** The writer for the manner's line ends and spacing. */
export function frameWriter(manner: Manner): FrameWriter {
  const newline = LINE_ENDS[manner.newline ?? 'lf'];
  const space = manner.space === false ? '' : ' ';
  return (data, event) => {
    const name = event === undefined ? '' : `event:${space}${event}${newline}`;
    return `${name}data:${space}${data}${newline}${newline}`;
  };
}
