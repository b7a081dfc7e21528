import type { RunPieces } from '../../canon/event.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import { isObject, type JsonObject, numberIn, parseJson, stringIn } from '../../canon/json.ts';
import type { Blocks, Call } from './blocks.ts';
import { proofIn, withoutProof } from './proof.ts';

interface Known {
  readonly call: Call;
  /** The server's own id and index, by which later fragments name the call. */
  readonly id: string;
  readonly index: number | undefined;
}

/** One entry of `tool_calls`, its fields brought to one form. */
interface Entry {
  readonly id: string;
  readonly index: number | undefined;
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly json: string;
  /** Its proof, which stands before it. */
  readonly proof: string | undefined;
  readonly ext: JsonObject | undefined;
}

/** Assigns fragments to calls. */
export interface CallReader {
  /** False: a fragment contradicts what has been sent. */
  read(entry: JsonObject): boolean;
  /** More arguments of the call of that index, and no word besides. False: as of `read`. */
  more(index: number, json: string, pieces?: RunPieces): boolean;
  /** The older form: one call, no id. */
  readLegacy(call: JsonObject): boolean;
}

/**
 * Servers disagree about what names a call: the index, the id, both, neither; ids that come again with each fragment,
 * or change with it; one index for all calls.
 * @param salt makes the ids of calls that come without one differ from answer to answer.
 */
export function createCallReader(blocks: Blocks, salt: () => string): CallReader {
  const known: Known[] = [];

  function find(entry: Entry): Known | undefined {
    if (entry.index !== undefined) {
      const sameIndex = known.findLast((one) => one.index === entry.index);
      if (sameIndex !== undefined) return goesOn(sameIndex, entry) ? sameIndex : undefined;
      // An id that is known under another index: a fragment when it has no name, else a call with a borrowed id.
      return entry.name === '' && entry.id !== '' ? known.findLast((one) => one.id === entry.id) : undefined;
    }
    if (entry.id !== '') return known.findLast((one) => one.id === entry.id) ?? anonymous(entry);
    const last = known.at(-1);
    return last !== undefined && goesOn(last, entry) ? last : undefined;
  }

  /** A fragment under an id never seen, without a name and an index, can only belong to the last call. */
  function anonymous(entry: Entry): Known | undefined {
    return entry.name === '' ? known.at(-1) : undefined;
  }

  function open(entry: Entry): Call {
    const taken = known.some((one) => one.call.id === entry.id);
    const id = entry.id !== '' && !taken ? entry.id : `call_${fingerprint(`${salt()}:${known.length}`, 24)}`;
    const call: Call = {
      id,
      kind: entry.kind,
      name: entry.name,
      json: '',
      ...(entry.ext !== undefined && { ext: { 'openai-chat': entry.ext } }),
    };
    known.push({ call, id: entry.id, index: entry.index });
    if (entry.proof !== undefined) blocks.proof(entry.proof);
    blocks.call(call);
    return call;
  }

  function take(entry: Entry, pieces?: RunPieces): boolean {
    const call = find(entry)?.call ?? open(entry);
    if (call.name === '' && entry.name !== '') blocks.named(call, entry.name);
    return entry.json === '' || blocks.fragment(call, entry.json, pieces);
  }

  return {
    read: (entry) => take(readEntry(entry)),
    more: (index, json, pieces) =>
      take({ id: '', index, kind: 'function', name: '', json, proof: undefined, ext: undefined }, pieces),
    readLegacy: (call) => take({ ...readEntry({ function: call }), index: -1 }),
  };
}

/** Whether an entry under the same index, or under none, is more of that call rather than the next one. */
function goesOn({ call, id }: Known, entry: Entry): boolean {
  if (entry.name === '') return true;
  if (entry.id !== '' && entry.id === id) return true;
  if (call.name === '') return true;
  // A name again: the server repeats it with each fragment, or this is the next call.
  if (entry.name !== call.name) return false;
  const otherId = entry.id !== '' && id !== '' && entry.id !== id;
  if (entry.json === '') return !otherId;
  if (call.json === '') return !otherId && entry.index !== undefined;
  return parseJson(call.json) === undefined;
}

function readEntry(entry: JsonObject): Entry {
  const { id, index, type, function: fn, custom, ...rest } = entry;
  const isCustom = isObject(custom);
  const body = [custom, fn].find(isObject) ?? {};
  const fields = Object.entries(withoutProof(rest)).filter(([, value]) => value !== null);
  return {
    id: stringIn(id) ?? '',
    index: numberIn(index),
    kind: isCustom || type === 'custom' ? 'custom' : 'function',
    name: stringIn(body['name']) ?? '',
    json: argumentsText(isCustom ? custom['input'] : body['arguments']),
    proof: proofIn(rest),
    ext: fields.length > 0 ? Object.fromEntries(fields) : undefined,
  };
}

/** Arguments as text; some servers send the object itself. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
