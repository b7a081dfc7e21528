import type { Block } from '../../canon/content.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';
import { converseName } from './ext.ts';
import { type Family, familyOf } from './family.ts';

/** What the writers of one request share. */
export interface Writing {
  readonly request: ChatRequest;
  readonly quirks: Quirks;
  /** The client speaks this language itself: it knows what its words may do. */
  readonly own: boolean;
  readonly family: Family;
  /** Whether cache points may be written: into the conversation, and among the tools. */
  readonly marks: boolean;
  readonly toolMarks: boolean;
  readonly lose: (what: Loss['what'], path: string, why: string) => void;
  /** As `lose`, but reported at its first place only: history repeats the same loss with each turn. */
  readonly loseOnce: (what: Loss['what'], path: string, why: string) => void;
  /** Where a block stands in the request, whatever turn it has been put into since. */
  readonly at: (block: Block) => string;
  /** A name for a document, such as the service takes and as no other document of the request has. */
  readonly documentName: (title: string | undefined) => string;
  /** Whether one more document is taken: the first ones are, whatever comes behind them. */
  readonly roomForDocument: () => boolean;
}

/** Documents that the service takes in a request. */
export const mostDocuments = 5;

/** Begins the writing of a request. */
export function beginWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  const own = request.from === converseName;
  const family = familyOf(request.model);
  const said = new Set<string>();
  let documents = 0;
  const places = new Map<Block, string>();
  request.turns.forEach((turn, i) => notePlaces(turn.content, `turns[${i}].content`, places));
  const marks = quirks.cache_control ?? (own || family === 'claude' || family === 'nova');

  function loseOnce(what: Loss['what'], path: string, why: string): void {
    if (said.has(why)) return;
    said.add(why);
    lose({ what, path, why });
  }

  return {
    request,
    quirks,
    own,
    family,
    marks,
    toolMarks: marks && (own || family !== 'nova'),
    lose: (what, path, why) => lose({ what, path, why }),
    loseOnce,
    at: (block) => places.get(block) ?? 'turns',
    documentName: documentNames(own),
    roomForDocument: () => {
      documents += 1;
      return own || documents <= mostDocuments;
    },
  };
}

function notePlaces(blocks: readonly Block[], path: string, places: Map<Block, string>): void {
  blocks.forEach((block, i) => {
    const at = `${path}[${i}]`;
    if (!places.has(block)) places.set(block, at);
    if (block.type === 'tool_result' || block.type === 'search_result')
      notePlaces(block.content, `${at}.content`, places);
    if (block.type === 'document' && block.source.type === 'parts')
      notePlaces(block.source.parts, `${at}.source.parts`, places);
  });
}

/** Characters of the longest name. */
const longestName = 200;

/** Names are numbered in the order of the documents, so that a later one never changes an earlier one. */
function documentNames(own: boolean): (title: string | undefined) => string {
  const taken = new Set<string>();
  return (title) => {
    if (own && title !== undefined) return title;
    const plain = (title ?? '')
      .replace(/[^a-zA-Z0-9\s\-()[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, longestName - 8)
      .trimEnd();
    const base = plain === '' ? 'document' : plain;
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base} (${i})`;
    taken.add(name);
    return name;
  };
}
