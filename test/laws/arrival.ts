import type { JsonObject } from '../../src/canon/json.ts';
import { type Loss, lossesOf } from '../../src/canon/loss.ts';
import type { ChatRequest } from '../../src/canon/request.ts';
import type { Dialect } from '../../src/dialects/index.ts';
import { countOf, type Planted, scalarsIn } from './marker.ts';

/** A request as a language writes it, and what it says it could not say. */
export interface Written {
  readonly body: JsonObject;
  readonly losses: readonly Loss[];
}

/** Writes a request for a provider without quirks. */
export function writeFor({ name, upstream }: Dialect, request: ChatRequest): Written {
  const losses = lossesOf(request, name, upstream.cannotSay, upstream.means);
  const body = upstream.writeRequest(request, { quirks: {}, lose: (loss) => losses.push(loss) });
  return { body, losses };
}

/** What neither arrived nor was declared lost. */
export function silentLosses(dialect: Dialect, request: ChatRequest, parts: readonly Planted[]): Planted[] {
  const { body, losses } = writeFor(dialect, request);
  const scalars = scalarsIn(body);
  const bytes = JSON.stringify(body);
  const missing = parts.filter(({ needles, times = 1, without }) => {
    if (needles !== undefined) return countOf(needles, scalars) < times;
    return without !== undefined && JSON.stringify(writeFor(dialect, without).body) === bytes;
  });
  return missing.filter((part) => !isDeclared(part, missing, losses));
}

/**
 * A loss speaks for its place and all that lies within, and, told at the first place only, for the rest of its kind.
 * What is said to be moved or mapped must be found all the same, but for a provider's own tool, which becomes another's.
 */
function isDeclared(part: Planted, missing: readonly Planted[], losses: readonly Loss[]): boolean {
  const places = missing.filter(({ kind }) => kind === part.kind).map(({ path }) => path);
  return losses.some(({ what, path }) => {
    if (what === 'mapped') return isNativeTool(part) && path === part.path;
    if (what === 'moved') return false;
    // Citations are told one by one, and are missed all at once.
    if (part.kind === 'text_citations' && places.some((place) => lies(path, place))) return true;
    return places.some((place) => lies(place, path));
  });
}

/** What stands in a tool of the provider's own is a kind for itself. */
function isNativeTool({ path, kind }: Planted): boolean {
  return kind === path && path.startsWith('tools[');
}

/** Whether a place is the other or lies within it. A loss may name after its path, in brackets, what stood there. */
export function lies(place: string, within: string): boolean {
  const outer = within.replace(/ \(.*\)$/, '');
  return place === outer || (place.startsWith(outer) && /^[.[]/.test(place.slice(outer.length)));
}
