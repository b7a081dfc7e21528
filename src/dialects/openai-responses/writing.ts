import type { Block, CacheMark } from '../../canon/content.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';
import { responsesName } from './ext.ts';

/** What every part of the request writer needs. */
export interface Writing {
  readonly request: ChatRequest;
  readonly quirks: Quirks;
  /** The client spoke this language itself, so that it knows what its words may do to the server. */
  readonly own: boolean;
  readonly lose: (what: Loss['what'], path: string, why: string) => void;
  /** As `lose`, but reported at its first place only: history repeats the same loss with each turn. */
  readonly loseOnce: (what: Loss['what'], path: string, why: string) => void;
  /** Where a block stood in the client's request. */
  readonly pathOf: (block: Block) => string;
  /** Whether marks for the prompt cache may be sent. */
  readonly marks: boolean;
  /** The fields that mark a part as the end of a cacheable prefix. */
  readonly mark: (cache: CacheMark | undefined, path: string) => JsonObject | undefined;
}

/** How long a cache is kept, in this language's words; its own are taken as they are. */
const lifetimes: ReadonlyMap<string | undefined, string | undefined> = new Map([
  ['5m', undefined],
  ['1h', '12h'],
]);

export function createWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  const seen = new Set<string>();
  const own = request.from === responsesName;
  const marks = quirks.cache_control ?? own;
  let paths: ReadonlyMap<Block, string> | undefined;

  function loseOnce(what: Loss['what'], path: string, why: string): void {
    if (seen.has(why)) return;
    seen.add(why);
    lose({ what, path, why });
  }

  function mark(cache: CacheMark | undefined, path: string): JsonObject | undefined {
    if (cache === undefined) return undefined;
    if (marks) {
      const ttl = lifetimes.has(cache.ttl) ? lifetimes.get(cache.ttl) : cache.ttl;
      return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl !== undefined && { ttl }) } };
    }
    loseOnce('dropped', path, 'the provider takes no cache marks');
    return undefined;
  }

  return {
    request,
    quirks,
    own,
    lose: (what, path, why) => lose({ what, path, why }),
    loseOnce,
    pathOf(block) {
      // Most requests lose nothing.
      paths ??= pathsIn(request);
      return paths.get(block) ?? 'turns';
    },
    marks,
    mark,
  };
}

/** Where each block stands. */
function pathsIn({ system, turns }: ChatRequest): ReadonlyMap<Block, string> {
  const paths = new Map<Block, string>();
  const note = (block: Block, path: string): void => {
    paths.set(block, path);
    if (block.type === 'tool_result') block.content.forEach((inner, i) => note(inner, `${path}.content[${i}]`));
  };
  system.forEach((block, i) => note(block, `system[${i}]`));
  turns.forEach((turn, i) => turn.content.forEach((block, j) => note(block, `turns[${i}].content[${j}]`)));
  return paths;
}
