import type { Block, CacheMark } from '../canon/content.ts';
import { fingerprint } from '../canon/fingerprint.ts';
import type { ChatRequest, Tool, Turn } from '../canon/request.ts';
import type { Quirks, UpstreamSide } from '../dialects/dialect.ts';

/**
 * What helps the provider to find the prompt in its cache, where the client has not said so itself: marks, where the
 * configuration wants them, and a key that all calls of a session have in common.
 */
export function withCacheHints(
  request: ChatRequest,
  { cannotSay }: Pick<UpstreamSide, 'cannotSay'>,
  quirks: Quirks,
  session: string | undefined,
): ChatRequest {
  const marks = quirks.inject_cache !== undefined && quirks.cache_control !== false && !cannotSay.includes('cache');
  const marked = marks && !isMarked(request) ? withMarks(request, markOf(quirks.inject_cache)) : request;
  if (quirks.cache_key !== true || session === undefined || request.cacheKey !== undefined) return marked;
  return { ...marked, cacheKey: `session_${fingerprint(session, 24)}` };
}

function markOf(ttl: string | undefined): CacheMark {
  return ttl === undefined || ttl === '5m' ? {} : { ttl };
}

function isMarked({ system, turns, tools, cache }: ChatRequest): boolean {
  return (
    cache !== undefined ||
    system.some((block) => block.cache !== undefined) ||
    tools.some((tool) => tool.cache !== undefined) ||
    turns.some(({ content }) => content.some((block) => block.cache !== undefined))
  );
}

/**
 * Marks the ends of the tools, of the instructions, and of the last two turns of the user: the newest is written to the
 * cache, and the one before it is what the last call has written. Four is as many as providers take.
 */
function withMarks(request: ChatRequest, cache: CacheMark): ChatRequest {
  const users = request.turns.flatMap((turn, i) => (turn.role === 'user' && turn.content.length > 0 ? [i] : []));
  const ends = new Set(users.slice(-2));
  return {
    ...request,
    tools: lastMarked(request.tools, (tool): Tool => ({ ...tool, cache })),
    system: lastMarked(request.system, (block) => ({ ...block, cache })),
    turns: request.turns.map((turn, i): Turn => {
      if (!ends.has(i)) return turn;
      return { ...turn, content: lastMarked(turn.content, (block): Block => ({ ...block, cache })) };
    }),
  };
}

function lastMarked<T>(list: readonly T[], mark: (one: T) => T): readonly T[] {
  const last = list.at(-1);
  return last === undefined ? list : list.with(-1, mark(last));
}
