import type { Block, ToolCallBlock } from '../../canon/content.ts';
import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest, Turn } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';
import { geminiName } from './ext.ts';
import { familyOf, isModern, type ModelFamily } from './model-family.ts';

/** Where something stood in the request, to be asked when something of it is lost: nearly all of it is not. */
export type Place = () => string;

/** What the writers of one request share. */
export interface Writing {
  readonly request: ChatRequest;
  readonly quirks: Quirks;
  /** The client speaks this language itself: what it says goes as it was said. */
  readonly own: boolean;
  readonly family: ModelFamily;
  /** The model is known to be of the third generation or later. */
  readonly modern: boolean;
  /** Where a turn, or a block of one, stood in the request; empty for what pairing has added. */
  placeOf(what: Turn | Block): Place;
  /** Every call of the conversation by its id: results are told under its name. */
  readonly calls: ReadonlyMap<string, ToolCallBlock>;
  /** Whether calls and results may say their ids. */
  readonly ids: boolean;
  lose(what: Loss['what'], path: string | Place, why: string): void;
  /** As `lose`, but reported at its first place only: history repeats the same loss with each turn. */
  loseOnce(what: Loss['what'], path: string | Place, why: string): void;
}

/** Begins the writing of a request. */
export function beginWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  const told = new Set<string>();
  const family = familyOf(request.model);
  const calls = new Map<string, ToolCallBlock>();
  for (const turn of request.turns) {
    for (const block of turn.content) if (block.type === 'tool_call') calls.set(block.id, block);
  }
  let paths: ReadonlyMap<Turn | Block, string> | undefined;
  return {
    request,
    quirks,
    own: request.from === geminiName,
    family,
    modern: isModern(family),
    placeOf: (what) => () => {
      paths ??= pathsIn(request);
      return paths.get(what) ?? '';
    },
    calls,
    ids: (quirks.tool_ids as string | undefined) !== 'none',
    lose: (what, path, why) => lose({ what, path: said(path), why }),
    loseOnce(what, path, why) {
      if (told.has(why)) return;
      told.add(why);
      lose({ what, path: said(path), why });
    },
  };
}

function said(path: string | Place): string {
  return typeof path === 'string' ? path : path();
}

function pathsIn({ turns }: ChatRequest): ReadonlyMap<Turn | Block, string> {
  const paths = new Map<Turn | Block, string>();
  for (const [i, turn] of turns.entries()) {
    paths.set(turn, `turns[${i}]`);
    for (const [j, block] of turn.content.entries()) paths.set(block, `turns[${i}].content[${j}]`);
  }
  return paths;
}
