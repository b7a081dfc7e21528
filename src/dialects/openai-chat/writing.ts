import type { CacheMark } from '../../canon/content.ts';
import { fingerprint } from '../../canon/fingerprint.ts';
import type { JsonObject } from '../../canon/json.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';

/** What every part of the request writer needs. */
export interface Writing {
  readonly quirks: Quirks;
  /** The client spoke this language itself, so that it knows what its words may do to the server. */
  readonly own: boolean;
  readonly lose: (what: Loss['what'], path: string, why: string) => void;
  /** As `lose`, but reported at its first place only: history repeats the same loss with each turn. */
  readonly loseOnce: (what: Loss['what'], path: string, why: string) => void;
  /** A call's id in the form that the server takes. */
  readonly callId: (id: string) => string;
  /** Whether Anthropic's cache marks may be sent: a client of this language may send what it likes, unless the server is known. */
  readonly marks: boolean;
  /** The fields that mark a part as the end of a cacheable prefix. */
  readonly mark: (cache: CacheMark | undefined, path: string) => JsonObject | undefined;
}

const nine = /^[A-Za-z0-9]{9}$/;

export function createWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  const seen = new Set<string>();
  const own = request.from === 'openai-chat';
  const marks = quirks.cache_control ?? own;

  function loseOnce(what: Loss['what'], path: string, why: string): void {
    if (seen.has(why)) return;
    seen.add(why);
    lose({ what, path, why });
  }

  function mark(cache: CacheMark | undefined, path: string): JsonObject | undefined {
    if (cache === undefined) return undefined;
    if (marks) {
      return { cache_control: { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) } };
    }
    loseOnce('dropped', path, 'the provider takes no cache marks');
    return undefined;
  }

  return {
    quirks,
    own,
    lose: (what, path, why) => lose({ what, path, why }),
    loseOnce,
    marks,
    callId: (id) => (quirks.tool_ids !== 'nine' || nine.test(id) ? id : fingerprint(id, 9)),
    mark,
  };
}
