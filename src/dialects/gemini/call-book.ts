import { fingerprint } from '../../canon/fingerprint.ts';

interface Entry {
  readonly id: string;
  readonly name: string;
  /** The client gave the call no id. */
  readonly made: boolean;
}

/** Gives calls without an id one, and finds the call that a response belongs to: clients name it by id, or by name and order. */
export interface CallBook {
  /** @param place where the call stands: the same place in a longer history gives the same id. */
  called(id: string | undefined, name: string, place: string): string;
  answered(id: string | undefined, name: string, place: string): { readonly id: string; readonly known: boolean };
}

/** A book for one conversation. */
export function createCallBook(): CallBook {
  const open: Entry[] = [];

  function take(at: number): Entry | undefined {
    return at === -1 ? undefined : open.splice(at, 1)[0];
  }

  return {
    called(given, name, place) {
      const id = given ?? `call_${fingerprint(`${name}:${place}`, 24)}`;
      open.push({ id, name, made: given === undefined });
      return id;
    },
    answered(given, name, place) {
      const found =
        take(given === undefined ? -1 : open.findIndex(({ id }) => id === given)) ??
        take(open.findIndex((call) => (given === undefined || call.made) && (call.name === name || name === '')));
      if (found !== undefined) return { id: found.id, known: true };
      return { id: given ?? `call_${fingerprint(`${name}:${place}`, 24)}`, known: false };
    },
  };
}
