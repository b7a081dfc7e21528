import type { Block } from '../../canon/content.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';

/** What every part of the request writer needs. */
export interface Writing {
  readonly quirks: Quirks;
  readonly lose: (what: Loss['what'], path: string, why: string) => void;
  /** As `lose`, but reported at its first place only: history repeats the same loss with each turn. */
  readonly loseOnce: (what: Loss['what'], path: string, why: string) => void;
  /** Where a block stands in the request, whatever turn it has been put into since. */
  readonly at: (block: Block) => string;
}

export function createWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  const said = new Set<string>();
  const places = new Map<Block, string>();
  request.turns.forEach((turn, i) => notePlaces(turn.content, `turns[${i}].content`, places));

  function loseOnce(what: Loss['what'], path: string, why: string): void {
    if (said.has(why)) return;
    said.add(why);
    lose({ what, path, why });
  }

  return {
    quirks,
    lose: (what, path, why) => lose({ what, path, why }),
    loseOnce,
    at: (block) => places.get(block) ?? 'turns',
  };
}

function notePlaces(blocks: readonly Block[], path: string, places: Map<Block, string>): void {
  blocks.forEach((block, i) => {
    const at = `${path}[${i}]`;
    places.set(block, at);
    if (block.type === 'tool_result' || block.type === 'search_result')
      notePlaces(block.content, `${at}.content`, places);
    if (block.type === 'document' && block.source.type === 'parts')
      notePlaces(block.source.parts, `${at}.source.parts`, places);
  });
}
