import type { Fault, Manner, Place } from './scenario.ts';

/** One event of a stream as it is written: text, or bytes of a binary framing. */
export type Frame = string | Uint8Array;

/** One thing to do on the way out. */
export type Action =
  | { readonly kind: 'write'; readonly bytes: Buffer }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'close' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'end' };

/** A fault in the middle of an answer, ready to be carried out. */
export interface Incident {
  readonly at: Place;
  readonly actions: readonly Action[];
  /** Nothing follows. */
  readonly last: boolean;
}

type CountedPlace = Extract<Place, { readonly event: number } | { readonly byte: number }>;

/** What a fault needs from the dialect to be written. */
export interface IncidentWriter {
  malformed(): Frame;
  error(fault: Extract<Fault, { kind: 'error' }>): Frame;
}

const END: Action = { kind: 'end' };

/** The faults that strike in the middle of an answer, in the order in which they were given. */
export function incidentsOf(faults: readonly Fault[], writer: IncidentWriter): Incident[] {
  return faults.flatMap((fault): Incident[] => {
    switch (fault.kind) {
      case 'stall': {
        const pause: Action = fault.ms === undefined ? { kind: 'hang' } : { kind: 'wait', ms: fault.ms };
        return [{ at: fault.at, actions: [pause], last: fault.ms === undefined }];
      }
      case 'cut':
        return [{ at: fault.at, actions: [{ kind: fault.how ?? 'close' }], last: true }];
      case 'bytes':
        return [{ at: fault.at, actions: [written(Buffer.from(fault.bytes, fault.encoding ?? 'utf8'))], last: false }];
      case 'malformed':
        return [{ at: fault.at, actions: [written(bytesOf(writer.malformed()))], last: false }];
      case 'error':
        return [{ at: fault.at, actions: [written(bytesOf(writer.error(fault))), END], last: true }];
      default:
        return [];
    }
  });
}

function bytesOf(frame: Frame): Buffer {
  return typeof frame === 'string' ? Buffer.from(frame) : Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}

function written(bytes: Buffer): Action {
  return { kind: 'write', bytes };
}

/** What happens to an answer made of these events: everything up to its end, one way or another. */
export function planDelivery(frames: readonly Frame[], manner: Manner, incidents: readonly Incident[]): Action[] {
  const actions: Action[] = [];
  const pending = incidents.map((incident) => ({ ...incident, at: counted(incident.at, frames) }));
  let bytes = 0;
  /** Carries out what is due at this place; true when nothing follows. */
  const strike = (event: number | undefined, byte: number): boolean => {
    for (const incident of [...pending]) {
      const due = 'event' in incident.at ? event !== undefined && incident.at.event <= event : incident.at.byte <= byte;
      if (!due) continue;
      pending.splice(pending.indexOf(incident), 1);
      actions.push(...incident.actions);
      if (incident.last) return true;
    }
    return false;
  };
  for (const [event, frame] of frames.entries()) {
    if (strike(event, bytes)) return sliced(actions, manner.slice);
    if (event > 0 && (manner.pace ?? 0) > 0) actions.push({ kind: 'wait', ms: manner.pace ?? 0 });
    let rest = bytesOf(frame);
    for (let at = nextByte(pending, bytes, rest.length); at !== undefined; at = nextByte(pending, bytes, rest.length)) {
      actions.push(written(rest.subarray(0, at - bytes)));
      rest = rest.subarray(at - bytes);
      bytes = at;
      if (strike(undefined, bytes)) return sliced(actions, manner.slice);
    }
    actions.push(written(rest));
    bytes += rest.length;
  }
  if (!strike(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)) actions.push(END);
  return sliced(actions, manner.slice);
}

/** The place as a number of events or bytes. @throws when the text that names it is not said. */
function counted(at: Place, frames: readonly Frame[]): CountedPlace {
  if ('event' in at || 'byte' in at) return at;
  const text = 'before' in at ? at.before : at.after;
  const index = frames.findIndex((frame) => bytesOf(frame).includes(text));
  if (index < 0) throw new Error(`no event holds ${JSON.stringify(text)}`);
  return { event: 'before' in at ? index : index + 1 };
}

/** The first place within the next so many bytes where something happens. */
function nextByte(pending: readonly { readonly at: CountedPlace }[], from: number, length: number): number | undefined {
  const places = pending
    .map(({ at }) => ('byte' in at ? at.byte : Number.NaN))
    .filter((byte) => byte > from && byte < from + length);
  return places.length === 0 ? undefined : Math.min(...places);
}

/** Joins neighbouring writes into one; or cuts them into pieces of so many bytes that leave one by one. */
function sliced(actions: readonly Action[], slice: number | undefined): Action[] {
  const joined: Action[] = [];
  let run: Buffer[] = [];
  const flush = (): void => {
    if (run.length > 0) joined.push(written(run.length === 1 ? (run[0] as Buffer) : Buffer.concat(run)));
    run = [];
  };
  for (const action of actions) {
    if (action.kind === 'write') run.push(action.bytes);
    else {
      flush();
      joined.push(action);
    }
  }
  flush();
  if (slice === undefined || slice < 1) return joined;
  return joined.flatMap((action) => (action.kind === 'write' ? pieces(action.bytes, slice) : [action]));
}

function pieces(bytes: Buffer, size: number): Action[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => [
    written(bytes.subarray(index * size, (index + 1) * size)),
    { kind: 'wait', ms: 0 } as const,
  ]);
}
